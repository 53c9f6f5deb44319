"""What is stored of a site, as a hash that the site can compute by itself."""

import hashlib

import pytest

from recommender.errors import NotFound
from recommender.registry import KINDS, Caller, Decision, Registry
from tests.registry.model import lines_hash, record_hash
from tests.registry.worlds import as_json, delete, patch, put

HERE = Caller("key-0", "at-0")


def test_a_site_finds_the_same_hash_in_its_own_files(registry: Registry) -> None:
    """The formula, spelt out by hand for one site, one course and one class."""
    put(registry, "site", "new", name="新工场", kind="workshop", quality=1.0, clusters=["robots"], illustrative=True)
    site = Caller("key", "new")
    put(
        registry,
        "course",
        "x",
        by=site,
        title="焊工",
        duration_hours=40.0,
        skill_level="三级",
        occupations=["焊工", "电工"],
    )
    put(
        registry,
        "course_instance",
        "x-1",
        by=site,
        course_id="x",
        mode="at_site",
        site_id="new",
        start_date="2026-12-1",
        fee_yuan=99.5,
    )
    found = registry.digest("new")

    texts = {
        (
            "course",
            "x",
        ): '{"course_id":"x","customisable":false,"description":"","duration_hours":40,"illustrative":false,'
        '"occupations":["焊工","电工"],"skill_level":"senior","title":"焊工"}',
        (
            "course_instance",
            "x-1",
        ): '{"course_id":"x","enrolled":0,"fee_yuan":99.5,"instance_id":"x-1","mode":"at_site","site_id":"new",'
        '"start_date":"2026-12-01"}',
        (
            "site",
            "new",
        ): '{"clusters":["robots"],"datum":"wgs84","illustrative":true,"kind":"workshop","name":"新工场","quality":1,'
        '"site_id":"new","status":"active"}',
    }
    hashes = [(kind, name, hashlib.sha256(text.encode()).hexdigest()) for (kind, name), text in texts.items()]
    assert list(found.records) == hashes
    whole = "".join(f"{kind} {name} {digest}\n" for kind, name, digest in hashes)
    assert found.content == hashlib.sha256(whole.encode()).hexdigest()
    assert found.counts == {"sites": 1, "courses": 1, "course_instances": 1}


def test_it_is_of_what_the_site_owns_and_of_what_it_teaches(registry: Registry) -> None:
    put(registry, "course", "mine", by=HERE, title="我的")
    put(registry, "course_instance", "mine-online", by=HERE, course_id="b", mode="online")
    assert [(kind, name) for kind, name, _ in registry.digest("at-0").records] == [
        ("course", "mine"),
        ("course_instance", "a-1"),
        ("course_instance", "c-1"),
        ("course_instance", "mine-online"),
        ("site", "at-0"),
    ]


def test_it_is_of_the_text_that_was_submitted_whatever_review_says(registry: Registry) -> None:
    put(registry, "course", "mine", by=HERE, title="我的")
    pending = registry.digest("at-0").content
    registry.review("mine", Decision.APPROVED, Caller("reviewer"), reason=None, expected=None)
    assert registry.digest("at-0").content == pending
    patch(registry, "course", "mine", by=HERE, title="改了")
    waiting = registry.digest("at-0").content
    registry.review("mine", Decision.APPROVED, Caller("reviewer"), reason=None, expected=None)
    assert registry.digest("at-0").content == waiting != pending


def test_the_same_records_have_the_same_hash_however_they_came(registry: Registry) -> None:
    first = registry.digest("at-0")
    patch(registry, "course_instance", "a-1", enrolled=5)
    drifted = registry.digest("at-0")
    patch(registry, "course_instance", "a-1", enrolled=0)
    back = registry.digest("at-0")

    assert drifted.content != first.content == back.content
    assert next(one for one, other in zip(first.records, drifted.records, strict=True) if one != other)[:2] == (
        "course_instance",
        "a-1",
    )
    assert back.catalogue_version == first.catalogue_version + 2


def test_another_site_makes_no_difference(registry: Registry) -> None:
    before = registry.digest("at-0").content
    patch(registry, "site", "at-5", quality=0.1)
    put(registry, "course", "theirs", by=Caller("k", "at-5"), title="他们的")
    delete(registry, "course_instance", "b-1")
    assert registry.digest("at-0").content == before


@pytest.mark.parametrize("edit", ["course", "course_instance"])
def test_what_is_deleted_is_no_part_of_it(registry: Registry, edit: str) -> None:
    put(registry, "course", "mine", by=HERE, title="我的")
    delete(registry, edit, "mine" if edit == "course" else "a-1")
    left = {("site", "at-0"), ("course_instance", "a-1"), ("course_instance", "c-1"), ("course", "mine")}
    left.remove((edit, "mine" if edit == "course" else "a-1"))
    hashes = [(kind, name, record_hash(as_json(registry.record(KINDS[kind], name).record))) for kind, name in left]
    assert registry.digest("at-0").content == lines_hash(hashes)


def test_a_site_that_is_not_there_has_none(registry: Registry) -> None:
    delete(registry, "site", "at-5")
    for name in ("at-5", "never"):
        with pytest.raises(NotFound):
            registry.digest(name)
