"""Snapshots: built, listed, gone back to."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from recommender.cli.console import ERR, OUT, StateOption, open_workshop, say
from recommender.display import progress, show_snapshots
from recommender.errors import SnapshotError
from recommender.language import Bilingual
from recommender.settings import load_settings


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
    with progress(ERR) as tell:
        snapshot = open_workshop(settings, tell).build(keep_words=keep_words)
    say(
        settings,
        f"快照 {snapshot.version}：{snapshot.instances.count} 个班次，每个 {snapshot.layout.dimension} 维。",
        f"Snapshot {snapshot.version}: {snapshot.instances.count} classes of {snapshot.layout.dimension} columns.",
    )


def rollback(
    version: Annotated[
        str | None, typer.Argument(help="A kept snapshot; the one before that which serves by default.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List the kept snapshots, and change nothing.")] = False,
    release: Annotated[bool, typer.Option("--release", help="Follow the stored catalogue again.")] = False,
    state: StateOption = None,
) -> None:
    """Go back to a kept snapshot: it serves until it is released, whatever is imported or built."""
    if (version is not None) + show + release > 1:
        raise typer.BadParameter("give one of VERSION, --list and --release")
    settings = load_settings(state=state)
    workshop = open_workshop(settings)
    folder = workshop.snapshots
    pinned, serves = folder.pinned(), folder.pinned() or folder.current()
    if show:
        manifests = [folder.manifest(name) for name in folder.versions()]
        timezone = ZoneInfo(settings.timezone)
        show_snapshots(manifests, settings.language, OUT, serves=serves, pinned=pinned, timezone=timezone)
    elif release:
        folder.release()
        say(settings, "已恢复跟随目录。", "The stored catalogue is followed again.")
    else:
        target = version or _before(folder.versions(), serves)
        folder.load(workshop.load_encoder(), workshop.policy, target)  # else services would refuse it, one by one
        folder.pin(target)
        say(
            settings,
            f"已回到快照 {target}，它将一直服务，直到运行 jinxue rollback --release。",
            f"Back at snapshot {target}; it serves until jinxue rollback --release.",
        )


def _before(versions: tuple[str, ...], serves: str | None) -> str:
    """Return the snapshot before the one that serves; `versions` are newest first."""
    older = versions[versions.index(serves) + 1 :] if serves in versions else versions
    if not older:
        raise SnapshotError(
            Bilingual(
                "没有更早的快照可以回到。jinxue rollback --list 列出保留的快照。",
                "There is no earlier snapshot to go back to; jinxue rollback --list lists those that are kept.",
            )
        )
    return older[0]
