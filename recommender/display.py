"""An answer as a table a person can read in a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from recommender.language import Language

_HEADS = {
    Language.ZH: ("#", "得分", "课程", "等级", "地点", "公里", "开班", "理由"),
    Language.EN: ("#", "score", "course", "level", "where", "km", "start", "why"),
}


def show(answer: dict[str, Any], language: Language, console: Console) -> None:
    """Print a recommendation answer."""
    english = language is Language.EN
    # Chinese has no blanks to break lines at: folded, not cut off; a title may hold what rich takes for markup
    table = Table(*(Column(head, overflow="fold") for head in _HEADS[language]))
    for item in answer["items"]:
        table.add_row(*map(Text, _row(item, english)))
    console.print(table)
    excluded = ", ".join(f"{name} {count}" for name, count in answer["excluded"].items())
    zh = f"符合条件的课程 {answer['eligible_courses']} 门；被排除的班次：{excluded}"
    en = f"{answer['eligible_courses']} eligible courses; excluded classes: {excluded}"
    console.print(en if english else zh, markup=False)
    for loosened in answer["relaxations"]:
        change = f"{loosened['field']}: {loosened['from']} → {loosened['to']} (+{loosened['gained']})"
        console.print(f"loosened {change}" if english else f"放宽 {change}", markup=False)


def _row(item: dict[str, Any], english: bool) -> tuple[str, ...]:
    return (
        str(item["rank"]),
        f"{item['score']:.3f}",
        item["course"]["title"],
        item["course"]["skill_level_name"] or "",
        item["site"]["name"] if item["site"] else ("online" if english else "线上"),
        "" if item["distance_km"] is None else f"{item['distance_km']:.1f}",
        item["instance"]["start_date"] or ("any time" if english else "随时"),
        ("; " if english else "；").join(item["reasons"]),
    )
