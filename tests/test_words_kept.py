"""The space of words on disk and in the service: exact, refused when damaged, new words found at once, and kept on request."""

import dataclasses
import datetime
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender import cli
from recommender.bootstrap import Workshop
from recommender.domain import Catalogue, Course
from recommender.encoder import load_encoder
from recommender.errors import SnapshotError
from recommender.requests import LearnerRequest
from recommender.service import Service
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from recommender.words import WordSpace
from tests.handmade import course, taught
from tests.networks import TODAY, random_catalogue

WISH = "绞吸船XQ-9000"
BORN = course("born", title="疏浚设备操作", description=f"学习{WISH}的操作与保养，掌握现场安全要求。")
CORPUS = ["S7-1200 编程", "电焊", "FANUC 机器人", "养老护理"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "words.npz"
    WordSpace.fit(CORPUS).save(path)
    return path


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A workshop with a random network in its store."""
    made = Workshop(Settings(state=tmp_path / "state", _env_file=None))
    store(made, random_catalogue(0))
    return made


def store(workshop: Workshop, catalogue: Catalogue) -> None:
    with workshop.open_store() as opened:
        opened.replace(catalogue, imported_at=datetime.datetime.now(datetime.UTC), source="test", day=TODAY)


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


def test_a_saved_space_is_loaded_to_the_bit(file: Path) -> None:
    asked = [*CORPUS, "s7", "fanuc", "鳕", "", "护理"]
    saved, loaded = WordSpace.fit(CORPUS), WordSpace.load(file)
    assert loaded.dimension == saved.dimension
    assert loaded.encode_queries(asked).tobytes() == saved.encode_queries(asked).tobytes()
    loaded.save(file.with_name("again.npz"))
    assert file.with_name("again.npz").read_bytes() == file.read_bytes()


def rewrite(file: Path, **arrays: object) -> None:
    """Write the same archive with other `arrays` in it."""
    with np.load(file) as opened:
        present = dict(opened)
    np.savez(file, **{**present, **arrays})


def write_array(file: Path) -> None:
    with file.open("wb") as opened:
        np.save(opened, np.zeros(3))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "half of it": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "no archive": lambda file: file.write_bytes(b"\xff" * 100),
    "another archive": lambda file: np.savez(file, terms=np.zeros(3)),
    "a changed byte": lambda file: file.write_bytes(file.read_bytes().replace(b"s7-1200", b"s7-1201", 1)),
    "a pickle": lambda file: rewrite(file, idf=np.array([{}], dtype=object)),
}


# none of these reaches WordSpace.load in service, where a snapshot's checksums are looked at first
OPEN: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "another array": write_array,
    "a basis of another size": lambda file: rewrite(file, basis=np.zeros((2, 2), np.float32)),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # numpy leaves half an archive open
@pytest.mark.parametrize(
    "damage",
    [*DAMAGES, *OPEN],
)
def test_a_damaged_file_is_refused_with_the_way_out(file: Path, damage: str) -> None:
    (DAMAGES | OPEN)[damage](file)
    with pytest.raises(SnapshotError) as refusal:
        WordSpace.load(file)
    for sentence in refusal.value.message:
        assert "words.npz" in sentence
        assert "jinxue build" in sentence


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
        return workshop.snapshots.path / str(workshop.snapshots.current()) / "words.npz"

    jinxue(monkeypatch, "build", "--state", state)
    before = served().read_bytes()
    store(workshop, with_course(random_catalogue(0), BORN))
    jinxue(monkeypatch, "build", "--keep-words", "--state", state)
    assert served().read_bytes() == before
    assert workshop.snapshots.load(encoder, workshop.policy).catalogue_version == 2
    jinxue(monkeypatch, "build", "--state", state)
    assert served().read_bytes() != before
