"""Keys (密钥): who a caller is, and how far they may go."""

import datetime
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from recommender.access.scopes import Scope
from recommender.errors import InvalidRequest

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_ID_BYTES, _SECRET_BYTES = 6, 32
_PRESENTED = re.compile(r"jinxue_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_MAXIMUM_NAME = 100


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: never the secret part itself, only a slow hash of it. Instants are UTC.

    `site_ids` bind the scope `site`, `enterprise_id` the scope `enterprise`. `replaces` is the key it came from by rotation.
    """

    key_id: str
    name: str
    scopes: frozenset[Scope]
    secret_hash: str = field(repr=False)
    created_at: datetime.datetime
    site_ids: frozenset[str] = frozenset()
    enterprise_id: str | None = None
    expires_at: datetime.datetime | None = None
    revoked_at: datetime.datetime | None = None
    replaces: str | None = None

    def holds(self, now: datetime.datetime) -> bool:
        """Tell whether it can be used at that instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def matches(self, secret: str) -> bool:
        """Tell whether this is its secret part, in constant time; takes some 20 ms on purpose."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return _hasher().verify(self.secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key, and what its caller shows: the only time that it is known."""

    key: Key
    presented: str = field(repr=False)


def parse(presented: str) -> tuple[str, str] | None:
    """Return id and secret part of what a caller shows, None when it is no key of ours."""
    found = _PRESENTED.fullmatch(presented)
    return (found[1], found[2]) if found else None


def issue(
    name: str,
    scopes: Collection[Scope],
    *,
    now: datetime.datetime,
    lifetime: datetime.timedelta | None,
    site_ids: Collection[str] = (),
    enterprise_id: str | None = None,
) -> Issued:
    """Make a key; `lifetime` None lets it hold for good. InvalidRequest says what does not go together."""
    _check(name, frozenset(scopes), site_ids, enterprise_id)
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    key = Key(
        key_id,
        name.strip(),
        frozenset(scopes),
        _hasher().hash(secret),
        created_at=now,
        site_ids=frozenset(site_ids),
        enterprise_id=enterprise_id,
        expires_at=None if lifetime is None else now + lifetime,
    )
    return Issued(key, f"jinxue_{key_id}_{secret}")


def succeed(old: Key, *, now: datetime.datetime, lifetime: datetime.timedelta | None) -> Issued:
    """Make a key for what `old` is for, to take its place."""
    issued = issue(
        old.name, old.scopes, now=now, lifetime=lifetime, site_ids=old.site_ids, enterprise_id=old.enterprise_id
    )
    return Issued(replace(issued.key, replaces=old.key_id), issued.presented)


def _check(name: str, scopes: frozenset[Scope], site_ids: Collection[str], enterprise_id: str | None) -> None:
    if not 1 <= len(name.strip()) <= _MAXIMUM_NAME or not name.isprintable():
        raise InvalidRequest.of(
            "name",
            f"请写明密钥给谁用，1 至 {_MAXIMUM_NAME} 个字符。",
            f"Say whom the key is for, in 1 to {_MAXIMUM_NAME} characters.",
        )
    if not scopes:
        raise InvalidRequest.of("scope", "至少要有一个权限范围。", "At least one scope is needed.")
    if (Scope.SITE in scopes) != bool(site_ids):
        raise InvalidRequest.of(
            "site",
            "权限范围 site 须绑定阵地，其他范围不能绑定。",
            "The scope site needs the sites it is bound to, no other scope takes any.",
        )
    if (Scope.ENTERPRISE in scopes) != (enterprise_id is not None):
        raise InvalidRequest.of(
            "enterprise",
            "权限范围 enterprise 须绑定一家企业，其他范围不能绑定。",
            "The scope enterprise needs the enterprise it is bound to, no other scope takes one.",
        )


def _hasher() -> "PasswordHasher":
    """Return argon2id by the least that OWASP recommends: a secret of 256 random bits needs no more."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
