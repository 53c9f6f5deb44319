"""What schemathesis finds, with all its checks: nothing. For many more examples: python -m tests.benchmarks.contract"""

import pytest
from schemathesis.checks import CHECKS as REGISTERED
from schemathesis.checks import load_all_checks

from tests.contract.document import document
from tests.contract.town import Town
from tests.contract.trial import CHECKS, PHASES, Plan, Trial, hold

PLANS = (Plan(3, ("examples", "coverage", "fuzzing")), Plan(8, ("stateful",)))
"""Three random requests an operation, behind all the borders of every schema, and eight chains."""


@pytest.fixture(scope="module")
def trial(town: Town) -> Trial:
    return hold(town, *PLANS)


def test_nothing_is_found(trial: Trial) -> None:
    assert not trial.failures, "\n".join(f"{title}\n{told[0]}" for title, told in trial.failures.items())


def test_all_checks_are_on(trial: Trial) -> None:
    load_all_checks()
    assert set(CHECKS) == set(REGISTERED.get_all_names()) | {"max_response_time"}
    assert set(trial.checked) == set(CHECKS)


def test_every_operation_is_tried(trial: Trial) -> None:
    operations = {f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods}
    assert trial.operations() == operations
    assert {phase for _, phase, _ in trial.sent} == set(PHASES)


def test_every_write_succeeds_and_is_refused_now_and_then(trial: Trial) -> None:
    written = [one for one in trial.operations() if one.split()[0] in ("PUT", "PATCH", "DELETE")]
    for operation in written:
        assert trial.answered[operation, 200] + trial.answered[operation, 201]
        assert trial.answered[operation, 422]
    assert len(written) == 15


def test_little_is_excused(trial: Trial) -> None:
    assert trial.excused < 0.02 * sum(trial.sent.values())
