"""A look ahead: what would change before anything does."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recommender.cli.console import ERR, OUT, JsonOption, StateOption, open_workshop
from recommender.display import progress, show_comparison
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.bootstrap import Workshop
    from recommender.snapshot import Snapshot


def diff(
    catalogue: Annotated[
        Path | None,
        typer.Argument(help="A catalogue that has not been imported; what the store holds by default."),
    ] = None,
    encoder: Annotated[str | None, typer.Option(help="Compare with this sentence-transformers model.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Compare with this policy file.")] = None,
    snapshot: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Compare with this kept snapshot (see rollback --list).")
    ] = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the space of words anew, as jinxue build does; by default it is kept.")
    ] = False,
    k: Annotated[int, typer.Option(min=1, max=100, help="How many courses of each list.")] = 10,
    learners: Annotated[int, typer.Option(min=0, help="How many learners, drawn by seed; 0 for all.")] = 500,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Show what would change in the answers to the stored learners, and change nothing."""
    if snapshot is not None and (catalogue is not None or refit):
        raise typer.BadParameter("a kept snapshot is compared as it is: give no CATALOGUE and no --refit with it")
    settings = load_settings(state=state)
    with progress(ERR) as tell:
        workshop = open_workshop(settings, tell)
        other = open_workshop(load_settings(state=state, encoder=encoder, policy=policy), tell)
        before = workshop.snapshots.load(workshop.load_encoder(), workshop.policy)
        after = _kept(other, snapshot) if snapshot else _ahead(other, catalogue, before, refit=refit)

        from recommender.comparison import compare, shared_learners
        from recommender.matcher import Matcher

        asked = shared_learners(before, after, limit=learners or None)
        today = workshop.today()
        found = compare(Matcher(before), Matcher(after), today=today, k=k, learners=asked, progress=tell)
    if as_json:
        print(found.to_json())  # noqa: T201
    else:
        show_comparison(found, settings.language, OUT)


def _kept(workshop: "Workshop", version: str) -> "Snapshot":
    return workshop.snapshots.load(workshop.load_encoder(), workshop.policy, version)


def _ahead(workshop: "Workshop", path: Path | None, before: "Snapshot", *, refit: bool) -> "Snapshot":
    """Return the snapshot that would be built of the catalogue at `path`, of the store for None; nothing of it is kept but embeddings."""
    from recommender.catalogue import read_catalogue
    from recommender.encoder import CachedEncoder
    from recommender.snapshot import build_snapshot

    stored, version = workshop.read_store()
    catalogue = stored if path is None else read_catalogue(path, today=workshop.today()).catalogue
    encoder = workshop.load_encoder()
    return build_snapshot(
        catalogue,
        version.version + (path is not None),
        encoder,
        workshop.policy,
        catalogue_encoder=CachedEncoder(encoder, workshop.settings.state / "embeddings.sqlite3", workshop.progress),
        fit=None if refit or encoder.name != before.encoder.name else before.fit,
        before=before,
    )
