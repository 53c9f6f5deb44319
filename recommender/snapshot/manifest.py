"""What a snapshot's files are and belong to."""

import hashlib

from pydantic import BaseModel, ConfigDict

from recommender.blocks import Calibration
from recommender.policy import Preference

FORMAT = 2


class Manifest(BaseModel):
    """Written beside the files; they are used only when all of it agrees with them and with the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    version: str
    catalogue_version: int
    encoder: str
    dimension: int
    policy: str
    calibrations: dict[Preference, Calibration]
    counts: dict[str, int]
    checksums: dict[str, str]
    seal: str = ""

    def sealed(self) -> "Manifest":
        """Return the manifest with the checksum of everything else in it."""
        return self.model_copy(update={"seal": self._digest()})

    @property
    def intact(self) -> bool:
        """Tell whether nothing was changed since it was sealed."""
        return self.seal == self._digest()

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()
