"""An answer as a table a person can read in a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recommender.constraints import MEANINGS, Constraint
from recommender.language import Language

_HEADS = {
    Language.ZH: ("#", "得分", "课程与理由", "等级", "地点", "公里", "开班"),
    Language.EN: ("#", "score", "course, and why", "level", "where", "km", "start"),
}


def show(answer: dict[str, Any], language: Language, console: Console) -> None:
    """Print a recommendation answer."""
    english = language is Language.EN
    table = Table(show_lines=True)
    for column, head in enumerate(_HEADS[language]):
        # Chinese has no blanks to break lines at: fold anywhere
        table.add_column(head, overflow="fold", ratio={2: 4, 4: 2}.get(column))
    for item in answer["items"]:
        # as text, for a name may hold brackets that rich would take for markup
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in _row(item, english)))
    console.print(table)
    excluded = [
        f"{MEANINGS[Constraint(name)].in_language(language)} {count}" for name, count in answer["excluded"].items()
    ]
    zh = f"符合条件的课程 {answer['eligible_courses']} 门。"
    en = f"{answer['eligible_courses']} eligible courses."
    if excluded:
        zh += f"被排除的班次：{'，'.join(excluded)}。"
        en += f" Classes excluded because {', '.join(excluded)}."
    console.print(en if english else zh, markup=False, highlight=False)
    for loosened in answer["relaxations"]:
        change = f"{loosened['field']}: {loosened['from']} → {loosened['to']} (+{loosened['gained']})"
        console.print(f"loosened {change}" if english else f"放宽 {change}", markup=False, highlight=False)


def _row(item: dict[str, Any], english: bool) -> tuple[str | Text, ...]:
    why = ("; " if english else "；").join(item["reasons"])
    return (
        str(item["rank"]),
        f"{item['score']:.3f}",
        Text.assemble((item["course"]["title"], "bold"), "\n", (why, "dim")),
        item["course"]["skill_level_name"] or "",
        item["site"]["name"] if item["site"] else ("online" if english else "线上"),
        "" if item["distance_km"] is None else f"{item['distance_km']:.1f}",
        item["instance"]["start_date"] or ("any time" if english else "随时"),
    )
