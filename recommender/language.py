"""The two languages users read: Chinese first, English on request."""

from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """A language of messages and reasons."""

    ZH = "zh"
    EN = "en"


class Bilingual(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.en if language is Language.EN else self.zh

    def __str__(self) -> str:
        return self.zh
