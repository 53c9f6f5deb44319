"""How long ranking takes inside the process: request vector in hand → entries of the answer.

python -m tests.benchmarks.ranking [--instances 3000] [--requests 500]
"""

import argparse
import datetime
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from recommender.constraints import evaluate
from recommender.domain import Catalogue
from recommender.encoder import load_encoder
from recommender.index import use_threads
from recommender.listing import Lister
from recommender.matcher import Matcher
from recommender.policy import load_policy
from recommender.profiles import learner_request
from recommender.relaxation import tiers
from recommender.resolution import resolve
from recommender.snapshot import build_snapshot
from tests.networks import Shape, random_catalogue

TODAY = datetime.date(2026, 11, 22)


def microseconds(work: Callable[[], object]) -> float:
    """Return how long `work` took."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e6


def measure(catalogue: Catalogue, requests: int) -> dict[str, list[float]]:
    """Return times in microseconds by what was timed, one per request."""
    snapshot = build_snapshot(catalogue, 1, load_encoder(), load_policy())
    matcher, network = Matcher(snapshot), snapshot.network
    times: dict[str, list[float]] = {"ranking, diversity 0": [], "ranking, diversity 0.1": [], "whole answer": []}
    learners = [learner for learner in network.learners if learner.goal]
    for turn in range(requests + 20):
        learner = learners[turn % len(learners)]
        for name, diversity in (("ranking, diversity 0", 0.0), ("ranking, diversity 0.1", 0.1)):
            request = resolve(learner_request(learner, diversity=diversity), network, snapshot.policy, today=TODAY)
            vector = snapshot.layout.request_vector(request)

            def rank(request=request, vector=vector) -> None:  # type: ignore[no-untyped-def]
                Lister(snapshot, request, vector).page(tiers(network, request, evaluate(network, request)))

            times[name].append(microseconds(rank))
        request_sent = learner_request(learner)
        times["whole answer"].append(microseconds(lambda sent=request_sent: matcher.recommend(sent, today=TODAY)))
    return {name: values[20:] for name, values in times.items()}  # the first few fill caches


def main() -> None:
    """Print percentiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=3000)
    parser.add_argument("--requests", type=int, default=500)
    options = parser.parse_args()
    use_threads(1)
    catalogue = random_catalogue(0, Shape(instances=options.instances))
    with Console(stderr=True).status("…"):
        times = measure(catalogue, options.requests)
    table = Table("", "p50 µs", "p90 µs", "p99 µs", title=f"{options.instances} instances, k = 10, one thread")
    for name, values in times.items():
        table.add_row(name, *(f"{np.percentile(values, q):.0f}" for q in (50, 90, 99)))
    Console().print(table)


if __name__ == "__main__":
    main()
