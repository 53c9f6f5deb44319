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


def sound(part: Bilingual, zh: str, en: str) -> Finding:
    """Return that all is well with a part."""
    return Finding(part, Severity.SOUND, Bilingual(zh, en))


def note(part: Bilingual, zh: str, en: str) -> Finding:
    """Return what somebody should know of a part."""
    return Finding(part, Severity.NOTE, Bilingual(zh, en))


def wrong(part: Bilingual, zh: str, en: str) -> Finding:
    """Return what must be mended in a part."""
    return Finding(part, Severity.WRONG, Bilingual(zh, en))
