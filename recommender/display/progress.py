"""How far a command has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def progress(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on `console` while the block runs, and give what is to be told how many are done, of how many."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("…", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
