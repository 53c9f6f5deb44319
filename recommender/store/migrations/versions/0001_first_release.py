"""The first released schema, as it was: its tables do not change when those of today do."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Double, ForeignKey, Integer, MetaData, String, Table

revision = "0001"
down_revision = None

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


def _point(*, nullable: bool = True) -> list[Column[object]]:
    return [
        Column("latitude", Double, nullable=nullable),
        Column("longitude", Double, nullable=nullable),
        Column("datum", String, nullable=False),
    ]


schema_versions = Table("schema_versions", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("imported_at", DateTime, nullable=False),
    Column("source", String, nullable=False),
    Column("day", Date, nullable=False),
    sqlite_autoincrement=True,
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
)

cluster_relations = Table(
    "cluster_relations",
    metadata,
    Column("cluster_id", String, _reference("clusters.cluster_id"), primary_key=True),
    Column("related_cluster_id", String, _reference("clusters.cluster_id"), primary_key=True),
    Column("relatedness", Double, nullable=False),
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
)

providers = Table(
    "providers",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String),
    Column("illustrative", Boolean, nullable=False),
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
)


def upgrade() -> None:
    """Make the tables as the first release did."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    op.bulk_insert(schema_versions, [{"version": 1}])
