"""What a snapshot's files are and belong to."""

from pydantic import BaseModel, ConfigDict

FORMAT = 1


class Manifest(BaseModel):
    """Written beside the files; they are used only when all of it agrees with them and with the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    version: str
    catalogue_version: int
    encoder: str
    dimension: int
    policy: str
    calibration_slope: float
    calibration_intercept: float
    counts: dict[str, int]
    checksums: dict[str, str]
