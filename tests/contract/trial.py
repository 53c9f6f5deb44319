"""Schemathesis over every operation: what was sent, and what it found fault with."""

import contextlib
import dataclasses
import json
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response, engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import PhaseName
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.python.asgi import shutdown_lifespans

from api.schemas.fields import LINES
from api.schemas.registry import SyncResult
from tests.contract.excused import is_excused
from tests.contract.grounding import Grounding
from tests.contract.town import Town, small_catalogue

PHASES = ("examples", "coverage", "fuzzing", "stateful")
"""The documentation's own examples, every border of every schema, random requests right and wrong, and chains of them by the links."""

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
    "max_response_time",
)
"""All that schemathesis has; each is on."""

_DEPENDS_ON_WHAT_IS_STORED = ["404", "409", "412"]  # as no schema can tell
_SLOW_SECONDS = 10
_STEPS = 30  # of one chain; fewer seldom write, delete and read the same record


@dataclasses.dataclass
class Trial:
    """What was sent (by operation, phase and mode), what it was answered (by operation and status), which checks ran, how many chains had several
    links, and what failed (by its title).
    """

    sent: Counter[tuple[str, str, str]] = dataclasses.field(default_factory=Counter)
    answered: Counter[tuple[str, int]] = dataclasses.field(default_factory=Counter)
    checked: Counter[str] = dataclasses.field(default_factory=Counter)
    chains: int = 0
    excused: int = 0
    failures: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    def fail(self, title: str, told: str) -> None:
        """Note a failure."""
        self.failures.setdefault(title, []).append(told)

    def operations(self) -> set[str]:
        """Return the operations that were asked for anything."""
        return {operation for operation, _, _ in self.sent}


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much is tried: so many random `examples` an operation, in the `mode` positive, negative or all; the same for the same seed."""

    examples: int
    phases: Collection[str] = PHASES
    mode: str = "all"
    seed: int = 1


def hold(town: Town, *plans: Plan) -> Trial:
    """Try every operation of a town's service by each of the plans; the service is closed at the end."""
    store = town.app.state.service.store
    trial, grounding = Trial(), Grounding(small_catalogue(), lambda: store.version().version)
    with _hooks(grounding, trial):
        for plan in plans:
            _run(town, plan, trial)
            while "stateful" in plan.phases and trial.chains < plan.examples:  # a run ends when it likes
                plan = dataclasses.replace(plan, phases=("stateful",), seed=plan.seed + 1)
                _run(town, plan, trial)
    shutdown_lifespans()
    return trial


def _run(town: Town, plan: Plan, trial: Trial) -> None:
    schema = schemathesis.openapi.from_dict(town.app.openapi(), config=_config(town.key, plan))
    schema.app = town.app
    for event in engine.from_schema(schema).execute():
        _note(trial, event)


def _config(key: str, plan: Plan) -> SchemathesisConfig:
    enabled: dict[str, Any] = {phase: {"enabled": phase in plan.phases} for phase in PHASES}
    enabled["stateful"]["max-steps"] = _STEPS
    for phase in ("examples", "coverage", "fuzzing"):  # what answers hold runs dry at DELETE; grounding knows the names
        enabled[phase]["extra-data-sources"] = {"responses": False}
    checks: dict[str, Any] = {name: {"enabled": True} for name in CHECKS if name != "max_response_time"}
    checks["max_response_time"] = _SLOW_SECONDS
    checks["positive_data_acceptance"]["expected-statuses"] = ["2xx", *_DEPENDS_ON_WHAT_IS_STORED]
    checks["negative_data_rejection"]["expected-statuses"] = [
        "400",
        "415",
        "422",
        *_DEPENDS_ON_WHAT_IS_STORED,
        "401",
        "405",
    ]
    return SchemathesisConfig.from_dict(
        {
            "seed": plan.seed,
            "suppress-health-check": ["filter_too_much", "too_slow"],  # of Hypothesis' own work, not of the service's
            "headers": {"Authorization": f"Bearer {key}", "Accept-Language": "en"},
            "generation": {"max-examples": plan.examples, "mode": plan.mode, "database": "none", "no-shrink": True},
            "phases": enabled,
            "checks": checks,
            "continue-on-failure": True,
        }
    )


@contextlib.contextmanager
def _hooks(grounding: Grounding, trial: Trial) -> Iterator[None]:
    """Let schemathesis know, while the block runs, what no schema can say."""

    def before_call(_: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        grounding.ground(case)

    def filter_failure(_: HookContext, failure: Exception, case: Case, response: Response) -> bool:
        excused = is_excused(failure, case, response)
        trial.excused += excused
        return not excused

    schemathesis.serializer(LINES)(lambda _, value: str(value).encode())
    for hook in (before_call, filter_failure):
        schemathesis.hook(hook)
    try:
        yield
    finally:
        for hook in (before_call, filter_failure):
            GLOBAL_HOOK_DISPATCHER.unregister(hook)


def _note(trial: Trial, event: events.EngineEvent) -> None:
    match event:
        case events.NonFatalError():
            trial.fail(f"{event.label}: {event.info.title}", str(event.info.message))
        case events.FatalError():
            trial.fail("schemathesis ended", repr(event.exception))
        case events.ScenarioFinished():
            _note_scenario(trial, event.phase.value, event.recorder)
            trial.chains += event.phase is PhaseName.STATEFUL_TESTING and len(event.recorder.cases) > 1
        case events.EngineFinished():
            for failure in event.failures:
                trial.fail("at the end", str(failure))


def _note_scenario(trial: Trial, phase: str, recorder: ScenarioRecorder) -> None:
    for case_id, node in recorder.cases.items():
        interaction = recorder.interactions.get(case_id)
        if interaction is None or interaction.response is None:
            continue
        case, response = node.value, interaction.response
        mode = case.meta.generation.mode.value if case.meta else "linked"
        trial.sent[case.operation.label, phase, mode] += 1
        trial.answered[case.operation.label, int(response.status_code)] += 1
        told = f"{interaction.request.method} {interaction.request.uri} {interaction.request.body!r} → {response.status_code} {response.text[:600]}"
        for check in recorder.checks.get(case_id, ()):
            trial.checked[check.name] += 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                trial.fail(f"{case.operation.label} ({mode}, {phase}): {failure.title}", f"{failure.message}\n  {told}")
        if response.status_code == 200 and case.operation.label == "POST /v1/sync":
            with contextlib.suppress(ValueError):
                _check_results(response.text)
                continue
            trial.fail("POST /v1/sync: a line that is no result", told)


def _check_results(text: str) -> None:
    """Hold a streamed answer to its schema, line by line; ValueError when it is not of it."""
    *results, last = (SyncResult.model_validate(json.loads(line)) for line in text.splitlines())
    if last.summary is None or any(result.line is None for result in results):
        raise ValueError("the summary comes last")
