"""A look ahead: what would change before anything does."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recommender.cli.console import ERR, OUT, JsonOption, StateOption, open_workshop
from recommender.display import progress, show_comparison
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.bootstrap import Workshop
    from recommender.domain import Catalogue
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
        after = _kept(other, snapshot) if snapshot else _ahead(other, catalogue, before)

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


def _ahead(workshop: "Workshop", path: Path | None, before: "Snapshot") -> "Snapshot":
    """Return the snapshot that would serve if the catalogue at `path` were imported, as things stand for None; only embeddings are kept of it."""
    from recommender.encoder import CachedEncoder
    from recommender.snapshot import build_snapshot

    catalogue, version = workshop.read_store()
    if path is not None:
        imported = workshop.import_catalogue(path, today=workshop.today(), dry_run=True)
        catalogue = _overlaid(catalogue, imported.reading.catalogue) if imported.reading else catalogue
    encoder = workshop.load_encoder()
    cached = CachedEncoder(encoder, workshop.settings.state / "embeddings.sqlite3", workshop.progress)
    # words fitted to the texts as they would be: services do so as well, once nothing changes any more
    return build_snapshot(
        catalogue,
        version.version + (path is not None),
        encoder,
        workshop.policy,
        catalogue_encoder=cached,
        before=before,
    )


def _overlaid(stored: "Catalogue", given: "Catalogue") -> "Catalogue":
    """Return what is stored with what is given in its place or beside it, as an import merges it."""
    from recommender.catalogue.tables import TABLES

    def overlaid(name: str, key: tuple[str, ...]) -> tuple[Any, ...]:
        records = (*getattr(stored, name), *getattr(given, name))
        return tuple({tuple(getattr(one, column) for column in key): one for one in records}.values())

    return replace(stored, **{name: overlaid(name, table.key) for name, table in TABLES.items()})
