"""The database backed up, and put back."""

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.console import ERR, StateOption, say
from recommender.settings import load_settings


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; personal data is in it, too.")],
    state: StateOption = None,
) -> None:
    """Back up the database to a file, while services go on writing: records, history, keys and audit log."""
    settings = load_settings(state=state)
    from recommender.store.backup import back_up

    with ERR.status("…"):
        back_up(settings.store_url, target)
    say(
        settings,
        f"已备份到 {target}（{target.stat().st_size:,} 字节）。",
        f"Backed up to {target} ({target.stat().st_size:,} bytes).",
    )


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `jinxue backup` has written.")],
    force: Annotated[bool, typer.Option("--force", help="Also in the place of a database that holds data.")] = False,
    state: StateOption = None,
) -> None:
    """Put a backup in the place of the database, whole or not at all; running services take it up."""
    settings = load_settings(state=state)
    from recommender.store import CatalogueStore
    from recommender.store.backup import restore as put_back

    with ERR.status("…"):
        put_back(settings.store_url, source, force=force)
        with CatalogueStore(settings.store_url) as store, store.write() as transaction:
            transaction.audit("database_restored")
    say(
        settings,
        f"已从 {source} 恢复。备份之后吊销的密钥又有效了：请再次吊销。",
        f"Restored from {source}. Keys revoked since it was made are valid again: revoke them once more.",
    )
