"""The snapshots that are kept, as a table."""

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from recommender.language import Bilingual, Language

if TYPE_CHECKING:  # brings FAISS: not for --help
    from recommender.snapshot import Manifest

_HEADS = (
    Bilingual("快照", "snapshot"),
    Bilingual("目录版本", "catalogue version"),
    Bilingual("生成时间", "built at"),
    Bilingual("编码器", "encoder"),
    Bilingual("阵地", "sites"),
    Bilingual("课程", "courses"),
    Bilingual("班次", "classes"),
    Bilingual("学员", "learners"),
    Bilingual("状态", "state"),
)
_COUNTS = ("sites", "courses", "instances", "learners")
_SERVES, _PINNED = Bilingual("服务中", "serves"), Bilingual("已固定", "pinned")


def show_snapshots(
    kept: Iterable["Manifest"],
    language: Language,
    console: Console,
    *,
    serves: str | None,
    pinned: str | None,
    timezone: datetime.tzinfo,
) -> None:
    """Print what the kept snapshots say of themselves, when they were built in `timezone`; `serves` and `pinned` are versions."""
    version, *others = (head.in_language(language) for head in _HEADS)
    table = Table(Column(version, no_wrap=True), *(Column(head, overflow="fold") for head in others))
    for one in kept:
        marks = [
            mark.in_language(language) for mark, its in ((_SERVES, serves), (_PINNED, pinned)) if its == one.version
        ]
        table.add_row(
            one.version,
            str(one.catalogue_version),
            f"{one.built_at.astimezone(timezone):%Y-%m-%d %H:%M}",
            Text(one.encoder),
            *(str(one.counts[name]) for name in _COUNTS),
            ", ".join(marks),
        )
    console.print(table)
