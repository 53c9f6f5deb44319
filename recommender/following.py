"""Keeps a service up with its store, in threads of its own."""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping

from recommender.errors import JinxueError, StoreError
from recommender.language import Bilingual
from recommender.pace import unhurried
from recommender.service import Service

_log = logging.getLogger("jinxue")
_QUIET_SECONDS = 2.0  # without a change, before a snapshot is saved
_SAVE_SECONDS = 30.0  # between two savings while changes go on
_REST_SECONDS, _LONGEST_REST_SECONDS = 0.5, 1.0  # behind a build, so that a storm of writes leaves time to answer
_LOOK_SECONDS = 0.1  # between two looks for somebody who was erased
_RETRY_SECONDS = 1.0  # while something does not work
_PATIENCE_SECONDS = {"snapshot": 0.5}  # what is written is to be seen within a second
_UNEXPECTED = Bilingual("内部错误，详见日志。", "An internal error; see the log.")


class Follower:
    """Catches up with every write as soon as the store tells of it, saves snapshots now and then, fits anew when texts have changed and it is quiet.

    Whom the store has erased is taken out of what is kept here.

    `faults` says, by part (store, snapshot, disk, fit, erasure), what keeps that part from working while answers go on.
    """

    def __init__(self, service: Service, *, refit_seconds: float) -> None:
        """`refit_seconds` is how long it must be quiet before words are fitted anew; 0 never does."""
        self.faults: Mapping[str, Bilingual] = {}
        self._service = service
        self._refit_seconds = refit_seconds
        self._stopping = threading.Event()
        self._noting = threading.Lock()
        # to rewrite a city's snapshots takes longer than answers may be behind
        self._threads = [
            threading.Thread(target=work, name=f"jinxue-{name}", daemon=True)
            for name, work in (("follow", self._follow), ("forget", self._forget))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for what is going on."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _follow(self) -> None:
        watch = self._service.store.watch()
        changed = saved = fitted = time.monotonic()
        while not self._stopping.is_set():
            now, rest = time.monotonic(), _RETRY_SECONDS if self.faults else 0.0
            if self._attempt("snapshot", self._service.catch_up):
                changed = now
                rest = min(max(_REST_SECONDS, 3 * (time.monotonic() - now)), _LONGEST_REST_SECONDS)
                _log.info("now serving snapshot %s", self._service.matcher.snapshot.version)
            elif not self._service.saved and now - max(changed, saved) > _QUIET_SECONDS:
                saved = now
                self._attempt("disk", self._service.save)
            elif self._refit_seconds and now - max(changed, fitted) > self._refit_seconds:
                fitted = now
                self._attempt("fit", self._service.refit)
            if not self._service.saved and now - saved > _SAVE_SECONDS:
                saved = now
                self._attempt("disk", self._service.save)
            self._stopping.wait(rest)
            watch.wait(self._stopping)
        watch.close()

    def _forget(self) -> None:
        while not self._stopping.wait(_RETRY_SECONDS if self.faults else _LOOK_SECONDS):
            if not self._service.forgets:
                self._attempt("erasure", self._service.forget)

    def _attempt(self, part: str, work: Callable[[], object]) -> bool:
        """Do `work`; what goes wrong stands in `faults` until it goes well again."""
        try:
            with unhurried(_PATIENCE_SECONDS.get(part, math.inf)):
                done = bool(work())
        except JinxueError as error:
            self._note("store" if isinstance(error, StoreError) else part, error.message)
            return False
        except Exception:  # noqa: BLE001  a thread that dies would leave answers stale for ever
            _log.exception("unexpected error while following")
            self._note(part, _UNEXPECTED)
            return False
        working = {part, "store"} if part == "snapshot" else {part}  # what else is done may not have asked the store
        with self._noting:
            for name in working & set(self.faults):
                _log.info("%s works again", name)
            self.faults = {name: fault for name, fault in self.faults.items() if name not in working}
        return done

    def _note(self, part: str, message: Bilingual) -> None:
        with self._noting:
            if self.faults.get(part) != message:
                _log.warning("%s", message.en)
            self.faults = {**self.faults, part: message}
