"""A look ahead: what would change before anything does."""

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.console import ERR, OUT, JsonOption, StateOption, open_workshop
from recommender.display import progress, show_comparison
from recommender.settings import load_settings


def diff(
    catalogue: Annotated[
        Path | None,
        typer.Argument(help="A catalogue that has not been imported; what the store holds by default."),
    ] = None,
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="As if it were imported with --remove-missing.")
    ] = False,
    encoder: Annotated[str | None, typer.Option(help="Compare with this sentence-transformers model.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Compare with this policy file.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Compare with this kept snapshot (see rollback --list).")
    ] = None,
    k: Annotated[int, typer.Option(min=1, max=100, help="How many courses of each list.")] = 10,
    learners: Annotated[int, typer.Option(min=0, help="How many learners, drawn by seed; 0 for all.")] = 500,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Show what would change in the answers to the stored learners, and change nothing."""
    if snapshot is not None and catalogue is not None:
        raise typer.BadParameter("a kept snapshot has its own catalogue: give one of CATALOGUE and --snapshot")
    settings = load_settings(state=state)
    with progress(ERR) as tell:
        workshop = open_workshop(settings, tell)
        other = open_workshop(load_settings(state=state, encoder=encoder, policy=policy), tell)
        before = workshop.snapshots.load(workshop.load_encoder(), workshop.policy)
        today = workshop.today()
        if snapshot is not None:
            after = other.snapshots.load(other.load_encoder(), other.policy, snapshot)
        else:
            after = other.foresee(catalogue, before, today=today, remove_missing=remove_missing)

        from recommender.comparison import compare, shared_learners
        from recommender.matcher import Matcher

        asked = shared_learners(before, after, limit=learners or None)
        found = compare(Matcher(before), Matcher(after), today=today, k=k, learners=asked, progress=tell)
    if as_json:
        print(found.to_json())  # noqa: T201
    else:
        show_comparison(found, settings.language, OUT)
