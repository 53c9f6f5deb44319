"""Every write is a version and keeps what it changed; records carry the version that changed them, and outlive their deletion."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OWNED = ("courses", "course_instances")
_OTHERS = ("clusters", "cluster_relations", "places", "sites", "providers", "learners", "enterprises")


def upgrade() -> None:
    """Bring the first released schema to the second; every record counts as changed by the latest import."""
    latest = _replace_versions()
    _make_tables()
    for table in (*_OWNED, *_OTHERS):
        _keep_records(table, latest)
    op.drop_table("schema_versions")


def _replace_versions() -> int:
    """Make the table of versions anew, with what it held, and return the latest (0 for none)."""
    was = sa.table(
        "catalogue_versions",
        sa.column("version", sa.Integer),
        sa.column("imported_at", sa.DateTime),
        sa.column("source", sa.String),
        sa.column("day", sa.Date),
    )
    imports = op.get_bind().execute(sa.select(was)).all()
    op.drop_table("catalogue_versions")
    table = op.create_table(
        "catalogue_versions",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
        sa.Column("key_id", sa.String),
        sa.Column("source", sa.String),
        sa.Column("day", sa.Date),
    )
    rows = [
        {"version": row.version, "written_at": row.imported_at, "source": row.source, "day": row.day} for row in imports
    ]
    op.bulk_insert(table, rows)
    return max((row.version for row in imports), default=0)


def _make_tables() -> None:
    op.create_table(
        "changes",
        sa.Column("version", sa.Integer, sa.ForeignKey("catalogue_versions.version"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("record_id", sa.String, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
    )
    op.create_index("ix_changes_kind_record_id", "changes", ["kind", "record_id"])
    course = sa.ForeignKey("courses.course_id", deferrable=True, initially="DEFERRED")
    op.create_table(
        "course_drafts",
        sa.Column("course_id", sa.String, course, primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("occupations", sa.JSON, nullable=False),
        sa.Column("credential", sa.String),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key_id", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("request_digest", sa.String, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "fits",
        sa.Column("encoder", sa.String, primary_key=True),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _keep_records(table: str, latest: int) -> None:
    if table in _OWNED:
        op.add_column(table, sa.Column("owner", sa.String))
    op.add_column(table, sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    op.add_column(table, sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(f"ix_{table}_version", table, ["version"])
    op.execute(sa.update(sa.table(table, sa.column("version", sa.Integer))).values(version=latest))
