"""From a path to raw tables: a folder of CSV files, an Excel workbook, or JSON Lines, chosen by what the path is."""

import hashlib
from pathlib import Path

from recommender.catalogue.csv_folder import csv_files, read_folder
from recommender.catalogue.json_lines import read_json_lines
from recommender.catalogue.raw import Source, problem
from recommender.errors import CatalogueError

WORKBOOKS = (".xlsx", ".xlsm")
JSON_LINES = (".jsonl", ".ndjson")


def read_source(path: Path) -> Source:
    """Return the tables at `path`. Whatever is wrong with it stands in the answer's problems; nothing is raised."""
    source = Source()
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            read_folder(path, source)
        elif not path.exists():
            source.problems.append(
                problem(path.name, f"没有这个文件或文件夹：{path}", f"There is no such file or folder: {path}")
            )
        elif suffix in WORKBOOKS:
            from recommender.catalogue.workbook import read_workbook  # pandas takes most of a second to import

            read_workbook(path, source)
        elif suffix in JSON_LINES:
            read_json_lines(path, source)
        else:
            source.problems.append(
                problem(
                    path.name,
                    "不是目录的格式，应为 CSV 文件夹、.xlsx 工作簿或 .jsonl 文件。",
                    "Not a catalogue's format; expected a folder of CSV files, an .xlsx workbook or a .jsonl file.",
                )
            )
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL byte
        source.problems.append(problem(path.name, f"无法读取（{error}）。", f"Cannot be read ({error})."))
    return source


def catalogue_fingerprint(path: Path) -> str:
    """Return the hexadecimal SHA-256 of the names and bytes of a catalogue's files; CatalogueError when it has none."""
    digest = hashlib.sha256()
    try:
        for file in [file for _, file in csv_files(path)] if path.is_dir() else [path]:
            content = file.read_bytes()
            digest.update(f"{file.name}\0{len(content)}\0".encode())
            digest.update(content)
    except (OSError, ValueError) as error:
        raise CatalogueError([problem(path.name, f"无法读取（{error}）。", f"Cannot be read ({error}).")]) from error
    return digest.hexdigest()
