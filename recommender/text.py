"""One normal form for text, so that scripts and widths make no difference."""

import unicodedata
from functools import lru_cache

from opencc import OpenCC

# words that the traditional script spells with another character, which opencc keeps
_SPELLINGS = (
    ("座标", "坐标"),
    ("想像", "想象"),
)


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("hk2s")  # t2s, and Hong Kong's forms 衞 and 枱


def normalise(text: str) -> str:
    """Return `text` in NFKC, simplified Chinese and lower case, each run of white space one blank, stripped.

    Lone surrogates, which no encoding holds, become U+FFFD.
    """
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    simplified = _to_simplified().convert(unicodedata.normalize("NFKC", text))
    for spelling, usual in _SPELLINGS:
        simplified = simplified.replace(spelling, usual)
    return " ".join(simplified.lower().split())
