"""What is stored of one site, as counts and a hash, so that the site can see whether it has drifted."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from recommender.catalogue.tables import TABLES
from recommender.store import plain_json

_DECIDED_ELSEWHERE = ("approval",)


@dataclass(frozen=True, slots=True)
class SiteDigest:
    """`records` are (type, id, hash) in that order; `content` hashes them all."""

    site_id: str
    catalogue_version: int
    counts: Mapping[str, int]
    content: str
    records: Sequence[tuple[str, str, str]]


def canonical(record: Any) -> bytes:
    """Return a record as JSON: its fields by name, without what is empty or decided by review, no spaces, UTF-8; 40.0 is written 40."""
    values = {field.name: _number(plain_json(getattr(record, field.name))) for field in fields(record)}
    told = {name: value for name, value in values.items() if value not in (None, []) and name not in _DECIDED_ELSEWHERE}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(site_id: str, catalogue_version: int, records: Mapping[str, Sequence[Any]]) -> SiteDigest:
    """Return the digest of records by table.

    A record's hash is the SHA-256 of its canonical JSON; `content` is that of the lines `type id hash`, ordered by type and id, each ended by a
    line feed. Hashes are hexadecimal.
    """
    hashes = sorted(
        (TABLES[name].singular, getattr(record, TABLES[name].key[0]), hashlib.sha256(canonical(record)).hexdigest())
        for name, found in records.items()
        for record in found
    )
    lines = "".join(f"{kind} {record_id} {digest}\n" for kind, record_id, digest in hashes)
    counts = {name: len(found) for name, found in records.items()}
    return SiteDigest(site_id, catalogue_version, counts, hashlib.sha256(lines.encode()).hexdigest(), hashes)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
