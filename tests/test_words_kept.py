"""The space of words in the service: new words found at once, and kept on request."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender import cli
from recommender.bootstrap import Workshop
from recommender.domain import Catalogue, Course
from recommender.encoder import load_encoder
from recommender.registry.merge import merge
from recommender.requests import LearnerRequest
from recommender.service import Service
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from tests.handmade import course, taught
from tests.networks import TODAY, random_catalogue

WISH = "绞吸船XQ-9000"
BORN = course("born", title="疏浚设备操作", description=f"学习{WISH}的操作与保养，掌握现场安全要求。")


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A workshop with a random network in its store."""
    made = Workshop(Settings(state=tmp_path / "state", _env_file=None))
    store(made, random_catalogue(0))
    return made


def store(workshop: Workshop, catalogue: Catalogue) -> None:
    with workshop.open_store() as opened, opened.write(source="test", day=TODAY) as transaction:
        merge(transaction, catalogue, remove_missing=True)


def with_course(catalogue: Catalogue, new: Course) -> Catalogue:
    """Return a catalogue in which one more course is taught online."""
    return dataclasses.replace(
        catalogue,
        courses=(*catalogue.courses, new),
        course_instances=(*catalogue.course_instances, taught(f"{new.course_id}-1", new.course_id)),
    )


def words_columns(snapshot: Snapshot) -> dict[str, bytes]:
    """Return each course's words, by its id, to the bit."""
    start = int(snapshot.layout.starts[1])
    columns = snapshot.instances.vectors[:, start : start + snapshot.words.width]
    network = snapshot.network
    return {
        network.courses[row].course_id: columns[instance].tobytes() for instance, row in enumerate(network.course_of)
    }


def words_of(answer: dict[str, object], course_id: str) -> dict[str, dict[str, float]]:
    """Return a course's contributions by name."""
    [item] = [item for item in answer["items"] if item["course"]["course_id"] == course_id]
    return {each["name"]: each for each in item["contributions"]}


def test_a_word_born_last_week_is_found_by_the_service(tmp_path: Path, bundled_catalogue: Catalogue) -> None:
    workshop = Workshop(Settings(state=tmp_path, _env_file=None))
    store(workshop, with_course(bundled_catalogue, BORN))
    matcher = Service(workshop).matcher
    answer = matcher.recommend(LearnerRequest(goal=WISH), today=TODAY)
    assert answer["items"][0]["course"]["course_id"] == "born"
    found = words_of(answer, "born")
    assert found["words"]["value"] > found["meaning"]["value"]
    assert found["words"]["value"] > 2 * max(
        words_of(answer, other["course"]["course_id"])["words"]["value"] for other in answer["items"][1:]
    )
    alike = matcher.recommend(LearnerRequest(goal=WISH, weights={"meaning": 1, "words": 1}), today=TODAY)
    found = words_of(alike, "born")
    assert found["words"]["contribution"] > found["meaning"]["contribution"]


def test_kept_words_keep_unchanged_courses_to_the_bit_and_are_blind_to_new_ones(workshop: Workshop) -> None:
    encoder = load_encoder()
    before = words_columns(workshop.build(encoder))
    store(workshop, with_course(random_catalogue(0), course("born", title="鼉鼊")))
    kept = words_columns(workshop.build(encoder, keep_words=True))
    assert {name: kept[name] for name in before} == before
    assert set(kept) - set(before) == {"born"}
    assert not np.frombuffer(kept["born"], dtype=np.float32)[:-1].any()

    fitted = words_columns(workshop.build(encoder))
    assert np.frombuffer(fitted["born"], dtype=np.float32)[:-1].any()
    assert any(fitted[name] != before[name] for name in before)


def jinxue(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["jinxue", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code


def test_the_command_build_keeps_words_on_request(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    state, encoder = workshop.settings.state, load_encoder()
    monkeypatch.chdir(state)

    def served() -> Path:
        return workshop.snapshots.path / str(workshop.snapshots.current()) / "fit.npz"

    jinxue(monkeypatch, "build", "--state", state)
    before = served().read_bytes()
    store(workshop, with_course(random_catalogue(0), BORN))
    jinxue(monkeypatch, "build", "--keep-words", "--state", state)
    assert served().read_bytes() == before
    assert "born" in workshop.snapshots.load(encoder, workshop.policy).network.course_row
    jinxue(monkeypatch, "build", "--state", state)
    assert served().read_bytes() != before
