"""Numbers about all stored learners."""

from pydantic import Field

from api.schemas.records import Answer


class LearnerGroup(Answer):
    """Some of the learners."""

    id: str | None = Field(description="null: of whom it is not known.")
    name: str | None
    learners: int


class LearnerTable(Answer):
    """All learners by one thing, each in one group."""

    groups: list[LearnerGroup] = Field(description="The largest first.")
    hidden: int | None = Field(description="How many are in all groups too small to be told of; null: it would tell.")


class LearnerCounts(Answer):
    """How many learners are stored, of whom, where. Groups of fewer than `hidden_below` are not told of."""

    snapshot: str
    hidden_below: int
    learners: int | None = Field(description="null: it would tell too much.")
    districts: LearnerTable
    clusters: LearnerTable
    skill_levels: LearnerTable
