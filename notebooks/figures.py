"""The evaluation's figures, written and drawn with their intervals."""

from collections.abc import Mapping
from typing import Any

import drawing
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from recommender.evaluation import Evaluation, Figure, Metric
from recommender.evaluation.systems import BOTH_TEXTS, LABELS, SERVICE

HEADS = {
    "nDCG@10": (Metric.NDCG, 3),
    "召回 recall@10": (Metric.RECALL, 3),
    "首个好课 reciprocal rank": (Metric.RECIPROCAL_RANK, 3),
    "公里 km": (Metric.DISTANCE_KM, 1),
    "多样性 diversity": (Metric.DIVERSITY, 2),
}
_OURS = {SERVICE: drawing.VERMILION, BOTH_TEXTS: drawing.BLUE}


def label(name: str) -> str:
    """Return a system's name in both languages."""
    zh, en = LABELS[name].zh, LABELS[name].en
    return zh if zh == en else f"{zh} {en}"


def written(figure: Figure, digits: int) -> str:
    """Return a figure, give or take half its interval."""
    if figure.mean is None or figure.low is None or figure.high is None:
        return "–"
    return f"{figure.mean:.{digits}f} ±{(figure.high - figure.low) / 2:.{digits}f}"


def rows(evaluation: Evaluation) -> list[dict[str, str]]:
    """Return a row of figures for each system."""
    return [
        {"做法 system": label(name)} | {head: written(one[metric], digits) for head, (metric, digits) in HEADS.items()}
        for name, one in evaluation.systems.items()
    ]


def draw_evaluation(evaluation: Evaluation, by_weight: Mapping[float, Mapping[Metric, Figure]]) -> None:
    """Draw nDCG@10 of every system with its interval, and what the weight of nearness costs and brings."""
    figure, (bars, trade) = plt.subplots(1, 2, figsize=(13.5, 5.2), width_ratios=[1, 1.05])
    _draw_systems(bars, evaluation)
    _draw_trade(trade, evaluation, by_weight)
    both, service = (evaluation.systems[name] for name in (BOTH_TEXTS, SERVICE))
    best = max(one[Metric.NDCG].mean or 0 for name, one in evaluation.systems.items() if "TF-IDF" in name)
    nearer = (both[Metric.DISTANCE_KM].mean or 0) - (service[Metric.DISTANCE_KM].mean or 0)
    drawing.headline(
        figure,
        f"只看文字 {both[Metric.NDCG].mean:.2f}，TF-IDF {best:.2f}；完整服务让出一些，换来近 {nearer:.1f} 公里\n"
        f"By its texts alone {both[Metric.NDCG].mean:.2f}, TF-IDF {best:.2f}; the service gives some of it for {nearer:.1f} km less",
    )
    plt.show()


def _draw_systems(axes: Axes, evaluation: Evaluation) -> None:
    means = {name: one[Metric.NDCG] for name, one in evaluation.systems.items()}
    order = sorted(means, key=lambda name: means[name].mean or 0)
    for height, name in enumerate(order):
        one, colour = means[name], _OURS.get(name, "#7d8884")
        axes.plot([one.low, one.high], [height, height], color=colour, linewidth=3.5, alpha=0.45)
        axes.plot(one.mean, height, "o", color=colour, markersize=9)
        axes.annotate(
            f"{one.mean:.3f}", (one.mean, height), (0, 7), textcoords="offset points", ha="center", fontsize=9
        )
    axes.set_yticks(range(len(order)), [label(name) for name in order], fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e3e7e3")
    axes.set(xlim=(-0.03, 1), ylim=(-0.5, len(order) - 0.2))
    axes.set_xlabel(
        f"nDCG@10（1 最好 is best；线 line: 95 % 区间 interval, {evaluation.requests} requests）", fontsize=9
    )


def _draw_trade(axes: Axes, evaluation: Evaluation, by_weight: Mapping[float, Mapping[Metric, Figure]]) -> None:
    away, quality = (
        np.array([one[metric].mean for one in by_weight.values()]) for metric in (Metric.DISTANCE_KM, Metric.NDCG)
    )
    axes.plot(away, quality, color=drawing.FAINT, linewidth=5, solid_capstyle="round", zorder=1)
    axes.scatter(away, quality, s=55, color=drawing.QUIET, edgecolors="white", zorder=2)
    for weight, x, y in zip(by_weight, away, quality, strict=True):
        _note(axes, f"{weight:g}", (x, y), (0, -13) if weight < 0.35 else (15, -2), color=drawing.QUIET)
    for name, marker, size, away_by in ((SERVICE, "*", 19, (0, 11)), (BOTH_TEXTS, "s", 9, (0, 9))):
        x, y = evaluation.systems[name][Metric.DISTANCE_KM], evaluation.systems[name][Metric.NDCG]
        axes.errorbar(
            x.mean,
            y.mean,
            xerr=[[x.mean - x.low], [x.high - x.mean]],
            yerr=[[y.mean - y.low], [y.high - y.mean]],
            fmt=marker,
            markersize=size,
            color=_OURS[name],
            markeredgecolor="white",
            elinewidth=1.2,
            zorder=3,
        )
        _note(axes, LABELS[name].zh, (x.mean, y.high), away_by, color=drawing.INK)
    axes.set(xlim=(0, None), ylim=(0, 1), ylabel="nDCG@10")
    axes.set_xlabel("前十门课的上课地点平均有多远 mean distance of the first ten（公里 km）", fontsize=9)
    axes.set_title("线上的数字：距离的权重 on the line: the weight of nearness", fontsize=10)


def _note(axes: Axes, text: str, at: Any, away: tuple[int, int], color: str) -> None:
    look = {"fontsize": 9, "ha": "center", "va": "center", "path_effects": drawing.HALO, "zorder": 4}
    axes.annotate(text, at, away, textcoords="offset points", color=color, **look)
