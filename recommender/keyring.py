"""The keys of all callers: issued, rotated and revoked in the store, and recognised by every process that serves."""

import datetime
import hashlib
import logging
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from recommender.access import Issued, Key, Scope, issue, parse, read_copy, succeed, write_copy
from recommender.errors import InvalidRequest, NotFound, StoreError
from recommender.store import CatalogueStore

_log = logging.getLogger("jinxue")
_KEPT = 10_000  # of the keys that were found to be right


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a new key reaches: its scopes, and what they are bound to."""

    scopes: Collection[Scope]
    site_ids: Collection[str] = ()
    enterprise_id: str | None = None


class KeyOffice:
    """Issues, rotates and revokes keys. Every method raises StoreError when the database cannot be used."""

    def __init__(self, store: CatalogueStore, now: Callable[[], datetime.datetime] = _now) -> None:
        self._store, self._now = store, now

    def keys(self) -> list[Key]:
        """Return all keys, oldest first."""
        with self._store.read() as reading:
            return reading.api_keys()

    def create(self, name: str, bounds: Bounds, *, lifetime: datetime.timedelta | None) -> Issued:
        """Issue a key; `lifetime` None lets it hold for good. InvalidRequest and NotFound say what it cannot be bound to."""
        issued = issue(
            name,
            bounds.scopes,
            now=self._now(),
            lifetime=lifetime,
            site_ids=bounds.site_ids,
            enterprise_id=bounds.enterprise_id,
        )
        with self._store.write() as transaction:
            for table, wanted in (("sites", bounds.site_ids), ("enterprises", [bounds.enterprise_id])):
                ids = [one for one in wanted if one is not None]
                missing = set(ids) - transaction.present(table, [(one,) for one in ids])
                if missing:
                    raise NotFound("site_id" if table == "sites" else "enterprise_id", min(missing))
            transaction.put_key(issued.key)
            transaction.audit("key_created", kind="key", subject=issued.key.key_id)
        return issued

    def rotate(self, key_id: str, *, overlap: datetime.timedelta, lifetime: datetime.timedelta | None) -> Issued:
        """Issue a key in place of another, which holds on for `overlap`; NotFound, or InvalidRequest for one that does not hold any more."""
        with self._store.write() as transaction:
            old, now = _named(transaction.api_keys(), key_id), self._now()
            if not old.holds(now):
                raise InvalidRequest.of(
                    "key_id",
                    "密钥已失效，不能轮换；请新建。",
                    "The key does not hold any more and cannot be rotated; create a new one.",
                )
            issued = succeed(old, now=now, lifetime=lifetime)
            end = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
            transaction.put_key(replace(old, expires_at=end))
            transaction.put_key(issued.key)
            transaction.audit("key_rotated", kind="key", subject=key_id)
        return issued

    def revoke(self, key_id: str) -> Key:
        """Let a key hold no longer, at once and everywhere; NotFound when there is none. To do it again changes nothing."""
        with self._store.write() as transaction:
            key = _named(transaction.api_keys(), key_id)
            if key.revoked_at is None:
                key = replace(key, revoked_at=self._now())
                transaction.put_key(key)
                transaction.audit("key_revoked", kind="key", subject=key_id)
        return key


def _named(keys: Collection[Key], key_id: str) -> Key:
    found = next((key for key in keys if key.key_id == key_id), None)
    if found is None:
        raise NotFound("key_id", key_id)
    return found


class KeyRing:
    """Recognises keys in one process, from a copy that a thread of its own keeps up with the store. May be used from several threads.

    While the store is away the keys known hold on, as answers do; those in the file `copy`, which is kept up with the store too, for a process that
    starts meanwhile.
    """

    def __init__(
        self, store: CatalogueStore, now: Callable[[], datetime.datetime] = _now, *, copy: Path | None = None
    ) -> None:
        self._store, self._now, self._copy = store, now, copy
        self._keys: Mapping[str, Key] = {}
        self._state: tuple[object, ...] | None = None
        self._right: dict[
            bytes, str
        ] = {}  # what was shown, hashed under a key of this process alone: the id of the key
        self._pepper = secrets.token_bytes(32)
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="jinxue-keys", daemon=True)

    def start(self) -> None:
        """Begin to follow the store."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for what is going on."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def known(self) -> Collection[Key] | None:
        """The keys as they were last read, those that hold no longer among them; None before they could be read at all."""
        return None if self._state is None else self._keys.values()

    def recognise(self, presented: str) -> Key | None:
        """Return the key that a caller shows if this process has verified it before and it holds; never waits."""
        key = self._keys.get(self._right.get(self._digest(presented), ""))
        return key if key is not None and key.holds(self._now()) else None

    def verify(self, presented: str) -> Key | None:
        """Return the key that a caller shows, None when it is none or does not hold. Takes its time: for threads.

        StoreError when the keys have never been read, and there is no copy of them.
        """
        parsed = parse(presented)
        if parsed is None:
            return None
        key_id, secret = parsed
        self._refresh_unless_away()
        key = self._keys.get(key_id)
        if key is None or not key.holds(self._now()) or not key.matches(secret):
            return None
        if len(self._right) >= _KEPT:
            self._right = {}
        self._right[self._digest(presented)] = key_id
        return key

    def refresh(self) -> None:
        """Take in what the store says now; StoreError leaves what was known."""
        with self._refreshing, self._store.read() as reading:
            state = reading.keys_state()
            if state != self._state:
                self._know(reading.api_keys(), state)
                if self._copy is not None:
                    write_copy(self._copy, self._keys.values())

    def _know(self, keys: Collection[Key], state: tuple[object, ...]) -> None:
        self._keys = {key.key_id: key for key in keys}
        self._state = state

    def _refresh_unless_away(self) -> None:
        try:
            self.refresh()
        except StoreError:
            if self._state is None:
                copied = read_copy(self._copy) if self._copy else None
                if copied is None:
                    raise
                self._know(copied, ())

    def _digest(self, presented: str) -> bytes:
        return hashlib.blake2b(presented.encode("utf-8", "replace"), key=self._pepper, digest_size=32).digest()

    def _follow(self) -> None:
        watch = self._store.watch()
        while not self._stopping.is_set():
            try:
                self.refresh()
            except StoreError:  # the follower of the records tells of it
                self._stopping.wait(1.0)
            except Exception as error:  # noqa: BLE001  whatever it was, revoked keys must go on to be noticed
                _log.error("keys: unexpected %s", type(error).__name__)
                self._stopping.wait(1.0)
            watch.wait(self._stopping)
        watch.close()
