"""The command `jinxue`."""

import datetime
import json
import re
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from recommender.display import progress, show
from recommender.errors import CatalogueError, JinxueError
from recommender.language import Bilingual, Language
from recommender.settings import Settings, load_settings

if TYPE_CHECKING:
    from recommender.bootstrap import Workshop

_PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")  # of a database URL

app = typer.Typer(name="jinxue", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
_out = Console()
_err = Console(stderr=True, soft_wrap=True, highlight=False)

StateOption = Annotated[Path | None, typer.Option("--state", help="Folder for database and snapshots (JINXUE_STATE).")]
CatalogueArgument = Annotated[
    Path | None, typer.Argument(help="CSV folder, .xlsx or .jsonl; the bundled Shenzhen network by default.")
]


class JudgedPart(StrEnum):
    """Which judged requests to measure on."""

    ALL = "all"
    DEVELOPMENT = "development"
    REPORTING = "reporting"


def _workshop(settings: Settings, progress: Callable[[int, int], None] | None = None) -> "Workshop":
    from recommender.bootstrap import Workshop  # brings pandas and FAISS: not for --help

    return Workshop(settings, progress)


def _say(settings: Settings, zh: str, en: str) -> None:
    _err.print(Bilingual(zh, en).in_language(settings.language), markup=False)


@app.command("import")
def import_(
    catalogue: CatalogueArgument = None,
    state: StateOption = None,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing when the store already holds it.")
    ] = False,
) -> None:
    """Read a catalogue into the store, replacing what is there; a catalogue with an error changes nothing."""
    settings = load_settings(state=state)
    workshop = _workshop(settings)
    with _err.status("…"):
        imported = workshop.import_catalogue(catalogue, today=workshop.today(), only_if_changed=if_changed)
    if imported.reading is None:
        _say(
            settings,
            f"目录没有变化（版本 {imported.version}）。",
            f"The catalogue has not changed (version {imported.version}).",
        )
        return
    for notice in imported.reading.notices:
        _err.print(notice.line(settings.language), style="yellow", markup=False)
    read = imported.reading.catalogue
    _say(
        settings,
        f"已导入版本 {imported.version}：{len(read.sites)} 个阵地，{len(read.courses)} 门课程，{len(read.course_instances)} 个班次，"
        f"{len(read.learners)} 名学员，{len(read.enterprises)} 家企业。",
        f"Imported version {imported.version}: {len(read.sites)} sites, {len(read.courses)} courses, {len(read.course_instances)} classes, "
        f"{len(read.learners)} learners, {len(read.enterprises)} enterprises.",
    )


@app.command()
def build(
    state: StateOption = None,
    keep_words: Annotated[
        bool,
        typer.Option(
            "--keep-words", help="Keep the space of words of the present snapshot: quicker, blind to words new since."
        ),
    ] = False,
) -> None:
    """Build a snapshot of the stored catalogue; a running service takes it up within a second."""
    settings = load_settings(state=state)
    with progress(_err) as tell:
        snapshot = _workshop(settings, tell).build(keep_words=keep_words)
    _say(
        settings,
        f"快照 {snapshot.version}：{snapshot.instances.count} 个班次，每个 {snapshot.layout.dimension} 维。",
        f"Snapshot {snapshot.version}: {snapshot.instances.count} classes of {snapshot.layout.dimension} columns.",
    )


@app.command()
def serve(
    state: StateOption = None,
    host: Annotated[str | None, typer.Option(help="Address to serve on (JINXUE_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on (JINXUE_PORT).")] = None,
) -> None:
    """Serve over HTTP; builds a snapshot first when there is none that fits."""
    from api.server import run  # the one step from the library to HTTP

    if not run(load_settings(state=state, host=host, port=port)):
        raise typer.Exit(1)


