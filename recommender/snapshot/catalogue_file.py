"""A snapshot's records as a file of JSON that is written and read record by record, one a line."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO

import orjson

from recommender.domain import Catalogue
from recommender.pace import rest

_TABLES = tuple(Catalogue.__dataclass_fields__)
_END = b"}\n"
_OPENING = re.compile(rb'[{,]"(\w+)":\[\]?\n')

Row = tuple[str, bytes]
"""A table's name, and a record of it as JSON."""


def write_catalogue(catalogue: Catalogue, file: BinaryIO) -> None:
    """Write a catalogue, so that other threads have their turn between its records."""
    write_rows(((table, orjson.dumps(record)) for table in _TABLES for record in getattr(catalogue, table)), file)


def write_rows(rows: Iterable[Row], file: BinaryIO) -> None:
    """Write records that come in the order of the tables."""
    opening, tables = "{", iter(_TABLES)
    for name, group in groupby(rows, itemgetter(0)):
        for table in tables:
            file.write(f'{opening}"{table}":['.encode())
            opening = ","
            if table == name:
                break
            file.write(b"]\n")
        for number, (_, record) in enumerate(group):
            file.write((b",\n" if number else b"\n") + record)
            rest()
        file.write(b"]\n")
    for table in tables:
        file.write(f'{opening}"{table}":[]\n'.encode())
        opening = ","
    file.write(_END)


def read_rows(file: Iterable[bytes]) -> Iterator[Row]:
    """Yield the records of what `write_rows` wrote, of which one at a time is in memory; ValueError for anything else."""
    table, line = "", b""
    for line in file:
        if opening := _OPENING.fullmatch(line):
            table = opening[1].decode()
        elif table in _TABLES and line.endswith((b"},\n", b"}]\n")):
            yield table, line[:-2]
        elif line != _END:
            raise ValueError("not a line of a catalogue")
    if line != _END:
        raise ValueError("not a whole catalogue")


def learner_id_of(row: Row) -> str | None:
    """Return whom a record is about, None when it is no learner's; ValueError when it makes no sense."""
    if row[0] != "learners":
        return None
    found = orjson.loads(row[1])
    if not isinstance(found, dict) or not isinstance(found.get("learner_id"), str):
        raise ValueError("not a learner")
    return str(found["learner_id"])
