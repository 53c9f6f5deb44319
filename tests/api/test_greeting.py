"""What is printed at the start can be pasted, and is nobody's own."""

import dataclasses
from pathlib import Path

import pytest

from api.greeting import greet
from recommender.bootstrap import Workshop
from recommender.domain import Learner
from recommender.service import Service
from recommender.settings import Settings
from tests.networks import TODAY, Shape, random_catalogue
from tests.serving import import_records

GOAL = "想学别人不知道的手艺"


@pytest.mark.parametrize("illustrative", [False, True])
def test_the_request_to_paste_holds_no_real_learner_s_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], illustrative: bool
) -> None:
    settings = Settings(state=tmp_path)
    network = random_catalogue(0, Shape(instances=60))
    district = next(place.name for place in network.places if place.kind == "district")
    someone = Learner(learner_id="someone", goal=GOAL, place=district, illustrative=illustrative)
    import_records(Workshop(settings), dataclasses.replace(network, learners=(someone,)), day=TODAY)
    service = Service(Workshop(settings))
    greet(settings, service, 8000)
    service.close()

    assert (GOAL in capsys.readouterr().out) is illustrative
