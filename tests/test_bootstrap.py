"""From settings to wired parts: imports, snapshots behind the store, and the swap while serving."""

import datetime
import shutil
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.catalogue import write_catalogue
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.errors import CatalogueError, SettingsError, SnapshotError, StoreError
from recommender.registry import KINDS, Action, Caller, Decision, Edit
from recommender.requests import LearnerRequest
from recommender.service import Service
from recommender.settings import Settings
from recommender.snapshot import Snapshot
from tests.networks import TODAY, Shape, random_catalogue

TOMORROW = TODAY + datetime.timedelta(days=1)
RELATIVE = {
    "sites.csv": "site_id,name,kind,district\nhub,学院,hub,坪山区\n",
    "courses.csv": "course_id,title,approval\nrobots,工业机器人维护,approved\n",
    "course_instances.csv": (
        "instance_id,course_id,mode,site_id,start_date,end_date,schedule\nrobots-1,robots,at_site,hub,+14d,+20d,weekend\n"
    ),
}


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(Settings(state=tmp_path / "state"))


@pytest.fixture
def dated(tmp_path: Path) -> Path:
    """A catalogue whose dates are dates."""
    write_catalogue(random_catalogue(1, Shape(instances=60)), tmp_path / "dated.jsonl")
    return tmp_path / "dated.jsonl"


@pytest.fixture
def relative(tmp_path: Path) -> Path:
    """A catalogue whose dates count from the day of import."""
    (tmp_path / "relative").mkdir()
    for name, text in RELATIVE.items():
        (tmp_path / "relative" / name).write_text(text, encoding="utf-8")
    return tmp_path / "relative"


def opened(workshop: Workshop, encoder: Encoder) -> Snapshot:
    """Return the snapshot that a service would begin with."""
    with workshop.open_store(at_once=False) as store:
        return workshop.open_snapshot(encoder, store)[0]


def start_of(catalogue: Catalogue) -> datetime.date | None:
    return catalogue.course_instances[0].start_date


def test_an_import_is_numbered_dated_and_stored(workshop: Workshop, dated: Path) -> None:
    imported = workshop.import_catalogue(dated, today=TODAY)
    stored, version = workshop.read_store()

    assert imported.reading is not None
    assert (imported.version, version.version, version.day) == (1, 1, TODAY)
    assert {c.course_id for c in stored.courses} == {c.course_id for c in imported.reading.catalogue.courses}
    assert workshop.import_catalogue(dated, today=TODAY).version == 2


def test_without_a_path_the_bundled_network_is_imported(workshop: Workshop) -> None:
    workshop.import_catalogue(None, today=TODAY)

    assert len(workshop.read_store()[0].sites) == 121


def test_an_unchanged_catalogue_is_imported_only_once_if_asked_so(workshop: Workshop, dated: Path) -> None:
    first = workshop.import_catalogue(dated, today=TODAY, only_if_changed=True)
    again = workshop.import_catalogue(dated, today=TOMORROW, only_if_changed=True)

    assert first.reading is not None
    assert (again.version, again.reading) == (1, None)


def test_a_changed_catalogue_is_imported_again(workshop: Workshop, dated: Path) -> None:
    workshop.import_catalogue(dated, today=TODAY, only_if_changed=True)
    write_catalogue(random_catalogue(2, Shape(instances=60)), dated)

    assert workshop.import_catalogue(dated, today=TODAY, only_if_changed=True).version == 2


def test_dates_that_count_from_the_import_count_anew_on_another_day(workshop: Workshop, relative: Path) -> None:
    workshop.import_catalogue(relative, today=TODAY, only_if_changed=True)
    assert start_of(workshop.read_store()[0]) == TODAY + datetime.timedelta(days=14)
    assert workshop.import_catalogue(relative, today=TODAY, only_if_changed=True).reading is None

    assert workshop.import_catalogue(relative, today=TOMORROW, only_if_changed=True).version == 2
    assert start_of(workshop.read_store()[0]) == TOMORROW + datetime.timedelta(days=14)
    assert workshop.import_catalogue(relative, today=TOMORROW, only_if_changed=True).reading is None


def test_a_catalogue_with_a_problem_changes_nothing(workshop: Workshop, dated: Path, relative: Path) -> None:
    workshop.import_catalogue(dated, today=TODAY)
    before = workshop.read_store()
    (relative / "sites.csv").write_text("site_id,name,kind\nhub,学院,castle\n", encoding="utf-8")
    with pytest.raises(CatalogueError):
        workshop.import_catalogue(relative, today=TODAY)

    assert workshop.read_store() == before


def test_before_the_first_import_there_is_nothing_to_build(workshop: Workshop) -> None:
    with pytest.raises(StoreError, match="jinxue import"):
        workshop.build()


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="JINXUE_STATE"):
        Workshop(Settings(state=tmp_path / "file" / "state")).open_store()


def test_a_snapshot_folder_that_cannot_be_made_is_named(workshop: Workshop, relative: Path) -> None:
    workshop.import_catalogue(relative, today=TODAY)
    (workshop.settings.state / "snapshots").write_text("")
    with pytest.raises(SnapshotError, match="snapshots"):
        workshop.build()


@pytest.fixture
def served(workshop: Workshop, relative: Path, encoder: Encoder) -> Workshop:
    workshop.import_catalogue(relative, today=TODAY)
    workshop.build(encoder)
    return workshop


