"""Phrases to try the texts' spaces with, and how alike these find them, in pictures."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from textwrap import fill

import drawing
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from recommender.encoder import Encoder
from recommender.evaluation.systems import Courses
from recommender.text import normalise
from recommender.training.knowledge import Knowledge
from recommender.words import character_terms

MARKS = (  # a colour and a shape for each cluster
    *((drawing.BLUE, "o"), (drawing.VERMILION, "^"), (drawing.GREEN, "s"), (drawing.PURPLE, "D")),
    *(("#8a6d00", "v"), (drawing.SKY, "P"), (drawing.ORANGE, "X"), (drawing.INK, "<")),
)
_NUMBER = re.compile(r"(?<![a-z0-9])[a-z]+[-.]?[0-9][a-z0-9.-]*[a-z0-9]")

Wanted = Mapping[str, set[int]]
"""Phrases, and the rows of the courses that each should find."""


def share_a_term(one: str, other: str) -> bool:
    """Tell whether two texts have a Chinese character, a Latin word or three letters in common."""
    return not set(character_terms(normalise(one))).isdisjoint(character_terms(normalise(other)))


def known(knowledge: Knowledge) -> list[str]:
    """Return every way of saying something in the knowledge base, once."""
    named = [name for one in (*knowledge.occupations, *knowledge.families) for name in (one.name, *one.aliases)]
    terms = [term for one in knowledge.terms for term in (one.term, *one.same)]
    return list({normalise(name): name for name in (*named, *terms)}.values())


def model_numbers(courses: Courses) -> Wanted:
    """Return the model numbers and the like that stand in one course only, with its row."""
    held: dict[str, set[int]] = defaultdict(set)
    for row, text in enumerate(courses.texts):
        for number in _NUMBER.findall(normalise(text)):
            held[number].add(row)
    return {number: rows for number, rows in held.items() if len(rows) == 1}


def other_names(courses: Courses, knowledge: Knowledge) -> Wanted:
    """Return other names of occupations, with the rows of courses for that occupation that have no character in common with it."""
    taught: dict[str, set[int]] = defaultdict(set)
    for row, course_row in enumerate(courses.rows):
        for occupation in courses.network.courses[course_row].occupations:
            taught[occupation].add(row)
    wanted = {}
    for one in knowledge.occupations:
        for alias in one.aliases:
            rows = {row for row in taught[one.name] if not share_a_term(alias, courses.texts[row])}
            if rows and not alias.isascii():
                wanted[alias] = rows
    return wanted


def found_in_ten(likeness: NDArray[np.floating], wanted: Wanted) -> float:
    """Return the share of phrases one of whose courses is among the first ten by `likeness`, `(phrases, courses)`; ties count as the worst."""
    exact = np.round(likeness, 6)
    ranks = [(row >= row[list(rows)].max()).sum() for row, rows in zip(exact, wanted.values(), strict=True)]
    return float(np.mean(np.array(ranks) <= 10))


def draw_likeness(phrases: Sequence[str], likeness: Mapping[str, NDArray[np.floating]], group: int) -> None:
    """Draw matrices of cosines, `(n, n)`, of phrases that come in groups of so many that mean the same."""
    figure, panels = plt.subplots(1, len(likeness), figsize=(13, 6.4), sharey=True)
    owner = np.arange(len(phrases)) // group
    same = np.equal.outer(owner, owner) & ~np.eye(len(phrases), dtype=bool)
    for axes, (name, cosines) in zip(panels, likeness.items(), strict=True):
        image = axes.imshow(cosines, cmap="Blues", vmin=0, vmax=1)
        for row, column in np.argwhere(cosines > 0.15):
            cosine = cosines[row, column]
            colour = "white" if cosine > 0.6 else drawing.INK
            axes.text(column, row, f"{cosine:.1f}", ha="center", va="center", fontsize=8.5, color=colour)
        for edge in np.arange(group, len(phrases), group) - 0.5:
            axes.axhline(edge, color=drawing.FAINT, linewidth=1)
            axes.axvline(edge, color=drawing.FAINT, linewidth=1)
        axes.set_xticks(range(len(phrases)), phrases, rotation=90, color=drawing.INK)
        axes.set_yticks(range(len(phrases)), phrases)
        axes.tick_params(length=0)
        axes.set_title(f"{name}：同组平均 mean within a group {cosines[same].mean():.2f}")
    figure.colorbar(image, ax=panels, shrink=0.7, label="余弦 cosine（0.15 以下不写 not written below 0.15）")
    plt.show()


def sample_occupations(knowledge: Knowledge, *, clusters: int = 8, each: int = 15, seed: int = 5) -> dict[str, str]:
    """Return so many occupations, drawn by a seed, of each of the largest clusters: name → cluster."""
    of_cluster: dict[str, list[str]] = defaultdict(list)
    for one in knowledge.occupations:
        if len(one.clusters) == 1 and len(one.name) <= 10:
            of_cluster[one.clusters[0]].append(one.name)
    largest = sorted(of_cluster, key=lambda name: (-len(of_cluster[name]), name))[:clusters]
    random = np.random.default_rng(seed)
    return {name: cluster for cluster in largest for name in random.permutation(of_cluster[cluster])[:each].tolist()}


def draw_occupations(cluster_of: Mapping[str, str], encoder: Encoder, english: Mapping[str, str]) -> None:
    """Lay occupations out flat by what the encoder makes of their names alone, each with the mark of its cluster."""
    names, owner = list(cluster_of), np.array(list(cluster_of.values()))
    vectors = encoder.encode_queries(names)
    cosines = vectors @ vectors.T - 2 * np.eye(len(names))
    share = (owner[cosines.argmax(axis=1)] == owner).mean()
    chance = (np.mean([(owner == cluster).sum() for cluster in owner]) - 1) / (len(owner) - 1)
    with threadpool_limits(1):  # for so few points more threads only wait for each other
        flat = TSNE(metric="cosine", init="random", perplexity=15, random_state=7).fit_transform(vectors)
    marks = dict(zip(dict.fromkeys(cluster_of.values()), MARKS, strict=True))
    figure, axes = plt.subplots(figsize=(12.5, 9))
    for cluster, (colour, marker) in marks.items():
        label = f"{cluster}\n{fill(english.get(cluster, ''), 26)}"
        axes.scatter(*flat[owner == cluster].T, s=64, color=colour, marker=marker, ec="white", lw=0.6, label=label)
    _bare(axes)
    axes.legend(ncols=4, loc="upper center", bbox_to_anchor=(0.5, 0.0), fontsize=9)
    drawing.headline(
        figure,
        f"{len(names)} 种职业，{share:.0%} 的最近邻居属于同一集群（随机 {chance:.0%}）\n"
        f"Of {len(names)} occupations, {share:.0%} have their nearest neighbour in the same cluster (by chance {chance:.0%})",
    )
    drawing.label_apart(axes, flat, names, colours=[drawing.INK] * len(names))
    plt.show()


def _bare(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.margins(0.06)
