"""All commands as one program."""

import os
import sys

import typer

from recommender.cli import answering, backup, comparing, data, keeping, keys, measuring, snapshots, upkeep
from recommender.cli.console import ERR
from recommender.errors import CatalogueError, JinxueError
from recommender.language import Language
from recommender.settings import load_settings

app = typer.Typer(name="jinxue", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
# in the order in which --help lists them
app.command("import")(data.import_)
app.command()(comparing.diff)
app.command()(snapshots.build)
app.command()(snapshots.rollback)
app.command()(answering.serve)
app.command()(answering.recommend)
app.command()(data.export)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(keys.keys, name="keys")
app.command()(keeping.purge)
app.command()(keeping.audit)
app.command()(measuring.evaluate)
app.command("train-encoder")(measuring.train_encoder)
app.command()(upkeep.doctor)
app.command()(upkeep.settings)


def main() -> None:
    """Run the command; errors end in one sentence and exit code 1. The files it makes are for nobody else: people stand in them."""
    mask = os.umask(0o077)
    try:
        app()
    except CatalogueError as error:
        for problem in error.problems:
            ERR.print(problem.line(_language()), markup=False)
        _fail(error)
    except JinxueError as error:
        _fail(error)
    finally:
        os.umask(mask)


def _language() -> Language:
    try:
        return load_settings().language
    except JinxueError:
        return Language.ZH


def _fail(error: JinxueError) -> None:
    ERR.print(error.message.in_language(_language()), style="red", markup=False)
    sys.exit(1)
