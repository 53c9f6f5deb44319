"""Both languages say the same, and have a word for everything the service names."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import api
from recommender.constraints import Constraint
from recommender.domain import Mode, Schedule, SiteKind
from recommender.policy import OnlinePolicy, Preference

PAGE = Path(api.__file__).parent / "page"
WORDS: dict[str, Any] = {
    language: json.loads((PAGE / "words" / f"{language}.json").read_text(encoding="utf-8")) for language in ("zh", "en")
}
SAID = re.compile(r"""say\(\s*["`]([\w.]+)""")


def flat(words: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return all words by their keys, such as excluded.full."""
    found: dict[str, str] = {}
    for name, value in words.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: str(value)}
    return found


def test_both_languages_say_the_same_things() -> None:
    chinese, english = flat(WORDS["zh"]), flat(WORDS["en"])
    assert chinese.keys() == english.keys()
    placeholders = re.compile(r"\{(\w+)\}")
    for key, text in chinese.items():
        assert sorted(placeholders.findall(text)) == sorted(placeholders.findall(english[key])), key


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("excluded", Constraint),
        ("preference", Preference),
        ("schedule", Schedule),
        ("mode", Mode),
        ("site_kind", SiteKind),
        ("online_policy", OnlinePolicy),
    ],
)
def test_the_page_has_a_word_for_everything_the_service_names(key: str, names: type) -> None:
    assert set(WORDS["zh"][key]) == {name.value for name in names}


def test_everything_the_scripts_say_has_words_and_no_words_are_left_over() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((PAGE / "scripts").glob("*.js")))
    source += (PAGE / "index.html").read_text(encoding="utf-8")
    known = flat(WORDS["zh"])
    said = {key for key in SAID.findall(source) if not key.endswith(".")}
    assert said - known.keys() == set()
    spoken = said | set(re.findall(r'["`]([\w.]+)["`]', source))
    prefixes = {key.split(".")[0] for key in SAID.findall(source)} | set(re.findall(r"`([\w]+)\.\$\{", source))
    assert {key for key in known if key not in spoken and key.split(".")[0] not in prefixes} == set()


class _Words(HTMLParser):
    """Reads what the page says before any script runs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._key: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._key = given.get("data-word")
        label = given.get("data-label")
        if label:
            self.found[label] = given["aria-label"] or ""

    def handle_data(self, data: str) -> None:
        if self._key:
            self.found[self._key] = data
            self._key = None


def test_the_page_says_the_same_before_its_script_runs() -> None:
    parser = _Words()
    parser.feed((PAGE / "index.html").read_text(encoding="utf-8"))
    chinese = flat(WORDS["zh"])
    assert len(parser.found) > 40
    assert parser.found == {key: chinese[key] for key in parser.found}
