"""Writes what is generated from the code: `api/openapi.json`, the READMEs' table of who may call what, and the contract's digest in CHANGELOG.md.

python -m tests.regenerate
"""

import hashlib
import json
import re
from pathlib import Path

from api import create_app
from api.contract import access_table
from recommender.language import Language
from recommender.settings import Settings

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "api" / "openapi.json"
CHANGELOG = ROOT / "CHANGELOG.md"
READMES = {"README.md": Language.EN, "README.zh-CN.md": Language.ZH}
_TABLE = re.compile(r"(?<=<!-- access -->\n).*?(?=<!-- /access -->)", re.DOTALL)
_DIGEST = re.compile(r"(?<=contract `)[0-9a-f]{12}(?=`)")


def contract() -> str:
    """Return the OpenAPI document of a service that is no demo, as text."""
    document = create_app(Settings(demo=False)).openapi()
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digest(text: str) -> str:
    """Return what CHANGELOG.md calls a contract."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def told_digests(changelog: str) -> list[str]:
    """Return the contracts that a changelog tells of, in its order: newest first."""
    return _DIGEST.findall(changelog)


def with_table(text: str, language: Language) -> str:
    """Return a README with the table as it should be."""
    table = access_table(create_app(Settings(demo=True)).openapi(), language)
    return _TABLE.sub(lambda _: table, text)


def main() -> None:
    """Write all of it; the digest is the developer's to write, beside what has changed."""
    CONTRACT.write_text(contract(), encoding="utf-8")
    for name, language in READMES.items():
        path = ROOT / name
        path.write_text(with_table(path.read_text(encoding="utf-8"), language), encoding="utf-8")
    if (now := digest(contract())) not in told_digests(CHANGELOG.read_text(encoding="utf-8")):
        print(f"The contract has changed: say in CHANGELOG.md what callers see, and that it is contract `{now}`.")  # noqa: T201


if __name__ == "__main__":
    main()
