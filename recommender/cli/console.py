"""What the commands share: where they print, the option for the state folder, and the way to the parts."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from recommender.language import Bilingual
from recommender.settings import Settings

if TYPE_CHECKING:
    from recommender.bootstrap import Workshop

OUT = Console()
ERR = Console(stderr=True, soft_wrap=True, highlight=False)

StateOption = Annotated[Path | None, typer.Option("--state", help="Folder for database and snapshots (JINXUE_STATE).")]
CatalogueArgument = Annotated[
    Path | None, typer.Argument(help="CSV folder, .xlsx or .jsonl; the bundled Shenzhen network by default.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def open_workshop(settings: Settings, progress: Callable[[int, int], None] | None = None) -> "Workshop":
    """Return the parts that `settings` name; `progress` is told how many texts have been encoded."""
    from recommender.bootstrap import Workshop  # brings pandas and FAISS: not for --help

    return Workshop(settings, progress)


def say(settings: Settings, zh: str, en: str) -> None:
    """Print one sentence beside the output, in the language that is set."""
    ERR.print(Bilingual(zh, en).in_language(settings.language), markup=False)
