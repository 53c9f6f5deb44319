"""Settings read again while the service runs: `kill -HUP`, or `systemctl reload`."""

import logging
from collections.abc import Callable

from fastapi import FastAPI

from api import logs
from api.rates import Rates
from api.repeats import AnswerCache
from recommender.errors import SettingsError
from recommender.settings import Settings

AT_ONCE = frozenset(
    {name for name in Settings.model_fields if name.startswith(("maximum_", "rate_"))}
    | {"allowed_origins", "hidden_below", "language", "log_level"}
)
"""What can change while the service runs; the rest takes a new start."""

_log = logging.getLogger("jinxue")


class Reload:
    """Gives an application the settings as they are now, between two requests; `read` reads them."""

    def __init__(self, app: FastAPI, read: Callable[[], Settings]) -> None:
        self._state, self._read = app.state, read

    def __call__(self) -> None:
        """Take over what can change at once, and say what cannot; a wrong value leaves all as it was."""
        present: Settings = self._state.settings
        try:
            wanted = self._read()
        except (SettingsError, OSError) as error:
            _log.error("settings stay as they are: %s", error)
            return
        changed = {name for name in Settings.model_fields if getattr(wanted, name) != getattr(present, name)}
        taken = {name: getattr(wanted, name) for name in sorted(changed & AT_ONCE)}
        self._state.settings = present.model_copy(update=taken)
        if any(name.startswith("rate_") for name in taken):
            self._state.rates = Rates(self._state.settings)
        if taken:
            self._state.answers = AnswerCache(present.kept_answers)  # what was composed under other limits
        logs.set_level(self._state.settings.log_level)
        _log.warning("settings read again; changed: %s", ", ".join(taken) or "nothing")
        if later := sorted(changed - AT_ONCE):
            _log.warning("settings that take a new start: %s", ", ".join(later))
