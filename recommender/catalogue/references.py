"""Whether a catalogue's tables agree with each other: what refers to what, and what must not go in circles."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from recommender.catalogue.raw import problem
from recommender.catalogue.records import Records
from recommender.errors import CatalogueProblem


class Reference(NamedTuple):
    """A column that names rows of another table."""

    table: str
    column: str
    target: str


REFERENCES = (
    Reference("cluster_relations", "cluster_id", "clusters"),
    Reference("cluster_relations", "related_cluster_id", "clusters"),
    Reference("places", "parent_id", "places"),
    Reference("courses", "provider", "providers"),
    Reference("courses", "prerequisites", "courses"),
    Reference("course_instances", "course_id", "courses"),
    Reference("course_instances", "site_id", "sites"),
    Reference("learners", "completed_course_ids", "courses"),
)


def check_references(tables: Mapping[str, Records]) -> Iterator[CatalogueProblem]:
    """Yield every name of a row that is not there; tables that may lack rows are not held against anyone."""
    for reference in REFERENCES:
        source, target = tables.get(reference.table), tables.get(reference.target)
        if source is None or target is None or not target.complete:
            continue
        known = {key[0] for key in target.row_of}
        for row, record in source:
            value = getattr(record, reference.column)
            for name in value if isinstance(value, tuple) else (value,):
                if name is not None and name not in known:
                    yield problem(
                        source.file,
                        f"{target.file} 中没有它。",
                        f"There is no such row in {target.file}.",
                        row=row,
                        column=reference.column,
                        value=name,
                    )


def check_prerequisites(courses: Records) -> Iterator[CatalogueProblem]:
    """Yield each ring of courses that require one another, at the first of its rows."""
    rows = {record.course_id: row for row, record in courses}
    requires = {record.course_id: [name for name in record.prerequisites if name in rows] for _, record in courses}
    for ring in _rings(requires):
        chain = " → ".join(ring[:5]) + (" → …" if len(ring) > 5 else "")
        yield problem(
            courses.file,
            f"先修课程互相要求，成了循环：{chain}。",
            f"Prerequisites go in a circle: {chain}.",
            row=min(rows[name] for name in ring),
            column="prerequisites",
            value="|".join(requires[min(ring, key=rows.__getitem__)]),
        )


def _rings(requires: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield the groups of names that lead to one another, in the order of `requires`."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    at = {name: position for position, name in enumerate(requires)}
    edges = [(at[name], at[needed]) for name, needs in requires.items() for needed in needs]
    if not edges:
        return
    ends = np.array(edges).T
    graph = coo_array((np.ones(len(edges)), (ends[0], ends[1])), shape=(len(at), len(at)))
    groups: dict[int, list[str]] = defaultdict(list)
    for name, group in zip(requires, connected_components(graph, connection="strong")[1], strict=True):
        groups[int(group)].append(name)
    for names in groups.values():
        if len(names) > 1 or names[0] in requires[names[0]]:
            yield names
