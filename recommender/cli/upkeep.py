"""Whether all is well, and how everything is set."""

import re

import typer
from rich.table import Column, Table
from rich.text import Text

from recommender.cli.console import OUT, StateOption, open_workshop
from recommender.settings import Settings, load_settings

_PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")  # of a database URL


def doctor(state: StateOption = None) -> None:
    """Check encoder, store, snapshot and data; say what is wrong and how to mend it."""
    from recommender.doctor import Severity, examine

    marks = {Severity.SOUND: Text("✓", "green"), Severity.NOTE: Text("!", "yellow"), Severity.WRONG: Text("✗", "red")}
    settings = load_settings(state=state)
    findings = list(examine(open_workshop(settings)))
    for finding in findings:
        part, message = (text.in_language(settings.language) for text in (finding.part, finding.message))
        OUT.print(marks[finding.severity], part, message, markup=False, highlight=False, soft_wrap=True)
    if any(finding.severity is Severity.WRONG for finding in findings):
        raise typer.Exit(1)


def settings(state: StateOption = None) -> None:
    """List every setting, its value and what it does."""
    current = load_settings(state=state)
    table = Table(Column("variable", no_wrap=True), Column("value", overflow="fold"), "meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(
            "JINXUE_" + name.upper(), Text(_PASSWORD.sub("***", str(getattr(current, name)))), field.description
        )
    OUT.print(table)
