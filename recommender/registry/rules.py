"""What a record may refer to, and whose it is."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from recommender.access import Scope
from recommender.catalogue.references import REFERENCES
from recommender.catalogue.tables import TABLES, Table
from recommender.domain import CourseInstance, TrainingSite
from recommender.errors import FieldProblem, Forbidden, InvalidRequest, NotFound, RecordConflict
from recommender.language import Bilingual
from recommender.registry.edits import Caller
from recommender.store import Among, Stored, Transaction

_OWNED = ("courses", "course_instances")
BOUND = frozenset({Scope.SITE, Scope.ENTERPRISE})
"""Scopes that reach only what their key is bound to."""
WRITERS: Mapping[str, frozenset[Scope]] = {
    "sites": frozenset(),
    "courses": frozenset({Scope.SITE}),
    "course_instances": frozenset({Scope.SITE}),
    "learners": frozenset({Scope.PLATFORM}),
    "enterprises": frozenset({Scope.ENTERPRISE}),
}
"""By table: whose keys write it beside the administrator's, as far as they are bound to it."""
READERS: Mapping[str, frozenset[Scope]] = {
    "sites": frozenset({Scope.SITE}),
    "courses": frozenset({Scope.SITE, Scope.REVIEWER}),
    "course_instances": frozenset({Scope.SITE, Scope.REVIEWER}),
    "learners": frozenset({Scope.PLATFORM}),
    "enterprises": frozenset({Scope.ENTERPRISE}),
}
"""By table: whose keys see its records as they are kept, and their history."""
_NEVER_STORED = re.compile("[\0\ud800-\udfff]")  # no database keeps these, and asking for them is an error


def can_be_stored(name: str) -> bool:
    """Tell whether a database could hold a record of this id; to ask it for another is an error."""
    return not _NEVER_STORED.search(name)


def check_id(table: Table, record_id: str) -> None:
    """Refuse an id that no record can have (NotFound)."""
    if not can_be_stored(record_id):
        raise NotFound(table.key[0], record_id)