def test_a_snapshot_that_fits_is_loaded_as_it_is(served: Workshop, encoder: Encoder) -> None:
    current = served.snapshots.path / (served.snapshots.current() or "")
    written = (current / "manifest.json").stat().st_mtime_ns
    snapshot = opened(served, encoder)

    assert snapshot.version == current.name
    assert (current / "manifest.json").stat().st_mtime_ns == written


def test_a_loaded_snapshot_answers_like_the_one_that_was_built(served: Workshop, encoder: Encoder) -> None:
    request, built = LearnerRequest(goal="机器人", location={"place": "坪山区坑梓街道"}), served.build(encoder)  # type: ignore[arg-type]
    service = Service(served)

    assert service.matcher.snapshot is not built
    assert (service.matcher.snapshot.instances.vectors == built.instances.vectors).all()
    assert service.matcher.recommend(request, today=TODAY)["items"][0]["course"]["course_id"] == "robots"


def test_a_snapshot_behind_the_store_is_built_anew(served: Workshop, dated: Path, encoder: Encoder) -> None:
    served.import_catalogue(dated, today=TODAY, remove_missing=True)
    snapshot = opened(served, encoder)

    written = served.read_store().version.version
    assert (snapshot.catalogue_version, served.snapshots.current()) == (written, snapshot.version)


@pytest.mark.parametrize("damaged", ["CURRENT", "manifest.json", "catalogue.json", "instances.faiss", "learners.faiss"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe{"])
def test_a_damaged_snapshot_is_built_anew(
    served: Workshop, encoder: Encoder, damaged: str, content: bytes | None
) -> None:
    version = served.snapshots.current() or ""
    folder = served.snapshots.path
    file = folder / damaged if damaged == "CURRENT" else folder / version / damaged
    file.unlink() if content is None else file.write_bytes(content)

    assert opened(served, encoder).version == version == served.snapshots.current()
    assert served.snapshots.load(encoder, served.policy).version == version


def test_a_snapshot_of_another_encoder_or_policy_is_built_anew(
    served: Workshop, encoder: Encoder, tmp_path: Path
) -> None:
    before = served.snapshots.current()
    policy = tmp_path / "policy.toml"
    text = (Path(__file__).parents[1] / "recommender" / "data" / "policy.toml").read_text(encoding="utf-8")
    policy.write_text(text.replace("half_distance_km = 5.0", "half_distance_km = 4.0"), encoding="utf-8")
    other = Workshop(served.settings.model_copy(update={"policy": policy}))

    assert opened(other, encoder).version != before
    assert opened(other, encoder).policy.half_distance_km == 4.0


def test_what_is_written_is_answered_from_a_whole_new_snapshot(served: Workshop, dated: Path) -> None:
    service = Service(served)
    old = service.matcher
    assert service.catch_up() is False
    assert service.matcher is old

    imported = served.import_catalogue(dated, today=TODAY, remove_missing=True)

    assert service.catch_up() is True
    assert service.matcher.snapshot.catalogue_version == imported.version
    assert old.snapshot.version != service.matcher.snapshot.version
    assert service.catch_up() is False


def test_a_pinned_snapshot_answers_whatever_is_written_until_it_is_released(served: Workshop, dated: Path) -> None:
    service = Service(served)
    old = service.matcher.snapshot
    served.import_catalogue(dated, today=TODAY, remove_missing=True)
    assert service.catch_up()
    service.save()

    served.snapshots.pin(old.version)
    assert service.catch_up()
    assert service.matcher.snapshot.version == old.version
    assert Service(served).matcher.snapshot.version == old.version
    served.import_catalogue(dated, today=TOMORROW)
    assert service.catch_up() is False

    served.snapshots.release()
    assert service.catch_up()
    assert service.matcher.snapshot.catalogue_version == served.read_store().version.version


def test_a_damaged_pinned_snapshot_is_refused_and_the_old_one_serves_on(served: Workshop, dated: Path) -> None:
    service = Service(served)
    pinned = service.matcher.snapshot.version
    served.import_catalogue(dated, today=TODAY, remove_missing=True)
    service.catch_up()
    service.save()
    old = service.matcher
    served.snapshots.pin(pinned)
    (served.snapshots.path / pinned / "catalogue.json").write_bytes(b"{}")
    with pytest.raises(SnapshotError, match="the file catalogue"):
        service.catch_up()
    assert service.matcher is old

    shutil.rmtree(served.snapshots.path / pinned)
    with pytest.raises(SnapshotError, match="manifest"):
        service.catch_up()
    assert service.matcher is old


def test_a_new_fit_is_taken_up_by_who_serves(served: Workshop) -> None:
    service = Service(served)
    before = service.matcher.snapshot
    text = Edit(KINDS["course"], "robots", Action.PATCH, {"occupations": ["示教器操作员"]})
    service.registry.edit(text, Caller())
    service.registry.review("robots", Decision.APPROVED, Caller(), reason=None, expected=None)
    service.catch_up()
    assert service.matcher.snapshot.fit.digest == before.fit.digest

    service.refit()
    assert service.catch_up()
    assert service.matcher.snapshot.fit.digest != before.fit.digest
    assert service.matcher.snapshot.fit.fits(service.matcher.snapshot.network)
    written = served.read_store().version.version
    service.refit()
    assert served.read_store().version.version == written


def test_today_is_the_day_it_is_in_the_city(tmp_path: Path) -> None:
    days = {
        zone: Workshop(Settings(state=tmp_path, timezone=zone)).today() for zone in ("Pacific/Kiritimati", "Etc/GMT+12")
    }

    assert days["Pacific/Kiritimati"] > days["Etc/GMT+12"]  # 26 hours apart: never the same day
