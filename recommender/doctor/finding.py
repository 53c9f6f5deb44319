"""What one check found."""

from dataclasses import dataclass
from enum import StrEnum

from recommender.language import Bilingual


class Severity(StrEnum):
    """Whether something is to be done about it."""

    SOUND = "sound"  # nothing
    NOTE = "note"  # it works, and somebody should know
    WRONG = "wrong"  # it must be mended


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one part: what is there, or what is wrong and what to do."""

    part: Bilingual
    severity: Severity
    message: Bilingual