def references(table: Table, record: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (column, table referred to, id) for everything that `record` names of another record; providers need not be there before."""
    for reference in REFERENCES:
        if reference.table == table.name and reference.target != "providers":
            value = getattr(record, reference.column)
            for name in value if isinstance(value, tuple) else (value,):
                if name is not None:
                    yield reference.column, reference.target, name


class Present:
    """Which records can be referred to: looked up once for many, and kept up to date while a transaction goes on."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known: dict[str, dict[str, bool]] = defaultdict(dict)
        self._requires: dict[str, tuple[str, ...]] = {}
        self._requires_read = False

    def look_up(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Look up these ids, given as (table, id)."""
        missing: dict[str, set[str]] = defaultdict(set)
        for table, name in wanted:
            if name not in self._known[table]:
                missing[table].add(name)
        for table, names in missing.items():
            found = self._transaction.present(table, [(name,) for name in names if can_be_stored(name)])
            self._known[table] |= {name: name in found for name in names}

    def holds(self, table: str, name: str) -> bool:
        """Tell whether a record that was looked up is there."""
        return self._known[table][name]

    def note(self, table: str, name: str, *, present: bool, requires: tuple[str, ...] = ()) -> None:
        """Take in that a record is there from now on, or is not."""
        self._known[table][name] = present
        if table == "courses":
            self._requires[name] = requires if present else ()

    def check(self, table: Table, record: Any, columns: Container[str]) -> None:
        """Refuse a record that names in one of these columns another that is not there (InvalidRequest)."""
        named = [reference for reference in references(table, record) if reference[0] in columns]
        self.look_up((target, name) for _, target, name in named)
        problems = [_absent(column, target, name) for column, target, name in named if not self._known[target][name]]
        if problems:
            raise InvalidRequest(problems)

    def check_ring(self, course_id: str, prerequisites: Sequence[str]) -> None:
        """Refuse prerequisites that lead back to their own course (InvalidRequest)."""
        if not prerequisites:
            return
        if not self._requires_read:  # what was noted before is newer: it need not be written yet
            self._requires = self._transaction.prerequisites() | self._requires
            self._requires_read = True
        chain = _way_back(course_id, prerequisites, self._requires)
        if chain:
            shown = " → ".join([course_id, *chain][:6])
            raise InvalidRequest.of(
                "prerequisites",
                f"先修课程互相要求，成了循环：{shown}。",
                f"Prerequisites go in a circle: {shown}.",
            )


def _absent(column: str, target: str, name: str) -> FieldProblem:
    shown = name if len(name) <= 64 else name[:64] + "…"
    kind = TABLES[target].singular
    return FieldProblem(
        column,
        Bilingual(f"没有 {kind}“{shown}”，或已删除。", f"There is no {kind} {shown!r}, or it has been deleted."),
    )


def _way_back(course_id: str, first: Sequence[str], requires: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the chain of prerequisites from a course to itself, empty when there is none."""
    came_from: dict[str, str | None] = dict.fromkeys(first)
    waiting = list(first)
    while waiting:
        name = waiting.pop()
        if name == course_id:
            chain = [name]
            while (before := came_from[chain[0]]) is not None:
                chain.insert(0, before)
            return chain
        for needed in requires.get(name, ()):
            if needed not in came_from:
                came_from[needed] = name
                waiting.append(needed)
    return []


def check_writing(caller: Caller, table: Table, record_id: str) -> None:
    """Refuse to let a caller write records that the key is not for (Forbidden), or as no site when it is one of several (InvalidRequest)."""
    if caller.is_admin:
        return
    if caller.scopes.isdisjoint(WRITERS[table.name]):
        raise Forbidden(
            "type",
            Bilingual(f"此密钥无权写入 {table.singular}。", f"The key does not reach to writing a {table.singular}."),
        )
    if table.name == "enterprises" and record_id != caller.enterprise_id:
        raise _another(table)
    if table.name in _OWNED and caller.site_id is None:
        raise InvalidRequest.of(
            "site_id",
            "此密钥属于多个阵地，请用 site_id 说明以哪个阵地的名义。",
            "The key is one of several sites: say by site_id which of them speaks.",
        )


def check_reading(caller: Caller, table: Table, record_id: str, existing: Stored | None) -> None:
    """Refuse to show a caller a record as it is kept (Forbidden) that is not theirs; `existing` is None when it is not there."""
    if caller.is_admin:
        return
    scopes = READERS[table.name] & caller.scopes
    reaches = bool(scopes - BOUND)
    if Scope.SITE in scopes:
        holders = (
            {record_id}
            if table.name == "sites"
            else {existing and existing.owner, existing and _site_of(existing.record)}
        )
        reaches |= (existing is None and table.name != "sites") or not caller.site_ids.isdisjoint(holders)
    if Scope.ENTERPRISE in scopes:
        reaches |= record_id == caller.enterprise_id
    if not reaches:
        raise _another(table)


def changes_seen_by(caller: Caller) -> Among:
    """Return which changes a caller may see: the platform's keys those of learners, a site's keys those of its sites."""
    if caller.is_admin:
        return Among()
    if Scope.PLATFORM in caller.scopes:
        return Among(kind="learners")
    return Among(site_ids=caller.site_ids)


def _another(table: Table) -> Forbidden:
    return Forbidden(
        table.key[0],
        Bilingual(f"此密钥不能查看或修改这条 {table.singular}。", f"The key does not reach to this {table.singular}."),
    )


def owner_after(table: Table, record: Any, existing: Stored | None, caller: Caller) -> str | None:
    """Return whose the record is once `caller` has written it; RecordConflict when it is another site's.

    What nobody has claimed is the platform's: a site's own key cannot take it, the administrator, speaking for a site, can give it to it; a class
    belongs to the site that teaches it. The platform may write everything, and leaves it to whom it belongs.
    """
    living = existing if existing and not existing.deleted else None
    owner = living.owner if living else None
    site = caller.site_id
    if site is None:
        return owner
    holders = [owner, *(_site_of(one) for one in (living and living.record, record))]
    other = next((name for name in holders if name not in (None, site)), None)
    mine = existing is None or site in (existing.owner, _site_of(existing.record))  # a tombstone is somebody's, too
    if table.name in _OWNED and not (caller.is_admin or mine):
        raise RecordConflict(
            table.key[0],
            Bilingual(
                "这条记录属于平台或其他阵地。请换一个编号，或请平台划归您的阵地。",
                "It belongs to the platform or to another site; take another id, or ask the platform to give it to your site.",
            ),
        )
    if other is not None:
        raise RecordConflict(
            table.key[0],
            Bilingual(
                f"属于阵地“{other}”，不能由“{site}”改写。请换一个编号，或由平台处理。",
                f"It belongs to the site {other!r} and cannot be written by {site!r}; take another id, or ask the platform.",
            ),
        )
    return site if table.name in _OWNED else None


def _site_of(record: Any) -> str | None:
    return record.site_id if isinstance(record, TrainingSite | CourseInstance) else None
