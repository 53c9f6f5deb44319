"""Snapshots on disk: what is loaded answers like what was saved, and a whole one always serves."""

import datetime
import json
from pathlib import Path
from random import Random

import orjson
import pytest

from recommender.errors import SnapshotError
from recommender.index import VectorIndex
from recommender.matcher import Matcher
from recommender.requests import AudienceRequest, LearnerRequest
from recommender.snapshot import SnapshotFolder, build_snapshot
from tests.networks import TODAY, random_catalogue
from tests.snapshot.conftest import DATA, FILES, served
from tests.wishes import random_request

BUILT = datetime.datetime(2026, 11, 22, 8, tzinfo=datetime.UTC)


def _catalogue_version(version: str) -> int:
    return int(version.split("-")[0])


def _answers(matcher: Matcher) -> bytes:
    catalogue = matcher.snapshot.network.catalogue
    requests = [random_request(Random(seed), catalogue) for seed in range(15)]
    weighed = [type(r)(**{**r.model_dump(exclude_unset=True), "weights": None}) for r in requests]
    audiences = [AudienceRequest(instance_id=i.instance_id) for i in catalogue.course_instances[:15]]
    return orjson.dumps(
        [
            *(matcher.recommend(request, today=TODAY) for request in weighed),
            *(matcher.find_audience(audience, today=TODAY) for audience in audiences),
        ]
    )


def test_a_loaded_snapshot_answers_like_the_saved_one(folder, snapshot, encoder, policy):
    assert _answers(Matcher(folder.load(encoder, policy))) == _answers(Matcher(snapshot))


def test_a_snapshot_is_these_files_and_no_others(folder):
    assert sorted(file.name for file in served(folder).iterdir()) == sorted(FILES)
    manifest = json.loads((served(folder) / "manifest.json").read_text())
    assert manifest["format"] == 3
    assert sorted(manifest["checksums"]) == sorted(DATA)


def test_an_empty_network_is_saved_and_loaded(tmp_path, encoder, policy):
    whole = random_catalogue(0)
    nothing = type(whole)(clusters=whole.clusters, places=whole.places)
    folder = SnapshotFolder(tmp_path)
    folder.save(build_snapshot(nothing, 1, encoder, policy))
    answer = Matcher(folder.load(encoder, policy)).recommend(LearnerRequest(goal="叉车"), today=TODAY)
    assert (answer["items"], answer["eligible_courses"], answer["excluded"]) == ([], 0, {})


def test_the_same_catalogue_gives_the_same_files(folder, tmp_path, encoder, policy):
    again = SnapshotFolder(tmp_path / "again")
    again.save(build_snapshot(random_catalogue(0), 1, encoder, policy), built_at=BUILT)
    assert again.manifest(again.current()).built_at == BUILT
    for name in DATA:
        assert (served(again) / name).read_bytes() == (served(folder) / name).read_bytes()


@pytest.mark.parametrize("content", [b"1-000000000000\n", b"", b"..\n", b"a/b\n", b"\xff\xfe", b"\x00"])
def test_a_current_that_points_nowhere_is_refused(folder, encoder, policy, content):
    (folder.path / "CURRENT").write_bytes(content)
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_a_snapshot_is_refused(tmp_path, encoder, policy, made):
    folder = SnapshotFolder(tmp_path / "none")
    if made:
        folder.path.mkdir()
    assert folder.current() is None
    with pytest.raises(SnapshotError):
        folder.load(encoder, policy)


def test_only_the_last_few_snapshots_are_kept_and_the_serving_one_always(tmp_path, encoder, policy):
    folder = SnapshotFolder(tmp_path, kept=3)
    for version in (1, 2, 9, 10, 11, 3):
        folder.save(build_snapshot(random_catalogue(0), version, encoder, policy))
    kept = [path.name for path in tmp_path.iterdir() if path.is_dir()]
    assert sorted(kept, key=_catalogue_version, reverse=True) == list(folder.versions())
    assert [_catalogue_version(version) for version in folder.versions()] == [11, 10, 9, 3]
    assert folder.load(encoder, policy).catalogue_version == 3


class _BreakingIndex(VectorIndex):
    """An index on a disk that fills up: half of it is written."""

    def save(self, path: Path) -> None:
        super().save(path)
        path.write_bytes(path.read_bytes()[:100])
        raise OSError(28, "No space left on device")


def test_the_old_snapshot_serves_on_when_saving_a_new_one_fails_halfway(folder, snapshot, encoder, policy):
    later = build_snapshot(random_catalogue(1), 2, encoder, policy)
    later.learners = _BreakingIndex(later.learners._index)
    with pytest.raises(SnapshotError, match="No space"):
        folder.save(later)
    assert folder.current() == snapshot.version
    assert _answers(Matcher(folder.load(encoder, policy))) == _answers(Matcher(snapshot))
    assert [path.name for path in folder.path.iterdir() if path.is_dir()] == [snapshot.version]
