"""The tables of the store: one per kind of record, and what is kept of how they came to be as they are.

Lists are JSON, closed sets are their values, instants are UTC without a zone. Every change here needs a migration.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _reference(target: str) -> ForeignKey:
    """Return a reference checked when the transaction ends, so that the order of rows within it does not matter."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


def _point(*, nullable: bool = True) -> list[Column[Any]]:
    return [
        Column("latitude", Double, nullable=nullable),
        Column("longitude", Double, nullable=nullable),
        Column("datum", String, nullable=False),
    ]


def _kept(*, owned: bool = False) -> list[Column[Any]]:
    """Return what is kept of every record: the catalogue version that last changed it, whether it is a tombstone, and whose it is."""
    return [
        *([Column("owner", String)] if owned else []),
        Column("version", Integer, nullable=False, server_default="0", index=True),
        Column("deleted", Boolean, nullable=False, server_default=false()),
    ]


# one row per transaction that wrote; `source` and `day` only for an import: its files' fingerprint, and the day its dates count from
catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("written_at", DateTime, nullable=False),
    Column("key_id", String),
    Column("source", String),
    Column("day", Date),
)

# what each of them changed, in order; `fields` are the new values, or only the names for what is about people
changes = Table(
    "changes",
    metadata,
    Column("version", Integer, ForeignKey("catalogue_versions.version"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("operation", String, nullable=False),
    Column("fields", JSON, nullable=False),
    Index("ix_changes_kind_record_id", "kind", "record_id"),
)

# texts of approved courses that wait for review
course_drafts = Table(
    "course_drafts",
    metadata,
    Column("course_id", String, _reference("courses.course_id"), primary_key=True),
    Column("title", String, nullable=False),
    Column("description", String, nullable=False),
    Column("occupations", JSON, nullable=False),
    Column("credential", String),
    Column("version", Integer, nullable=False),
)

# answers to calls that may be repeated
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("request_digest", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("kept_at", DateTime, nullable=False),
)

# what was learnt from all texts together, one per encoder, so that every process computes the same numbers
fits = Table(
    "fits",
    metadata,
    Column("encoder", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# keys that callers show; only a slow hash of the secret part is kept. `version` rises with every change of any key
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("secret_hash", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("site_ids", JSON, nullable=False),
    Column("enterprise_id", String),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime),
    Column("revoked_at", DateTime),
    Column("replaces", String),
    Column("version", Integer, nullable=False, index=True),
)

# who did what, only ever added to (the migration has the database refuse anything else): no ids of people and no content, only
# keyed hashes of them, and in `chain` a hash of the row and the one before
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("key_id", String),
    Column("action", String, nullable=False),
    Column("kind", String),
    Column("subject", String),
    Column("content", String),
    Column("chain", String, nullable=False),
    Index("ix_audit_entries_subject", "subject"),
)

# random values of this database alone, such as the key of the hashes above
salts = Table(
    "salts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

clusters = Table(
    "clusters",
    metadata,
    Column("cluster_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("english_name", String),
    Column("group", String),
    Column("aliases", JSON, nullable=False),
    Column("description", String, nullable=False),
    *_kept(),
)

cluster_relations = Table(
    "cluster_relations",
    metadata,
    Column("cluster_id", String, _reference("clusters.cluster_id"), primary_key=True),
    Column("related_cluster_id", String, _reference("clusters.cluster_id"), primary_key=True),
    Column("relatedness", Double, nullable=False),
    *_kept(),
)

places = Table(
    "places",
    metadata,
    Column("place_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("parent_id", String, _reference("places.place_id")),
    Column("aliases", JSON, nullable=False),
    *_point(nullable=False),
    Column("south", Double),
    Column("west", Double),
    Column("north", Double),
    Column("east", Double),
    Column("source", String),
    Column("illustrative", Boolean, nullable=False),
    *_kept(),
)

sites = Table(
    "sites",
    metadata,
    Column("site_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("operator", String),
    Column("district", String),
    Column("subdistrict", String),
    *_point(),
    Column("clusters", JSON, nullable=False),
    Column("status", String, nullable=False),
    Column("quality", Double),
    Column("illustrative", Boolean, nullable=False),
    *_kept(),
)

providers = Table(
    "providers",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String),
    Column("illustrative", Boolean, nullable=False),
    *_kept(),
)

courses = Table(
    "courses",
    metadata,
    Column("course_id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("description", String, nullable=False),
    Column("provider", String, _reference("providers.name"), index=True),
    Column("clusters", JSON, nullable=False),
    Column("occupations", JSON, nullable=False),
    Column("skill_level", String),
    Column("duration_hours", Double),
    Column("credential", String),
    Column("customisable", Boolean, nullable=False),
    Column("approval", String, nullable=False),
    Column("prerequisites", JSON, nullable=False),
    Column("language", String),
    Column("illustrative", Boolean, nullable=False),
    *_kept(owned=True),
)

course_instances = Table(
    "course_instances",
    metadata,
    Column("instance_id", String, primary_key=True),
    Column("course_id", String, _reference("courses.course_id"), nullable=False, index=True),
    Column("mode", String, nullable=False),
    Column("site_id", String, _reference("sites.site_id"), index=True),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("enrolment_deadline", Date),
    Column("schedule", String),
    Column("seats", Integer),
    Column("enrolled", Integer, nullable=False),
    Column("fee_yuan", Double),
    Column("service_radius_km", Double),
    Column("minimum_headcount", Integer),
    *_kept(owned=True),
)

learners = Table(
    "learners",
    metadata,
    Column("learner_id", String, primary_key=True),
    Column("industry", String),
    Column("occupation", String),
    Column("skill_level", String),
    *_point(),
    Column("place", String),
    Column("goal", String),
    Column("completed_course_ids", JSON, nullable=False),
    Column("illustrative", Boolean, nullable=False),
    *_kept(),
)

enterprises = Table(
    "enterprises",
    metadata,
    Column("enterprise_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("industry", String),
    *_point(),
    Column("place", String),
    Column("needs", String),
    Column("headcount", Integer),
    Column("illustrative", Boolean, nullable=False),
    *_kept(),
)
