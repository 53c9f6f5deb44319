"""Deletion: a tombstone stays, what depends on it is hidden but untouched, and people are forgotten."""

import pytest
from sqlalchemy import create_engine, text

from recommender.registry import KINDS, Action, Caller, Edit, Registry, Status
from recommender.store import Operation
from recommender.store.schema import metadata
from tests.registry.worlds import delete, ids, patch, put, seen


def test_a_deleted_site_hides_its_classes_until_it_is_back(registry: Registry) -> None:
    put(registry, "course_instance", "a-2", course_id="a", mode="at_site", site_id="at-0")
    before = seen(registry)
    deleted = delete(registry, "site", "at-0").outcome
    assert dict(deleted.hides) == {"course_instances": 3}
    assert ids(registry, "course_instances") == {"b-1"}
    assert registry.record(KINDS["course_instance"], "a-1").record.site_id == "at-0"

    site = next(site for site in before.sites if site.site_id == "at-0")
    put(
        registry,
        "site",
        "at-0",
        name=site.name,
        kind="centre",
        latitude=site.latitude,
        longitude=site.longitude,
        quality=0.9,
    )
    assert seen(registry) == before


def test_a_deleted_course_hides_its_classes_and_whatever_names_it(registry: Registry) -> None:
    put(registry, "learner", "x", goal="x", completed_course_ids=["a", "b"])
    before = seen(registry)
    assert dict(delete(registry, "course", "a").outcome.hides) == {"course_instances": 1}
    now = seen(registry)
    assert ids(registry, "course_instances") == {"b-1", "c-1"}
    assert [course.prerequisites for course in now.courses] == [(), ()]
    assert now.learners[0].completed_course_ids == ("b",)

    put(registry, "course", "a", title="a", description="叉车的驾驶和保养")
    assert seen(registry) == before


def test_what_is_deleted_already_is_not_hidden_again(registry: Registry) -> None:
    delete(registry, "course_instance", "a-1")
    assert dict(delete(registry, "course", "a").outcome.hides) == {}


def test_a_tombstone_stays_and_is_told_of(registry: Registry) -> None:
    version = delete(registry, "site", "at-5").outcome.version
    again = delete(registry, "site", "at-5").outcome

    assert (again.status, again.version) == (Status.UNCHANGED, version)
    assert [change.operation for change in registry.history(KINDS["site"], "at-5")] == [
        Operation.CREATED,
        Operation.DELETED,
    ]


def test_what_is_written_over_a_tombstone_is_restored(registry: Registry) -> None:
    delete(registry, "enterprise", put(registry, "enterprise", "x", name="厂").record.enterprise_id)
    restored = put(registry, "enterprise", "x", name="新厂")

    assert restored.status is Status.CREATED
    assert [change.operation for change in registry.history(KINDS["enterprise"], "x")] == [
        Operation.CREATED,
        Operation.DELETED,
        Operation.RESTORED,
    ]
    assert ids(registry, "enterprises") == {"x"}


def test_a_tombstone_has_no_owner(registry: Registry) -> None:
    put(registry, "course", "x", by=Caller("k", "at-0"), title="x")
    delete(registry, "course", "x")
    assert put(registry, "course", "x", by=Caller("k", "at-5"), title="x").status is Status.CREATED


SECRET = "想离开现在的工厂"


def test_nothing_of_a_deleted_learner_is_left_in_the_database(registry: Registry, city_url: str) -> None:
    put(
        registry,
        "learner",
        "x",
        goal=SECRET,
        occupation=SECRET,
        industry=SECRET,
        place="东山区",
        completed_course_ids=["a"],
    )
    patch(registry, "learner", "x", goal=SECRET + "。")
    assert _texts_with(city_url, SECRET) == {"learners"}
    delete(registry, "learner", "x")

    assert _texts_with(city_url, SECRET) == set()
    assert _texts_with(city_url, "东山区") == {"places"}
    restored = put(registry, "learner", "x", goal="电工").record
    assert (restored.completed_course_ids, restored.place) == ((), None)


def test_the_history_of_a_learner_tells_names_of_fields_alone(registry: Registry) -> None:
    put(registry, "learner", "x", goal=SECRET, skill_level="技师")
    patch(registry, "learner", "x", goal="电工")
    told = [dict(change.fields) for change in registry.history(KINDS["learner"], "x")]

    assert told[0].keys() >= {"goal", "skill_level"}
    assert told[1].keys() == {"goal"}
    assert {value for fields in told for value in fields.values()} == {None}


def _texts_with(url: str, secret: str) -> set[str]:
    """Return the tables in any column of which `secret` stands, as text or as JSON escapes it."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    escaped = secret.encode("unicode_escape").decode("ascii")
    found = set()
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                shown = " ".join(str(value) for value in row)
                if secret in shown or escaped in shown:
                    found.add(table.name)
    engine.dispose()
    return found


@pytest.mark.parametrize("kind", ["course", "course_instance"])
def test_counts_of_what_is_hidden_take_in_the_same_transaction(registry: Registry, kind: str) -> None:
    new = Edit(KINDS["course_instance"], "a-9", Action.PUT, {"course_id": "a", "mode": "online"})
    first = new if kind == "course" else Edit(KINDS["course_instance"], "a-1", Action.DELETE)
    with registry.store.write() as transaction:
        registrar = registry.registrar(transaction, Caller())
        outcomes = registrar.apply([first, Edit(KINDS["course"], "a", Action.DELETE)])
        registrar.flush()
    assert outcomes[1].hides == ({"course_instances": 2} if kind == "course" else {})


def test_what_is_hidden_stays_so_when_it_is_changed(registry: Registry) -> None:
    put(registry, "learner", "x", goal="电工", completed_course_ids=["a"])
    delete(registry, "site", "at-0")
    delete(registry, "course", "a")
    before = registry.store.load()
    patch(registry, "course_instance", "c-1", enrolled=3)
    patch(registry, "course", "b", duration_hours=8)
    patch(registry, "learner", "x", goal="叉车")

    assert registry.store.load_since(before) == registry.store.load()
    assert ids(registry, "course_instances") == {"b-1"}
