"""How long the bundled encoder takes: one text, and a thousand courses' texts.

python -m tests.benchmarks.encoding [--rounds 2000]
"""

import argparse
import datetime
import time

import numpy as np
from rich.console import Console

from recommender.catalogue import bundled_catalogue_folder, read_catalogue
from recommender.encoder import load_encoder
from recommender.index import use_threads
from recommender.snapshot import course_text
from recommender.words import WordSpace


def main() -> None:
    """Print the median of one text and the time of a thousand, for the encoder and for the catalogue's words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2_000)
    options = parser.parse_args()
    use_threads(1)
    catalogue = read_catalogue(bundled_catalogue_folder(), today=datetime.date(2026, 3, 2)).catalogue
    texts = [course_text(course) for course in catalogue.courses][:1_000]
    goals = [learner.goal for learner in catalogue.learners if learner.goal]
    begun = time.perf_counter()
    words = WordSpace.fit(texts)
    Console().print(f"words fitted to {len(texts)} courses in {time.perf_counter() - begun:.2f} s")
    for name, space in (("encoder", load_encoder()), ("words", words)):
        seconds = []
        for number in range(options.rounds):
            begun = time.perf_counter()
            space.encode_queries([goals[number % len(goals)]])
            seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        space.encode_passages(texts)
        whole = time.perf_counter() - begun
        Console().print(f"{name}: one text p50 {1e6 * np.median(seconds):.0f} µs, {len(texts)} courses {whole:.3f} s")


if __name__ == "__main__":
    main()
