"""Catalogue files into the store, and out of it."""

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.console import ERR, CatalogueArgument, StateOption, open_workshop, say
from recommender.settings import load_settings


def import_(
    catalogue: CatalogueArgument = None,
    state: StateOption = None,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing when the store already holds it.")
    ] = False,
) -> None:
    """Read a catalogue into the store, replacing what is there; a catalogue with an error changes nothing."""
    settings = load_settings(state=state)
    workshop = open_workshop(settings)
    with ERR.status("…"):
        imported = workshop.import_catalogue(catalogue, today=workshop.today(), only_if_changed=if_changed)
    if imported.reading is None:
        say(
            settings,
            f"目录没有变化（版本 {imported.version}）。",
            f"The catalogue has not changed (version {imported.version}).",
        )
        return
    for notice in imported.reading.notices:
        ERR.print(notice.line(settings.language), style="yellow", markup=False)
    read = imported.reading.catalogue
    say(
        settings,
        f"已导入版本 {imported.version}：{len(read.sites)} 个阵地，{len(read.courses)} 门课程，{len(read.course_instances)} 个班次，"
        f"{len(read.learners)} 名学员，{len(read.enterprises)} 家企业。",
        f"Imported version {imported.version}: {len(read.sites)} sites, {len(read.courses)} courses, {len(read.course_instances)} classes, "
        f"{len(read.learners)} learners, {len(read.enterprises)} enterprises.",
    )


def export(
    target: Annotated[Path, typer.Argument(help="A folder (CSV), .xlsx or .jsonl to write.")],
    snapshot: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The catalogue of this kept snapshot (see rollback --list).")
    ] = None,
    state: StateOption = None,
) -> None:
    """Write the stored catalogue, or that of a kept snapshot, as files that `jinxue import` reads."""
    settings = load_settings(state=state)
    from recommender.catalogue import write_catalogue

    workshop = open_workshop(settings)
    if snapshot is None:
        catalogue, _ = workshop.read_store()
    else:
        catalogue = workshop.snapshots.load(workshop.load_encoder(), workshop.policy, snapshot).network.catalogue
    write_catalogue(catalogue, target)
    say(settings, f"已导出到 {target}。", f"Exported to {target}.")
