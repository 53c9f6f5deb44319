"""What another snapshot would change, as tables: learners by their ids only."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from recommender.language import Bilingual, Language

if TYPE_CHECKING:  # brings FAISS: not for --help
    from recommender.comparison import ChangedList, Comparison, CourseCount, Move


def show_comparison(comparison: "Comparison", language: Language, console: Console) -> None:
    """Print the figures, the courses that enter and leave most lists, and the most changed lists."""
    console.print(_figures(comparison).in_language(language), markup=False, highlight=False, soft_wrap=True)
    if comparison.entered or comparison.left:
        console.print(_courses(comparison, language))
    if comparison.examples:
        console.print(_examples(comparison, language))


def _figures(found: "Comparison") -> Bilingual:
    zh = f"{found.before} → {found.after}：比较了 {found.compared} 名学员的前 {found.k} 门课程"
    en = f"{found.before} → {found.after}: the first {found.k} courses of {found.compared} learners compared"
    if found.unanswered:
        zh += f"，另有 {found.unanswered} 名学员的资料得不到推荐"
        en += f", {found.unanswered} more have a profile that gets no answer"
    if found.churn is None:
        return Bilingual(f"{zh}。没有可比较的学员。", f"{en}. There was nobody to compare by.")
    return Bilingual(
        f"{zh}。{found.changed} 名学员的推荐有变化，平均更换 {found.churn:.1%} 的课程。",
        f"{en}. The lists of {found.changed} change; on average {found.churn:.1%} of their courses are replaced.",
    )


def _courses(found: "Comparison", language: Language) -> Table:
    title = Bilingual("进入和离开推荐最多的课程", "courses that enter and leave most lists")
    course, learners = Bilingual("课程", "course"), Bilingual("学员", "learners")
    table = Table(
        Column(course.in_language(language), overflow="fold"),
        Column(learners.in_language(language), justify="right"),
        title=title.in_language(language),
    )
    for sign, counts in (("+", found.entered), ("-", found.left)):
        for one in counts:
            table.add_row(*_course(sign, one))
    return table


def _course(sign: str, one: "CourseCount") -> tuple[Text, str]:
    return Text.assemble(one.title, (f" {one.course_id}", "dim")), f"{sign}{one.learners}"


def _examples(found: "Comparison", language: Language) -> Table:
    title = Bilingual("变化最大的学员", "the learners whose lists change most")
    learner, churn, moves = Bilingual("学员", "learner"), Bilingual("更换", "replaced"), Bilingual("变化", "moves")
    table = Table(
        Column(learner.in_language(language), overflow="fold"),
        Column(churn.in_language(language), justify="right"),
        Column(moves.in_language(language), overflow="fold"),
        title=title.in_language(language),
        show_lines=True,
    )
    for one in found.examples:
        table.add_row(Text(one.learner_id), f"{one.churn:.0%}", _moves(one))
    return table


def _moves(one: "ChangedList") -> Text:
    return Text("\n").join(_move(move) for move in one.moves)


def _move(move: "Move") -> Text:
    if move.before is None:
        return Text(f"+ {move.after}. {move.title}", "green")
    if move.after is None:
        return Text(f"- {move.before}. {move.title}", "red")
    return Text(f"  {move.before} → {move.after}. {move.title}")
