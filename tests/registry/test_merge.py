"""Imports merge: what changed is updated, what others wrote stays, and nothing goes but what is asked to."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import pytest

from recommender.domain import ClusterRelation, IndustryCluster
from recommender.errors import CatalogueError
from recommender.registry import KINDS, Caller, Decision, Registry
from recommender.store import CatalogueStore, Operation
from tests import handmade
from tests.networks import TODAY
from tests.registry.model import ID, Fields, Key
from tests.registry.worlds import StillWorkshop, as_json, ids, patch, put, seen, small_catalogue, write_files

TOMORROW = TODAY + datetime.timedelta(days=1)
NOTHING = {"added": 0, "changed": 0, "unchanged": 0, "removed": 0, "kept": 0}


@pytest.fixture
def registry(workshop: StillWorkshop) -> Any:
    with workshop.open_store() as store:
        yield Registry(store, lambda: TODAY)


def records() -> dict[Key, Fields]:
    """Return the small city's records, as files hold them."""
    catalogue = small_catalogue()
    return {
        (kind, getattr(one, name)): as_json(one) for kind, name in ID.items() for one in getattr(catalogue, f"{kind}s")
    }


def take_in(
    workshop: StillWorkshop, tmp_path: Path, found: dict[Key, Fields], **options: Any
) -> dict[str, dict[str, int]]:
    """Import files that hold these records; return the counts by table, without noughts."""
    shared = {name: options.pop(name) for name in ("clusters", "places") if name in options}
    path = write_files(tmp_path / "files.jsonl", found, **shared)
    imported = workshop.import_catalogue(path, today=options.pop("today", TODAY), **options)
    assert imported.merge is not None
    return {table: {what: n for what, n in counts.items() if n} for table, counts in imported.merge.counts.items()}


