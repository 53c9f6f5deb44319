"""What every database behind the store keeps to."""

import datetime
import math
import random
import sys
from dataclasses import fields, replace

import pytest

from recommender.domain import Approval, Course, CourseInstance, Enterprise, Learner, Mode, Provider, TrainingSite
from recommender.errors import StoreError
from recommender.store import CatalogueStore, CatalogueVersion, Draft, KeptAnswer, KeptFit, Operation, Stored
from recommender.store.records import RECORDS
from recommender.store.schema import metadata
from tests.store.saving import NOON, records_of, save


def course(course_id: str, **values: object) -> Course:
    return Course(**{"course_id": course_id, "title": "课", **values})


class TestStoreContract:
    """The same for SQLite and PostgreSQL (`store` is one of each)."""

    # records

    def test_what_is_put_is_loaded_again(self, store, catalogue):
        assert all(getattr(catalogue, field.name) for field in fields(catalogue))
        save(store, *records_of(catalogue))
        assert store.load().catalogue == catalogue

    def test_it_is_still_there_when_the_store_is_opened_again(self, store, store_url, catalogue):
        save(store, *records_of(catalogue), key_id="key")
        with CatalogueStore(store_url) as again:
            assert again.load().catalogue == catalogue
            assert again.version() == CatalogueVersion(1, NOON, "key")

    def test_a_new_store_has_no_version_and_says_what_to_do(self, store):
        assert (store.version(), store.last_import()) == (None, None)
        assert store.changes_after(0, limit=10) == []
        with pytest.raises(StoreError, match="jinxue import"):
            store.load()

    def test_a_record_is_stored_with_its_version_and_owner(self, store):
        with store.write(now=NOON) as transaction:
            transaction.put("courses", [Stored(course("a"), owner="hub"), Stored(course("b"))])
            transaction.log_all([("courses", name, Operation.CREATED, {}) for name in "ab"])
        save(store, course("b", title="新"))
        with store.read() as reading:
            assert reading.stored("courses") == {
                ("a",): Stored(course("a"), 1, owner="hub"),
                ("b",): Stored(course("b", title="新"), 2),
            }
            assert reading.stored("courses", [("b",), ("nowhere",)]) == {("b",): Stored(course("b", title="新"), 2)}
            assert reading.stored("courses", []) == {}
            assert (reading.newest("courses"), reading.newest("sites", "courses"), reading.newest("sites")) == (2, 2, 0)

    def test_a_key_of_two_columns_finds_its_record(self, store, catalogue):
        save(store, *records_of(catalogue))
        (relation,) = catalogue.cluster_relations
        with store.read() as reading:
            assert reading.stored("cluster_relations", [("robots", "software")]) == {
                ("robots", "software"): Stored(relation, 1)
            }
            assert reading.stored("cluster_relations", [("software", "robots")]) == {}

    def test_a_tombstone_is_stored_but_neither_present_nor_counted(self, store):
        save(store, course("a"), course("b", approval=Approval.APPROVED, prerequisites=("a",)))
        save(store, course("a"), deleted=True)
        with store.read() as reading:
            assert reading.stored("courses", [("a",)]) == {("a",): Stored(course("a"), 2, deleted=True)}
            assert reading.present("courses", [("a",), ("b",), ("c",)]) == {"b"}
            assert reading.count("courses") == 1
            assert reading.count("courses", approval="pending") == 0
            assert reading.prerequisites() == {"b": ("a",)}

    def test_records_are_loaded_in_the_order_of_their_ids_by_code_point(self, store):
        save(store, *(course(name) for name in ("b", "é", "B", "课", "a", "10", "𠮷", "9", "～")))
        loaded = [one.course_id for one in store.load().catalogue.courses]
        assert loaded == ["10", "9", "B", "a", "b", "é", "课", "～", "𠮷"]

    # values

    @pytest.mark.parametrize(
        "text", ["😀", "𠮷野家", "\u00e9", "e\u0301", "'; DROP TABLE sites; --", '%s %(x)s :x ? \\ "', "一\n二\t三\r"]
    )
    def test_texts_come_back_as_they_were(self, store, text):
        kept = course(f"a{text}a", title=f"a{text}a", occupations=(text + "x", f"|{text}|"))
        save(store, kept)
        assert store.load().catalogue.courses == (kept,)
        assert [change.record_id for change in store.history("courses", f"a{text}a")] == [f"a{text}a"]

    def test_numbers_come_back_to_the_last_bit(self, store):
        rng = random.Random(7)
        shares = [rng.random() for _ in range(200)] + [
            0.1 + 0.2,
            1 / 3,
            5e-324,
            sys.float_info.min,
            math.nextafter(1, 0),
        ]
        sites = [TrainingSite(site_id=str(n), name="校", kind="hub", quality=share) for n, share in enumerate(shares)]
        save(store, *sites)
        with store.read() as reading:
            found = reading.stored("sites")
        assert [found[site.site_id,].record.quality.hex() for site in sites] == [share.hex() for share in shares]

    @pytest.mark.parametrize("day", [datetime.date(1, 1, 1), datetime.date(2026, 2, 28), datetime.date(9999, 12, 31)])
    def test_days_come_back(self, store, day):
        kept = CourseInstance(instance_id="a", course_id="a", mode=Mode.ONLINE, start_date=day, seats=1_000_000)
        save(store, course("a"), kept)
        assert store.load().catalogue.course_instances == (kept,)

    def test_instants_are_kept_in_utc_to_the_microsecond(self, store):
        shenzhen = datetime.timezone(datetime.timedelta(hours=8))
        save(store, course("a"), now=datetime.datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=shenzhen))
        kept = store.version().written_at
        assert kept == datetime.datetime(2026, 3, 1, 1, 0, 0, 123456, tzinfo=datetime.UTC)
        assert kept.tzinfo == datetime.UTC
        assert store.history("courses", "a")[0].written_at == kept

    def test_json_keeps_what_text_columns_may_not(self, store):
        values = {"title": "a\0b", "其他": ["😀", None, 0.1 + 0.2, 2**40, True], "day": datetime.date(2026, 3, 1)}
        with store.write() as transaction:
            transaction.log("courses", "a", Operation.UPDATED, {**values, "ids": ("x",), "approval": Approval.APPROVED})
        (change,) = store.history("courses", "a")
        assert change.fields == {**values, "day": "2026-03-01", "ids": ["x"], "approval": "approved"}

    def test_what_cannot_be_stored_is_an_error_of_ours_and_stores_nothing(self, store):
        with pytest.raises(StoreError), store.write() as transaction:
            transaction.log("courses", "a\ud800", Operation.UPDATED, {})
        with pytest.raises(StoreError), store.write() as transaction:
            transaction.put("courses", [Stored(course("a"), owner="\ud800")])
        assert store.version() is None

    @pytest.mark.parametrize("version", [2**31, 2**62])
    def test_nothing_follows_a_version_that_is_far_away(self, store, version):
        save(store, course("a"))
        assert store.changes_after(version, limit=10) == []
        assert store.changes_after(0, version, limit=10) == store.changes_after(0, limit=10) != []

    def test_a_number_beyond_all_databases_is_an_error_of_ours(self, store):
        with pytest.raises(StoreError):
            store.changes_after(2**70, limit=10)

    # versions and history

    def test_versions_rise_by_one_with_every_write_that_changes_something(self, store):
        assert [save(store, course("a")), save(store, course("a"))] == [1, 2]
        with store.write() as idle:
            assert idle.stored("courses")
            assert not idle.changed
        with pytest.raises(KeyError), store.write() as failed:
            failed.log_all([("courses", "a", Operation.UPDATED, {}), ("courses", {}["b"], Operation.UPDATED, {})])
        assert save(store, course("b")) == 3
        assert [change.version for change in store.changes_after(0, limit=10)] == [1, 2, 3]
        assert store.version().version == 3

    def test_an_import_is_a_version_also_when_it_changes_nothing(self, store):
        day = datetime.date(2026, 3, 1)
        with store.write(now=NOON, source="f" * 64, day=day) as transaction:
            assert transaction.changed
        save(store, course("a"), key_id="key")
        assert store.last_import() == CatalogueVersion(1, NOON, None, "f" * 64, day)
        assert store.version() == CatalogueVersion(2, NOON, "key")

    def test_what_was_done_to_a_record_is_told_oldest_first(self, store):
        for number, operation in enumerate(Operation):
            with store.write(now=NOON, key_id=f"key-{number}") as transaction:
                transaction.log("courses", "other", Operation.UPDATED, {})
                transaction.log("courses", "a", operation, {"seats": number, "day": None})
        found = store.history("courses", "a")
        assert [change.operation for change in found] == list(Operation)
        assert [(change.version, change.position, change.fields["seats"]) for change in found] == [
            (number + 1, 2, number) for number in range(len(Operation))
        ]
        assert {change.key_id for change in found} == {f"key-{number}" for number in range(len(Operation))}
        assert store.history("sites", "a") == []

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
    def test_pages_of_the_history_continue_each_other(self, store, size):
        for version in range(4):
            with store.write() as transaction:
                transaction.log_all([("courses", f"{version}", Operation.UPDATED, {})] * 3)
                transaction.log("sites", f"{version}", Operation.UPDATED, {})
                transaction.log_all([])
        whole = store.changes_after(0, limit=1000)
        assert [(change.version, change.position) for change in whole] == [
            (version, position) for version in (1, 2, 3, 4) for position in (1, 2, 3, 4)
        ]
        pages, last = [], (0, 0)
        while page := store.changes_after(*last, limit=size):
            assert len(page) <= size
            pages += page
            last = (page[-1].version, page[-1].position)
        assert pages == whole

    # transactions

    @pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, ValueError])
    def test_a_write_that_raises_leaves_nothing(self, store, error):
        def fail() -> None:
            with store.write(source="f", day=NOON.date()) as transaction:
                transaction.put("courses", [Stored(course("a", title="新")), Stored(course("b"))])
                transaction.log("courses", "b", Operation.CREATED, {})
                transaction.put_draft(Draft("a", "新", "", (), None))
                transaction.put_fit(KeptFit("m", "digest", b""))
                transaction.keep_answer("key", KeptAnswer("digest", 200, b"x"))
                raise error

        save(store, course("a"))
        with pytest.raises((error, StoreError)):
            fail()
        assert store.load().catalogue.courses == (course("a"),)
        assert len(store.changes_after(0, limit=10)) == store.version().version == 1
        assert store.last_import() is None
        with store.read() as reading:
            assert reading.drafts(["a"]) == {}
            assert reading.kept_answer("key", key_id=None) is None
            assert reading.fit("m") is None
        assert save(store, course("b")) == 2

    def test_a_reference_to_nothing_is_refused_when_the_write_ends(self, store):
        save(store, course("a"))
        with pytest.raises(StoreError):
            save(store, CourseInstance(instance_id="z", course_id="nowhere", mode=Mode.ONLINE))
        save(store, CourseInstance(instance_id="z", course_id="b", mode=Mode.ONLINE), course("b"))
        assert store.version().version == 2

    def test_a_transaction_reads_what_it_wrote(self, store):
        with store.write() as transaction:
            transaction.put("courses", [Stored(course("a"))])
            transaction.log("courses", "a", Operation.CREATED, {})
            assert transaction.present("courses", [("a",)]) == {"a"}
            assert transaction.stored("courses")["a",].version == transaction.version == 1

    # what is kept beside the records

    def test_a_draft_waits_until_it_is_dropped(self, store):
        first, second = Draft("a", "新", "文", ("电工", "焊工"), "证"), Draft("a", "更新", "", (), None)
        save(store, course("a", approval=Approval.APPROVED), course("b", approval=Approval.APPROVED))
        for draft in (first, second):
            with store.write() as transaction:
                transaction.put_draft(draft)
                transaction.log("courses", "a", Operation.SUBMITTED, {})
                assert transaction.drafts(["a", "b"]) == {"a": replace(draft, version=transaction.version)}
        assert store.load().catalogue.courses[0].title == "课"
        with store.write() as transaction:
            transaction.drop_draft("a")
            transaction.drop_draft("b")
            assert transaction.drafts(["a"]) == {}

    def test_courses_that_wait_for_review_are_listed_in_pages(self, store):
        approved = [course(name, approval=Approval.APPROVED) for name in ("b", "d")]
        save(store, course("c"), course("a"), course("e", approval=Approval.REJECTED), course("f"), *approved)
        save(store, course("f"), deleted=True)
        with store.write() as transaction:
            transaction.put_draft(Draft("d", "新", "", (), None))
        with store.read() as reading:
            pages = [reading.waiting(limit=2, offset=offset) for offset in (0, 2, 4)]
        assert [[one.record.course_id for one in found] for found, _ in pages] == [["a", "c"], ["d"], []]
        assert [total for _, total in pages] == [3, 3, 3]

    def test_the_records_of_a_site_are_what_it_owns_and_what_is_taught_there(self, store, catalogue):
        save(store, *records_of(catalogue))
        with store.write() as transaction:
            transaction.put("courses", [Stored(catalogue.courses[1], owner="hub")])
        with store.read() as reading:
            assert [one.record.course_id for one in reading.of_site("courses", "hub")] == ["b"]
            assert [one.record.instance_id for one in reading.of_site("course_instances", "hub")] == ["a-1"]
            assert reading.of_site("courses", "west") == []

    def test_a_kept_answer_is_its_callers_own_and_is_forgotten_in_time(self, store):
        kept = KeptAnswer("digest", 201, bytes(range(256)))
        with store.write(now=NOON, key_id="one") as transaction:
            transaction.keep_answer("key", kept)
            assert not transaction.changed
        with store.write(now=NOON + datetime.timedelta(hours=1)) as transaction:
            transaction.keep_answer("key", replace(kept, status=200))
        with store.read() as reading:
            assert reading.kept_answer("key", key_id="one") == kept
            assert reading.kept_answer("key", key_id=None) == replace(kept, status=200)
            assert reading.kept_answer("key", key_id="two") is None
            assert reading.kept_answer("other", key_id="one") is None
        with store.write() as transaction:
            transaction.forget_answers(before=NOON.replace(tzinfo=None) + datetime.timedelta(minutes=30))
        with store.read() as reading:
            assert reading.kept_answer("key", key_id="one") is None
            assert reading.kept_answer("key", key_id=None) == replace(kept, status=200)

    def test_an_answer_is_kept_once(self, store):
        def keep() -> None:
            with store.write() as transaction:
                transaction.keep_answer("key", KeptAnswer("digest", 200, b""))

        keep()
        with pytest.raises(StoreError):
            keep()

    def test_what_was_learnt_is_kept_per_encoder_and_raises_the_version(self, store):
        kept = [KeptFit("m", "one", bytes(range(256)) * 1000), KeptFit("n", "other", b"n"), KeptFit("m", "two", b"")]
        for fit in kept:
            with store.write() as transaction:
                assert transaction.fit(fit.encoder) != fit
                transaction.put_fit(fit)
            with store.read() as reading:
                assert (reading.fit(fit.encoder), reading.fit_digest(fit.encoder)) == (fit, fit.digest)
        with store.read() as reading:
            assert (reading.fit("n"), reading.fit("o"), reading.fit_digest("o")) == (kept[1], None, None)
        assert store.version().version == 3
        assert store.changes_after(0, limit=1) == []

    # the schema

    def test_every_table_has_the_columns_of_its_record(self, store):
        for table, record in RECORDS.items():
            kept = {"version", "deleted"} | ({"owner"} & set(table.columns.keys()))
            names = [field.name for field in fields(record)]
            assert [column.name for column in table.columns if column.name not in kept] == names
            required = {field.name for field in fields(record)} - {c.name for c in table.columns if c.nullable}
            assert {c.name for c in table.primary_key} <= required
        assert all(constraint.name for table in metadata.tables.values() for constraint in table.constraints)


def test_people_and_enterprises_are_deleted_like_everything_else(store):
    people = (Learner(learner_id="l", goal="学"), Enterprise(enterprise_id="e", name="厂"), Provider(name="校"))
    save(store, *people)
    before = store.load()
    save(store, *people, deleted=True)
    after = store.load_since(before)
    assert (after.catalogue.learners, after.catalogue.enterprises, after.catalogue.providers) == ((), (), ())
    assert after == store.load()
    save(store, *people)
    assert store.load_since(after).catalogue == before.catalogue