@app.command()
def recommend(
    goal: Annotated[str | None, typer.Option(help="What the learner wants.")] = None,
    occupation: Annotated[str | None, typer.Option(help="The learner's occupation.")] = None,
    industry: Annotated[str | None, typer.Option(help="The learner's or the enterprise's industry.")] = None,
    level: Annotated[str | None, typer.Option(help="Skill level, e.g. 中级工 or 四级.")] = None,
    place: Annotated[str | None, typer.Option(help="District or sub-district.")] = None,
    needs: Annotated[
        str | None, typer.Option(help="What an enterprise wants taught (makes it an enterprise's request).")
    ] = None,
    headcount: Annotated[int | None, typer.Option(help="How many the enterprise would send.")] = None,
    learner: Annotated[str | None, typer.Option(help="A stored learner's id instead.")] = None,
    enterprise: Annotated[str | None, typer.Option(help="A stored enterprise's id instead.")] = None,
    k: Annotated[int, typer.Option(help="How many courses.")] = 10,
    language: Annotated[Language | None, typer.Option(help="zh or en.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
    state: StateOption = None,
) -> None:
    """Recommend courses, as a table."""
    settings = load_settings(state=state, language=language)
    workshop = _workshop(settings)
    from recommender.bootstrap import Service

    service = Service(workshop)
    listing = {"k": k, "language": settings.language}
    today: datetime.date = workshop.today()
    if learner is not None:
        answer = service.matcher.recommend_to_learner(learner, today=today, **listing)
    elif enterprise is not None:
        answer = service.matcher.recommend_to_enterprise(enterprise, today=today, **listing)
    else:
        from recommender.profiles import parse_request

        fields = {
            "industry": industry,
            "skill_level": level,
            "location": {"place": place} if place else None,
            **listing,
        }
        own = (
            {"needs": needs, "headcount": headcount} if needs or headcount else {"goal": goal, "occupation": occupation}
        )
        answer = service.matcher.recommend(parse_request({**fields, **own}), today=today)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201
    else:
        show(answer, settings.language, _out)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="A folder (CSV), .xlsx or .jsonl to write.")],
    state: StateOption = None,
) -> None:
    """Write the stored catalogue as files that `jinxue import` reads."""
    settings = load_settings(state=state)
    from recommender.catalogue import write_catalogue

    catalogue, _ = _workshop(settings).read_store()
    write_catalogue(catalogue, target)
    _say(settings, f"已导出到 {target}。", f"Exported to {target}.")


@app.command()
def evaluate(
    judgements: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="Folder with requests.csv and judgements.csv; the bundled ones by default."
        ),
    ] = None,
    part: Annotated[
        JudgedPart, typer.Option(help="Requests that defaults were chosen by, those kept for reporting, or all.")
    ] = JudgedPart.REPORTING,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the figures to this .png or .svg file.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the baselines that need jinxue[evaluate]: BM25 and MiniLM.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Measure the recommendations on judged requests, beside baselines."""
    settings = load_settings(state=state)
    workshop = _workshop(settings)
    from recommender import evaluation
    from recommender.bootstrap import Service

    if plot:
        evaluation.check_drawing(plot)
    matcher, today = Service(workshop).matcher, workshop.today()
    judged = evaluation.read_judgements(judgements or evaluation.BUNDLED_JUDGEMENTS, matcher.snapshot.network)
    with progress(_err) as tell:
        figures = evaluation.evaluate(
            matcher,
            judged,
            today=today,
            part=None if part is JudgedPart.ALL else evaluation.Part(part),
            systems=evaluation.make_systems(matcher, today=today, quick=quick, state=settings.state),
            progress=tell,
        )
    if plot:
        evaluation.draw(figures, plot)
    if as_json:
        print(figures.to_json())  # noqa: T201
    else:
        evaluation.show_evaluation(figures, settings.language, _out)


@app.command("train-encoder")
def train_encoder(
    output: Annotated[Path, typer.Argument(help="Folder for the model.")],
    seed: Annotated[int | None, typer.Option(help="Another seed than the bundled model's.")] = None,
) -> None:
    """Train the bundled encoder anew from the text in this repository."""
    from recommender.training import SEED, train_bundled_encoder

    train_bundled_encoder(output, seed=SEED if seed is None else seed, progress=True)
    _say(load_settings(), f"模型已写入 {output}。", f"The model stands in {output}.")


@app.command()
def doctor(state: StateOption = None) -> None:
    """Check encoder, store and snapshot; say what is wrong and how to mend it."""
    from recommender.doctor import examine

    settings = load_settings(state=state)
    findings = list(examine(_workshop(settings)))
    for finding in findings:
        mark = Text("✓", "green") if finding.sound else Text("✗", "red")
        part, message = (text.in_language(settings.language) for text in (finding.part, finding.message))
        _out.print(mark, part, message, markup=False)
    if not all(finding.sound for finding in findings):
        raise typer.Exit(1)


@app.command()
def settings(state: StateOption = None) -> None:
    """List every setting, its value and what it does."""
    current = load_settings(state=state)
    table = Table(Column("variable", no_wrap=True), Column("value", overflow="fold"), "meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(
            "JINXUE_" + name.upper(), Text(_PASSWORD.sub("***", str(getattr(current, name)))), field.description
        )
    _out.print(table)


def main() -> None:
    """Run the command; errors end in one sentence and exit code 1."""
    try:
        app()
    except CatalogueError as error:
        for problem in error.problems:
            _err.print(problem.line(_language()), markup=False)
        _fail(error)
    except JinxueError as error:
        _fail(error)


def _language() -> Language:
    try:
        return load_settings().language
    except JinxueError:
        return Language.ZH


def _fail(error: JinxueError) -> None:
    _err.print(error.message.in_language(_language()), style="red", markup=False)
    sys.exit(1)


if __name__ == "__main__":
    main()
