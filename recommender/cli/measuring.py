"""How good the answers are, and the encoder made anew."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.console import ERR, OUT, JsonOption, StateOption, open_workshop, say
from recommender.display import progress
from recommender.settings import load_settings


class JudgedPart(StrEnum):
    """Which judged requests to measure on."""

    ALL = "all"
    DEVELOPMENT = "development"
    REPORTING = "reporting"


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
    as_json: JsonOption = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the figures to this .png or .svg file.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the baselines that need jinxue[evaluate]: BM25 and MiniLM.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Measure the recommendations on judged requests, beside baselines."""
    settings = load_settings(state=state)
    workshop = open_workshop(settings)
    from recommender import evaluation
    from recommender.service import Service

    if plot:
        evaluation.check_drawing(plot)
    matcher, today = Service(workshop).matcher, workshop.today()
    judged = evaluation.read_judgements(judgements or evaluation.BUNDLED_JUDGEMENTS, matcher.snapshot.network)
    with progress(ERR) as tell:
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
        evaluation.show_evaluation(figures, settings.language, OUT)


def train_encoder(
    output: Annotated[Path, typer.Argument(help="Folder for the model.")],
    seed: Annotated[int | None, typer.Option(help="Another seed than the bundled model's.")] = None,
) -> None:
    """Train the bundled encoder anew from the text in this repository."""
    from recommender.training import SEED, train_bundled_encoder

    train_bundled_encoder(output, seed=SEED if seed is None else seed, progress=True)
    say(load_settings(), f"模型已写入 {output}。", f"The model stands in {output}.")
