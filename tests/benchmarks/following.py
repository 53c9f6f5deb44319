"""How long a snapshot takes that follows a change in the catalogue, built from the one before.

python -m tests.benchmarks.following [--instances 3000 100000] [--learners 1000] [--rounds 5]
"""

import argparse
import dataclasses
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from recommender.domain import Catalogue
from recommender.encoder import load_encoder
from recommender.index import use_threads
from recommender.network import Network
from recommender.policy import load_policy
from recommender.snapshot import Snapshot, SnapshotFolder, build_snapshot
from tests.networks import Shape, random_catalogue

CHANGED_LEARNERS = 1_000
MOST_COURSES = 10_000
Change = Callable[[Catalogue, Random], Catalogue]


def changed(records: tuple[Any, ...], rng: Random, **fields: Any) -> tuple[Any, ...]:
    """Return `records` with one of them, drawn at random, changed."""
    row = rng.randrange(len(records))
    return (*records[:row], dataclasses.replace(records[row], **fields), *records[row + 1 :])


def one_text(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Change what one course says."""
    told = f"新内容 {rng.random()}"
    return dataclasses.replace(catalogue, courses=changed(catalogue.courses, rng, description=told))


def one_seat(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Change how many have enrolled in one class."""
    count = rng.randrange(10**6)
    return dataclasses.replace(catalogue, course_instances=changed(catalogue.course_instances, rng, enrolled=count))


def one_class(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Offer one class more."""
    like = dataclasses.replace(rng.choice(catalogue.course_instances), instance_id=f"new-{rng.random()}")
    return dataclasses.replace(catalogue, course_instances=(*catalogue.course_instances, like))


def one_site(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Move one site."""
    point = {"latitude": 22.5 + rng.random() / 10, "longitude": 114.1 + rng.random() / 10}
    return dataclasses.replace(catalogue, sites=changed(catalogue.sites, rng, **point))


def new_site(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Open one site more."""
    point = {"latitude": 22.5 + rng.random() / 10, "longitude": 114.1 + rng.random() / 10}
    site = dataclasses.replace(rng.choice(catalogue.sites), site_id=f"new-{rng.random()}", **point)
    return dataclasses.replace(catalogue, sites=(*catalogue.sites, site))


def many_learners(catalogue: Catalogue, rng: Random) -> Catalogue:
    """Let 1,000 learners, or all if there are fewer, want something else."""
    learners = list(catalogue.learners)
    for row in rng.sample(range(len(learners)), min(CHANGED_LEARNERS, len(learners))):
        learners[row] = dataclasses.replace(learners[row], goal=f"想学叉车 {rng.random()}")
    return dataclasses.replace(catalogue, learners=tuple(learners))


def a_catalogue(instances: int, learners: int) -> Catalogue:
    """Return a random catalogue of so many learners and classes, of at most 10,000 courses."""
    catalogue = random_catalogue(0, Shape(instances=instances, learners=learners))
    ids = sorted(course.course_id for course in catalogue.courses)[:MOST_COURSES]
    other = dict(zip(sorted(course.course_id for course in catalogue.courses), itertools.cycle(ids), strict=False))
    return dataclasses.replace(
        catalogue,
        courses=tuple(course for course in catalogue.courses if other[course.course_id] == course.course_id),
        course_instances=tuple(
            dataclasses.replace(each, course_id=other[each.course_id]) for each in catalogue.course_instances
        ),
        learners=tuple(dataclasses.replace(each, completed_course_ids=()) for each in catalogue.learners),
    )


CHANGES: dict[str, Change] = {
    "one course's text": one_text,
    "one seat count": one_seat,
    "one new class": one_class,
    "one moved site": one_site,
    "one new site": new_site,
    f"{CHANGED_LEARNERS:,} learners": many_learners,
}


def measure(instances: int, learners: int, rounds: int) -> dict[str, list[float]]:
    """Return seconds by what was timed."""
    encoder, policy, rng = load_encoder(), load_policy(), Random(0)
    version, times = 1, {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        done = work()
        times.setdefault(name, []).append(time.perf_counter() - begun)
        return done

    catalogue = a_catalogue(instances, learners)
    timed("the columns alone", lambda: Network(catalogue))
    snapshot: Snapshot = timed("in full, fitted anew", lambda: build_snapshot(catalogue, 1, encoder, policy))
    fit = snapshot.fit
    timed("in full, with a kept fit", lambda: build_snapshot(catalogue, 1, encoder, policy, fit=fit))
    for name, change in CHANGES.items():
        for _ in range(rounds):
            catalogue, version = change(catalogue, rng), version + 1
            build = lambda: build_snapshot(catalogue, version, encoder, policy, fit=fit, before=snapshot)  # noqa: B023, E731
            snapshot = timed(f"… {name}", build)
    with tempfile.TemporaryDirectory() as place:
        folder = SnapshotFolder(Path(place))
        timed("saved", lambda: folder.save(snapshot))
        snapshot = timed("loaded", lambda: folder.load(encoder, policy))
    catalogue = one_seat(catalogue, rng)
    timed(
        "one seat count after a load",
        lambda: build_snapshot(catalogue, version + 1, encoder, policy, fit=snapshot.fit, before=snapshot),
    )
    return times


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, nargs="+", default=[3_000, 100_000])
    parser.add_argument("--learners", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    use_threads(1)
    for instances in options.instances:
        table = Table("", "p50, s", "max, s", title=f"{instances:,} instances, {options.learners:,} learners")
        for name, seconds in measure(instances, options.learners, options.rounds).items():
            table.add_row(name, f"{statistics.median(seconds):.3f}", f"{max(seconds):.3f}")
        Console().print(table)


if __name__ == "__main__":
    main()
