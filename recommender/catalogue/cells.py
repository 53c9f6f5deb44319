"""From the text of a cell to a value."""

import datetime
import re
from collections.abc import Callable

from recommender.catalogue.raw import Cell, Unreadable, shown
from recommender.catalogue.tables import Kind
from recommender.domain import SkillLevel
from recommender.language import Bilingual
from recommender.taxonomy import Taxonomy, parse_skill_level

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?)?", re.ASCII)
_DAYS_FROM_TODAY = re.compile(r"([+-]\d{1,5})d", re.ASCII | re.IGNORECASE)
_BOOLEANS = {"true": True, "1": True, "yes": True, "是": True, "false": False, "0": False, "no": False, "否": False}


class CellRefused(Exception):
    """A cell's text cannot be what its column holds."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Bilingual(zh, en)


class CellReader:
    """Reads the cells of one import. `relative_dates` turns True at the first date counted from `today`.

    Without a taxonomy (its own tables are wrong), names of clusters are left as they are.
    """

    def __init__(self, today: datetime.date, taxonomy: Taxonomy | None = None) -> None:
        self.today = today
        self.taxonomy = taxonomy
        self.relative_dates = False
        self._readers: dict[Kind, Callable[[str], object]] = {
            Kind.PLAIN: str,
            Kind.CHOICE: str.lower,
            Kind.BOOLEAN: _boolean,
            Kind.DATE: self._date,
            Kind.SKILL_LEVEL: _skill_level,
        }

    def read(self, kind: Kind, cell: Cell) -> object:
        """Return the value of a cell that is not empty, for the record to check; CellRefused when it has none."""
        if isinstance(cell, Unreadable):
            raise CellRefused(*cell.message)
        if kind is Kind.LIST:
            return _items(cell)
        if kind is Kind.CLUSTERS:
            return self._clusters(_items(cell))
        if isinstance(cell, tuple):
            raise CellRefused("应为单个值，不是列表。", "Expected one value, not a list.")
        return self._readers[kind](cell)

    def _date(self, text: str) -> datetime.date:
        try:
            if relative := _DAYS_FROM_TODAY.fullmatch(text):
                self.relative_dates = True
                return self.today + datetime.timedelta(days=int(relative[1]))
            if parts := _DATE.fullmatch(text):
                return datetime.date(*map(int, parts.groups()))
        except (ValueError, OverflowError):
            pass  # 2026-02-30: said below
        raise CellRefused(
            "应为日期，如 2026-03-01；或从导入日起算的天数，如 +14d。",
            "Expected a date such as 2026-03-01, or days from the day of import such as +14d.",
        )

    def _clusters(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if self.taxonomy is None:
            return names
        found = {name: self.taxonomy.find(name) for name in names}
        unknown = [name for name, cluster in found.items() if cluster is None]
        if unknown:
            near = [suggestion for name in unknown for suggestion in self.taxonomy.suggest(name[:80])]
            zh, en = (f"您是否要写：{'、'.join(near)}。", f"Did you mean {', '.join(near)}?") if near else ("", "")
            listing = ", ".join(shown(name) for name in unknown[:5])
            raise CellRefused(
                f"没有这个产业集群：{listing}。{zh}", f"There is no such industry cluster: {listing}. {en}".strip()
            )
        return tuple(dict.fromkeys(cluster.cluster_id for cluster in found.values() if cluster))


def _items(cell: str | tuple[Cell, ...]) -> tuple[str, ...]:
    """Return a list's items, without the empty ones."""
    parts = cell.split("|") if isinstance(cell, str) else cell
    items = []
    for part in parts:
        if not isinstance(part, str):
            raise CellRefused("列表中应为文字。", "Expected text inside the list.")
        items.append(part.strip())
    return tuple(filter(None, items))


def _boolean(text: str) -> bool:
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise CellRefused("应为 true 或 false（是 或 否）。", "Expected true or false (also yes, no, 1, 0, 是, 否).")
    return value


def _skill_level(text: str) -> SkillLevel:
    level = parse_skill_level(text)
    if level is None:
        expected = ", ".join(SkillLevel)
        raise CellRefused(
            f"应为技能等级：学徒工、初级工（五级）至首席技师，或 {expected}。",
            f"Expected a skill level: 学徒工, 初级工 (五级) … 首席技师, or one of {expected}.",
        )
    return level
