"""Catalogue files merged into the store, and written out of it."""

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.console import ERR, CatalogueArgument, StateOption, open_workshop, say
from recommender.display import show_merge
from recommender.settings import load_settings


def import_(
    catalogue: CatalogueArgument = None,
    state: StateOption = None,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing when these files were imported last.")
    ] = False,
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="Remove what an earlier import brought and these files lack.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
) -> None:
    """Merge a catalogue into the store, and say what that changes; one with an error changes nothing."""
    settings = load_settings(state=state)
    workshop = open_workshop(settings)
    with ERR.status("…"):
        imported = workshop.import_catalogue(
            catalogue,
            today=workshop.today(),
            only_if_changed=if_changed,
            remove_missing=remove_missing,
            dry_run=dry_run,
        )
    if imported.reading is None or imported.merge is None:
        say(
            settings,
            f"目录没有变化（版本 {imported.version}）。",
            f"The catalogue has not changed (version {imported.version}).",
        )
        return
    for notice in imported.reading.notices:
        ERR.print(notice.line(settings.language), style="yellow", markup=False)
    show_merge(imported.merge, settings.language, ERR)
    if (kept := imported.merge.total("kept")) and not remove_missing:
        say(
            settings,
            f"库中有 {kept} 条记录不在文件中，予以保留；要删除以前导入的，请加 --remove-missing。",
            f"{kept} stored records are not in the files and stay; --remove-missing removes those that were imported before.",
        )
    if dry_run:
        say(settings, "试运行：没有写入任何数据。", "Dry run: nothing was written.")
    else:
        say(settings, f"已导入，目录版本 {imported.version}。", f"Imported, catalogue version {imported.version}.")


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
        catalogue = workshop.snapshots.catalogue(snapshot)
    write_catalogue(catalogue, target)
    say(settings, f"已导出到 {target}。", f"Exported to {target}.")