def test_the_same_files_again_change_nothing(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    before = seen(registry)
    counts = take_in(workshop, tmp_path, records())
    assert {what for each in counts.values() for what in each} == {"unchanged"}
    assert (counts["courses"], counts["clusters"], counts["cluster_relations"]) == (
        {"unchanged": 3},
        {"unchanged": 4},
        {"unchanged": 2},
    )
    assert seen(registry) == before
    assert registry.store.changes_after(1, 2**31 - 1, limit=1) == []


def test_it_says_how_many_were_added_changed_unchanged_and_kept(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    found = records()
    found["course", "a"]["title"] = "叉车进阶"
    found["course", "new"] = {"course_id": "new", "title": "新课"}
    del found["course", "c"], found["course_instance", "c-1"]
    counts = take_in(workshop, tmp_path, found)

    assert counts["courses"] == {"added": 1, "changed": 1, "unchanged": 1, "kept": 1}
    assert counts["course_instances"] == {"unchanged": 2, "kept": 1}
    assert ids(registry, "courses") == {"a", "b", "c", "new"}
    assert [
        (change.record_id, change.operation, dict(change.fields))
        for change in registry.store.changes_after(1, 2**31 - 1, limit=9)
    ] == [
        ("a", Operation.UPDATED, {"title": "叉车进阶"}),
        ("new", Operation.CREATED, {}),
    ]


def test_what_is_missing_goes_only_when_asked_to(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    found = {key: fields for key, fields in records().items() if key[1] not in ("c", "c-1")}
    assert take_in(workshop, tmp_path, found)["courses"]["kept"] == 1
    assert take_in(workshop, tmp_path, found, remove_missing=True)["courses"] == {"unchanged": 2, "removed": 1}
    assert ids(registry, "courses") == {"a", "b"}
    assert registry.history(KINDS["course"], "c")[-1].operation is Operation.DELETED


def test_what_others_have_written_is_never_removed(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    put(registry, "course", "mine", title="我的")
    patch(registry, "course_instance", "c-1", enrolled=3)
    registry.review("c", Decision.APPROVED, Caller("reviewer"), reason=None, expected=None)
    found = {key: fields for key, fields in records().items() if key[1] not in ("b", "b-1", "c", "c-1")}
    counts = take_in(workshop, tmp_path, found, remove_missing=True)

    assert counts["courses"] == {"unchanged": 1, "removed": 1, "kept": 2}
    assert ids(registry, "courses") == {"a", "c", "mine"}
    assert ids(registry, "course_instances") == {"a-1", "c-1"}


def test_what_comes_back_into_the_files_is_added(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    before = seen(registry)
    take_in(
        workshop,
        tmp_path,
        {key: fields for key, fields in records().items() if key[1] not in ("c", "c-1")},
        remove_missing=True,
    )
    counts = take_in(workshop, tmp_path, records(), remove_missing=True)
    assert (counts["courses"]["added"], counts["course_instances"]["added"]) == (1, 1)
    assert seen(registry) == before


def test_the_files_say_what_they_hold_whoever_wrote_it_since(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    patch(registry, "course", "a", title="改了", duration_hours=9)
    before = records()["course", "a"]
    assert take_in(workshop, tmp_path, records())["courses"] == {"changed": 1, "unchanged": 2}
    assert as_json(registry.record(KINDS["course"], "a").record) == before
    assert registry.waiting(limit=9, offset=0)[1] == 1


def test_a_dry_run_says_the_same_and_leaves_nothing(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    found = {key: fields for key, fields in records().items() if key[1] not in ("c", "c-1")}
    found["learner", "x"] = {"learner_id": "x", "goal": "电工"}
    before, version = registry.store.load(), registry.store.version()
    tried = take_in(workshop, tmp_path, found, remove_missing=True, dry_run=True)

    assert (registry.store.load(), registry.store.version(), registry.store.last_import()) == (before, version, version)
    assert take_in(workshop, tmp_path, found, remove_missing=True) == tried
    assert ids(registry, "learners") == {"x"}


def test_a_dry_run_on_an_empty_database_leaves_it_empty(workshop: StillWorkshop, tmp_path: Path) -> None:
    workshop.settings = workshop.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'empty.db'}"})
    assert take_in(workshop, tmp_path, records(), dry_run=True)["courses"] == {"added": 3}
    with workshop.open_store() as store:
        assert store.version() is None


def test_another_city_is_refused(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    before = registry.store.load()
    other = tuple(
        dataclasses.replace(place, place_id=f"other-{place.place_id}", parent_id=place.parent_id and "other-city")
        for place in handmade.PLACES
    )
    with pytest.raises(CatalogueError) as refused:
        take_in(workshop, tmp_path, records(), places=other)
    assert [problem.file for problem in refused.value.problems] == ["places"]
    assert registry.store.load() == before


def test_another_city_takes_the_place_of_what_only_imports_brought(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    other = tuple(
        dataclasses.replace(place, place_id=f"other-{place.place_id}", parent_id=place.parent_id and "other-city")
        for place in handmade.PLACES
    )
    counts = take_in(workshop, tmp_path, records(), places=other, remove_missing=True)
    assert counts["places"] == {"added": 2, "removed": 2}
    assert ids(registry, "places") == {"other-city", "other-east"}


def test_a_cluster_still_in_use_cannot_go(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    put(registry, "course", "mine", title="我的", clusters=["health"])
    left = handmade.CLUSTERS[:3]
    before = registry.store.load()
    with pytest.raises(CatalogueError) as refused:
        take_in(workshop, tmp_path, records(), clusters=left, remove_missing=True)
    assert "mine" in refused.value.problems[0].message.en
    assert "health" in refused.value.problems[0].message.en
    assert registry.store.load() == before

    patch(registry, "course", "mine", clusters=None)
    assert take_in(workshop, tmp_path, records(), clusters=left, remove_missing=True)["clusters"] == {
        "unchanged": 3,
        "removed": 1,
    }


def test_a_place_still_in_use_cannot_go(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    put(registry, "site", "mine", name="我的", kind="centre", district="东山区")
    with pytest.raises(CatalogueError) as refused:
        take_in(workshop, tmp_path, records(), places=handmade.PLACES[:1], remove_missing=True)
    assert "mine" in refused.value.problems[0].message.en
    assert len(seen(registry).places) == 2


def test_a_new_word_of_the_city_is_known_at_once(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    put(registry, "course", "before", title="焊工", clusters=["robots"])  # the words of before are known
    more = (*handmade.CLUSTERS, IndustryCluster(cluster_id="space", name="商业航天"))
    take_in(workshop, tmp_path, records(), clusters=more)
    assert put(registry, "course", "x", title="火箭", clusters="商业航天").record.clusters == ("space",)


def test_a_relation_is_the_same_whichever_way_round_it_is_written(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = handmade.RELATIONS
    turned = ClusterRelation(cluster_id=first.related_cluster_id, related_cluster_id=first.cluster_id, relatedness=0.7)
    monkeypatch.setattr(handmade, "RELATIONS", (turned, second))
    counts = take_in(workshop, tmp_path, records())
    relations = seen(registry).cluster_relations
    assert len(relations) == 2
    assert {frozenset((one.cluster_id, one.related_cluster_id)): one.relatedness for one in relations}[
        frozenset(("robots", "software"))
    ] == 0.7
    assert counts["cluster_relations"] == {"changed": 1, "unchanged": 1}


def relative(tmp_path: Path) -> Path:
    found = records()
    found["course_instance", "a-1"]["start_date"] = "+14d"
    return write_files(tmp_path / "relative.jsonl", found)


def start_of(registry: Registry) -> datetime.date | None:
    found: datetime.date | None = registry.record(KINDS["course_instance"], "a-1").record.start_date
    return found


def test_relative_dates_count_anew_while_nobody_has_written(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    path = relative(tmp_path)
    workshop.import_catalogue(path, today=TODAY, only_if_changed=True)
    assert start_of(registry) == TODAY + datetime.timedelta(days=14)
    assert workshop.import_catalogue(path, today=TOMORROW, only_if_changed=True).merge is not None
    assert start_of(registry) == TOMORROW + datetime.timedelta(days=14)


@pytest.mark.parametrize("by", ["edit", "review"])
def test_relative_dates_are_not_taken_again_once_somebody_has_written(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path, by: str
) -> None:
    path = relative(tmp_path)
    workshop.import_catalogue(path, today=TODAY, only_if_changed=True)
    if by == "edit":
        patch(registry, "course_instance", "a-1", enrolled=3)
    else:
        registry.review("c", Decision.APPROVED, Caller("reviewer"), reason=None, expected=None)
    before = registry.store.load()
    assert workshop.import_catalogue(path, today=TOMORROW, only_if_changed=True).merge is None
    assert registry.store.load() == before


def test_a_build_does_not_count_as_having_written(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    path = relative(tmp_path)
    workshop.import_catalogue(path, today=TODAY, only_if_changed=True)
    workshop.build()
    assert workshop.import_catalogue(path, today=TOMORROW, only_if_changed=True).merge is not None


def test_who_imported_nothing_new_is_written_down_all_the_same(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    take_in(workshop, tmp_path, records(), today=TOMORROW)
    last = registry.store.last_import()
    assert last is not None
    assert (last.version, last.day) == (2, TOMORROW)


def test_an_owner_keeps_what_an_import_changes(workshop: StillWorkshop, registry: Registry, tmp_path: Path) -> None:
    put(registry, "course", "mine", by=Caller("k", "at-0"), title="我的")
    found = records() | {("course", "mine"): {"course_id": "mine", "title": "改了", "approval": "approved"}}
    take_in(workshop, tmp_path, found)
    assert patch(registry, "course", "mine", by=Caller("k", "at-0"), duration_hours=8).approval == "approved"


def test_two_imports_at_once_are_one_after_the_other(
    workshop: StillWorkshop, registry: Registry, tmp_path: Path
) -> None:
    import threading

    found = records()
    found["learner", "x"] = {"learner_id": "x"}
    path = write_files(tmp_path / "files.jsonl", found)
    threads = [threading.Thread(target=lambda: workshop.import_catalogue(path, today=TODAY)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [change.operation for change in registry.history(KINDS["learner"], "x")] == [Operation.CREATED]
    version = registry.store.version()
    assert version is not None
    assert version.version == 4


def test_a_store_that_fails_leaves_nothing_of_an_import(registry: Registry) -> None:
    before = registry.store.load()
    store: CatalogueStore = registry.store
    from recommender.registry.merge import merge

    def half() -> None:
        with store.write(source="files", day=TODAY) as transaction:
            merge(transaction, dataclasses.replace(small_catalogue(), courses=()), remove_missing=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert registry.store.load() == before
