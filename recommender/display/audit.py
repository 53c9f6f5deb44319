"""Who did what, as a table."""

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from recommender.language import Bilingual, Language

if TYPE_CHECKING:  # brings SQL: not for --help
    from recommender.store import AuditEntry

_HEADS = (
    Bilingual("序号", "entry"),
    Bilingual("时间", "at"),
    Bilingual("密钥", "key"),
    Bilingual("操作", "action"),
    Bilingual("对象", "of"),
    Bilingual("对象哈希", "subject hash"),
    Bilingual("内容哈希", "content hash"),
)


def show_audit(
    entries: Iterable["AuditEntry"], language: Language, console: Console, *, timezone: datetime.tzinfo
) -> None:
    """Print entries of the audit log, with times in `timezone`."""
    table = Table(*(Column(head.in_language(language), overflow="fold") for head in _HEADS))
    for one in entries:
        at = f"{one.at.astimezone(timezone):%Y-%m-%d %H:%M:%S}"
        told = (str(one.position), at, one.key_id, one.action, one.kind, one.subject, one.content)
        table.add_row(*(Text(part or "") for part in told))
    console.print(table)
