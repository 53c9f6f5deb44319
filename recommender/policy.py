"""What a ranking prefers when the request does not say: weights, half-distance, level fit, and stated policies. All of it is data."""

import hashlib
import tomllib
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from recommender.domain import Share
from recommender.errors import SettingsError
from recommender.language import Bilingual
from recommender.validation import explain

MAXIMUM_K = 100


class Preference(StrEnum):
    """A term of the score, and the block of columns that computes it, in the order of the vector."""

    MEANING = "meaning"
    WORDS = "words"
    PLACE = "place"
    LEVEL = "level"
    INDUSTRY = "industry"
    SCHEDULE = "schedule"
    QUALITY = "quality"


class OnlinePolicy(StrEnum):
    """How near an online class counts: as a site next door, as one at a stated middle distance, or as one far away."""

    NEAR = "near"
    NEUTRAL = "neutral"
    FAR = "far"


class Audience(StrEnum):
    """Whom a recommendation is for."""

    LEARNER = "learner"
    ENTERPRISE = "enterprise"


Weight = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Policy(BaseModel):
    """The defaults of a ranking; see `recommender/data/policy.toml` for what each number means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    half_distance_km: Annotated[float, Field(gt=0, le=1000)]
    maximum_distance_km: Annotated[float, Field(ge=0, le=1000)]
    context_share: Share
    diversity: Share
    neutral_proximity: Share
    unknown_quality: Share
    open_level_fit: Share
    level_reach: Annotated[int, Field(ge=0, le=7)]
    alternatives: Annotated[int, Field(ge=0, le=20)]
    learner_weights: dict[Preference, Weight]
    enterprise_weights: dict[Preference, Weight]
    level_fit: dict[int, Share]

    @model_validator(mode="after")
    def _complete(self) -> "Policy":
        if set(self.level_fit) != set(range(-7, 8)):
            raise PydanticCustomError("level_fit_incomplete", "level_fit needs every step from -7 to 7")
        if not sum(self.learner_weights.values()) or not sum(self.enterprise_weights.values()):
            raise PydanticCustomError("no_weight", "at least one weight must be greater than zero")
        return self

    def weights(self, audience: Audience) -> dict[Preference, float]:
        """Return the default weights of an audience; they need not sum to 1."""
        return self.enterprise_weights if audience is Audience.ENTERPRISE else self.learner_weights

    def shares(self, audience: Audience) -> dict[str, float]:
        """Return the default weights of an audience as shares of their sum."""
        weights = self.weights(audience)
        total = sum(weights.values())
        return {preference.value: round(weights.get(preference, 0.0) / total, 9) for preference in Preference}

    def online_proximity(self, policy: OnlinePolicy) -> float:
        """Return the proximity of an online class under `policy`."""
        return {OnlinePolicy.NEAR: 1.0, OnlinePolicy.NEUTRAL: self.neutral_proximity, OnlinePolicy.FAR: 0.0}[policy]

    @property
    def digest(self) -> str:
        """A short hash of the whole policy: stored vectors depend on it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file, the bundled one by default; SettingsError when it cannot be used."""
    try:
        text = (
            path.read_text(encoding="utf-8")
            if path
            else files("recommender").joinpath("data/policy.toml").read_text(encoding="utf-8")
        )
        return Policy.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = _reason(error)
        raise SettingsError(
            Bilingual(
                f"策略文件 {path or 'policy.toml'} 不可用：{reason.zh}。请对照自带的 policy.toml 修改。",
                f"The policy file {path or 'policy.toml'} cannot be used ({reason.en}); compare it with the bundled policy.toml.",
            )
        ) from error


def _reason(error: Exception) -> Bilingual:
    """Return what is wrong, behind the name of the value where there is one."""
    if not isinstance(error, ValidationError):
        return Bilingual(str(error), str(error))
    first = error.errors()[0]
    name = ".".join(map(str, first["loc"]))
    return Bilingual(*(f"{name} {sentence.rstrip('。.')}".lstrip() for sentence in explain(first)))
