"""Keys are shown once, kept as slow hashes, and hold as long as they are said to, in every process."""

import datetime
from pathlib import Path

import pytest

from recommender.access import Scope, parse
from recommender.domain import Enterprise, SiteKind, TrainingSite
from recommender.errors import InvalidRequest, NotFound, StoreError
from recommender.keyring import Bounds, KeyOffice, KeyRing
from recommender.store import CatalogueStore, Stored
from tests.callers import issue_key
from tests.live import eventually

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


class Clock:
    """An instant that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_url: str):
    """An empty store of each kind but for two sites and an enterprise."""
    opened = CatalogueStore(store_url)
    with opened.write(source="test", day=NOON.date()) as transaction:
        sites = [TrainingSite(site_id=name, name=name, kind=SiteKind.CENTRE) for name in ("at-0", "at-5")]
        transaction.put("sites", [Stored(site) for site in sites])
        transaction.put("enterprises", [Stored(Enterprise(enterprise_id="firm", name="某厂"))])
    yield opened
    opened.close()


@pytest.fixture
def office(store: CatalogueStore, clock: Clock) -> KeyOffice:
    return KeyOffice(store, clock)


@pytest.fixture
def ring(store: CatalogueStore, clock: Clock) -> KeyRing:
    return KeyRing(store, clock)


def test_a_key_is_recognised_by_what_was_shown_once_and_by_nothing_else(office: KeyOffice, ring: KeyRing) -> None:
    issued = office.create("平台", Bounds([Scope.PLATFORM, Scope.SITE], ["at-5", "at-0"]), lifetime=DAY)
    other = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=DAY)
    key_id, secret = parse(issued.presented)  # type: ignore[misc]

    assert ring.recognise(issued.presented) is None  # not before it was verified
    assert ring.verify(issued.presented) == issued.key
    assert ring.recognise(issued.presented) == issued.key
    assert issued.key.site_ids == {"at-0", "at-5"}
    for wrong in (
        f"jinxue_{key_id}_{parse(other.presented)[1]}",  # type: ignore[index]
        f"jinxue_{key_id}_{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        issued.presented[:-1],
        issued.presented + "A",
        issued.presented.upper(),
        f"jinxue_{'0' * 12}_{secret}",
        secret,
        "",
    ):
        assert ring.verify(wrong) is None
        assert ring.recognise(wrong) is None


def test_only_a_slow_hash_of_a_key_is_kept(office: KeyOffice, store: CatalogueStore) -> None:
    issued = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=DAY)
    with store.read() as reading:
        (kept,) = reading.api_keys()
    secret = parse(issued.presented)[1]  # type: ignore[index]

    assert kept == issued.key
    assert kept.secret_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert secret not in repr(kept) + repr(issued) + kept.secret_hash
    assert office.create("平台", Bounds([Scope.PLATFORM]), lifetime=DAY).key.secret_hash != kept.secret_hash


def test_a_key_expires_to_the_second(office: KeyOffice, ring: KeyRing, clock: Clock) -> None:
    issued = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=DAY)
    for_good = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=None)
    assert ring.verify(issued.presented)
    clock.now = NOON + DAY - datetime.timedelta(seconds=1)
    assert ring.recognise(issued.presented)
    clock.now = NOON + DAY

    assert ring.recognise(issued.presented) is None
    assert ring.verify(issued.presented) is None
    clock.now = NOON + 10_000 * DAY
    assert ring.verify(for_good.presented)


def test_a_rotated_key_holds_on_for_a_while_beside_the_one_in_its_place(
    office: KeyOffice, ring: KeyRing, clock: Clock
) -> None:
    old = office.create("阵地", Bounds([Scope.SITE], ["at-0"]), lifetime=None)
    new = office.rotate(old.key.key_id, overlap=HOUR, lifetime=DAY)
    ring.refresh()

    assert (new.key.scopes, new.key.site_ids, new.key.name) == (old.key.scopes, old.key.site_ids, "阵地")
    assert new.key.replaces == old.key.key_id
    assert ring.verify(old.presented)
    assert ring.verify(new.presented)
    clock.now = NOON + HOUR
    assert ring.recognise(old.presented) is None
    assert ring.recognise(new.presented)
    with pytest.raises(InvalidRequest, match="cannot be rotated"):
        office.rotate(old.key.key_id, overlap=HOUR, lifetime=DAY)


def test_a_rotation_never_lengthens_a_key(office: KeyOffice, ring: KeyRing, clock: Clock) -> None:
    old = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=HOUR)
    office.rotate(old.key.key_id, overlap=DAY, lifetime=None)
    clock.now = NOON + HOUR

    assert ring.verify(old.presented) is None


def test_a_revoked_key_is_refused_by_every_process_within_a_moment(office: KeyOffice, store_url: str) -> None:
    issued = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=None)
    stores = [CatalogueStore(store_url) for _ in range(2)]
    rings = [KeyRing(each) for each in stores]
    for ring in rings:
        ring.start()
        assert ring.verify(issued.presented)
    revoked = office.revoke(issued.key.key_id)
    eventually(lambda: not any(ring.recognise(issued.presented) for ring in rings), seconds=5)
    for ring, each in zip(rings, stores, strict=True):
        assert ring.verify(issued.presented) is None
        ring.stop()
        each.close()

    assert office.revoke(issued.key.key_id) == revoked  # once is enough
    with pytest.raises(InvalidRequest):
        office.rotate(issued.key.key_id, overlap=HOUR, lifetime=None)


def test_while_the_store_is_away_known_keys_hold_on(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "keys.db"
    store = CatalogueStore(f"sqlite:///{path}")
    office, ring = KeyOffice(store, clock), KeyRing(store, clock)
    known, unknown = (office.create("平台", Bounds([Scope.PLATFORM]), lifetime=DAY) for _ in range(2))
    assert ring.verify(known.presented)
    store.close()
    path.write_bytes(b"no database any more" * 500)

    assert ring.recognise(known.presented)
    assert ring.verify(unknown.presented)  # it was read with the others
    clock.now = NOON + DAY
    assert ring.verify(known.presented) is None
    with pytest.raises(StoreError):
        KeyRing(store, clock).verify(known.presented)
    store.close()


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        (Bounds([]), "scope"),
        (Bounds([Scope.SITE]), "site"),
        (Bounds([Scope.PLATFORM], ["at-0"]), "site"),
        (Bounds([Scope.ENTERPRISE]), "enterprise"),
        (Bounds([Scope.ADMIN], enterprise_id="firm"), "enterprise"),
    ],
)
def test_a_key_is_bound_to_what_its_scopes_need_and_to_nothing_else(
    office: KeyOffice, bounds: Bounds, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        office.create("平台", bounds, lifetime=DAY)

    assert [problem.field for problem in caught.value.problems] == [field]
    assert office.keys() == []


def test_a_key_is_bound_only_to_what_is_there(office: KeyOffice) -> None:
    with pytest.raises(NotFound, match="site_id"):
        office.create("阵地", Bounds([Scope.SITE], ["at-0", "nowhere"]), lifetime=DAY)
    with pytest.raises(NotFound, match="enterprise_id"):
        office.create("企业", Bounds([Scope.ENTERPRISE], enterprise_id="nobody"), lifetime=DAY)
    assert (
        office.create("企业", Bounds([Scope.ENTERPRISE], enterprise_id="firm"), lifetime=DAY).key.enterprise_id
        == "firm"
    )


@pytest.mark.parametrize("name", ["", "  ", "名" * 101, "两\n行"])
def test_a_key_says_whom_it_is_for(office: KeyOffice, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        office.create(name, Bounds([Scope.ADMIN]), lifetime=DAY)


def test_what_happens_to_keys_is_audited_and_changes_no_answer(office: KeyOffice, store: CatalogueStore) -> None:
    before = store.version()
    issued = office.create("平台", Bounds([Scope.PLATFORM]), lifetime=DAY)
    office.revoke(office.rotate(issued.key.key_id, overlap=HOUR, lifetime=DAY).key.key_id)
    with store.read() as reading:
        actions = [entry.action for entry in reading.audit_entries(limit=9)]

    assert actions == ["key_created", "key_rotated", "key_revoked"]
    assert store.version() == before


def test_an_unknown_key_cannot_be_rotated_or_revoked(office: KeyOffice) -> None:
    for change in (lambda: office.revoke("0" * 12), lambda: office.rotate("0" * 12, overlap=HOUR, lifetime=DAY)):
        with pytest.raises(NotFound, match="key_id"):
            change()


def test_keys_for_tests_are_the_administrator_s_unless_said_otherwise(store: CatalogueStore) -> None:
    assert issue_key(store).key.scopes == {Scope.ADMIN}


def test_a_process_that_starts_while_the_store_is_away_takes_the_keys_from_the_copy(
    tmp_path: Path, clock: Clock
) -> None:
    path, copy = tmp_path / "keys.db", tmp_path / "keys.json"
    store = CatalogueStore(f"sqlite:///{path}")
    office, ring = KeyOffice(store, clock), KeyRing(store, clock, copy=copy)
    kept, gone = (office.create("阵地", Bounds([Scope.PLATFORM]), lifetime=DAY) for _ in range(2))
    ring.refresh()
    office.revoke(gone.key.key_id)
    ring.refresh()
    store.close()
    path.write_bytes(b"no database any more" * 500)
    late = KeyRing(store, clock, copy=copy)

    assert late.verify(kept.presented) == kept.key
    assert late.verify(gone.presented) is None
    assert copy.stat().st_mode & 0o777 == 0o600
    assert parse(kept.presented)[1] not in copy.read_text(encoding="utf-8")  # type: ignore[index]
    assert [each.name for each in tmp_path.glob("keys.json*")] == ["keys.json"]
    copy.write_text("nothing of use", encoding="utf-8")
    with pytest.raises(StoreError):
        KeyRing(store, clock, copy=copy).verify(kept.presented)
    store.close()
