"""What a snapshot's files are and belong to."""

import datetime
import hashlib

from pydantic import AwareDatetime, BaseModel, ConfigDict

FORMAT = 3


class Manifest(BaseModel):
    """Written beside the files; they are used only when all of it agrees with them and with the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    version: str
    catalogue_version: int
    built_at: AwareDatetime
    encoder: str
    dimension: int
    policy: str
    fit: str
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

    @property
    def age(self) -> tuple[int, datetime.datetime]:
        """What snapshots are ordered by: the later catalogue is newer, then what was built later."""
        return self.catalogue_version, self.built_at

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()
