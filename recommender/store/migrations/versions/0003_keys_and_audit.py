"""Keys with scopes, an audit log that is only ever added to, and learners' points rounded to a hundred metres."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_REFUSED = "audit entries are only ever added"


def upgrade() -> None:
    """Bring the second schema to the third."""
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("secret_hash", sa.String, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("site_ids", sa.JSON, nullable=False),
        sa.Column("enterprise_id", sa.String),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("replaces", sa.String),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_api_keys_version", "api_keys", ["version"])
    op.create_table(
        "audit_entries",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("key_id", sa.String),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("kind", sa.String),
        sa.Column("subject", sa.String),
        sa.Column("content", sa.String),
        sa.Column("chain", sa.String, nullable=False),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject"])
    salts = op.create_table(
        "salts",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.bulk_insert(salts, [{"name": "audit", "value": secrets.token_bytes(32)}])
    _only_add_to("audit_entries")
    _forget_the_deleted()
    _round_points()


def _only_add_to(table: str) -> None:
    """Let the database refuse to change or delete a row of `table`."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE OR REPLACE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER refuse_{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER refuse_{event.lower()}_of_{table} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        )


def _forget_the_deleted() -> None:
    """Take away the tombstones of learners and what was done to them: they name people who were to be forgotten."""
    learners = sa.table("learners", sa.column("learner_id", sa.String), sa.column("deleted", sa.Boolean))
    changes = sa.table("changes", sa.column("kind", sa.String), sa.column("record_id", sa.String))
    gone = sa.select(learners.c.learner_id).where(learners.c.deleted)
    op.execute(sa.delete(changes).where(changes.c.kind == "learners", changes.c.record_id.in_(gone)))
    op.execute(sa.delete(learners).where(learners.c.deleted))


def _round_points() -> None:
    learners = sa.table("learners", sa.column("latitude", sa.Double), sa.column("longitude", sa.Double))
    rounded = {
        column: sa.cast(sa.func.round(sa.cast(learners.c[column], sa.Numeric(12, 6)), 3), sa.Double)
        for column in ("latitude", "longitude")
    }
    op.execute(sa.update(learners).where(learners.c.latitude.is_not(None)).values(**rounded))
