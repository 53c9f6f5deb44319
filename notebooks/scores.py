"""How scores come about, in pictures: the blocks of two vectors, and a list of courses beside the map."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import city
import drawing
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from recommender.blocks.layout import Layout, RequestVector
from recommender.geography import Point
from recommender.network import Network
from recommender.policy import Preference

Items = Sequence[dict[str, Any]]
_PANEL = 1.25  # how much wider than high the map beside a list is


def draw_blocks(layout: Layout, request: RequestVector, course_class: NDArray[np.floating]) -> None:
    """Draw the columns of a request, of a class, and their weighted product, `(d,)` each, block by block."""
    product = request.unweighted * course_class * np.repeat(request.weights, layout.widths)
    rows = {"请求 request": request.unweighted, "班次 class": course_class, "乘积 product": product}
    widths = np.maximum(layout.widths, 8) ** 0.5
    figure, grid = plt.subplots(3, len(layout.blocks), figsize=(12, 4.6), sharex="col", width_ratios=widths)
    for column, (block, start, width) in enumerate(zip(layout.blocks, layout.starts, layout.widths, strict=True)):
        label, colour = drawing.PREFERENCES[block.preference]
        for axes, (name, values) in zip(grid[:, column], rows.items(), strict=True):
            axes.bar(np.arange(width), values[start : start + width], width=1 if width > 30 else 0.7, color=colour)
            axes.axhline(0, color=drawing.QUIET, linewidth=0.6)
            axes.tick_params(labelsize=7, length=2)
            axes.locator_params(axis="y", nbins=4)
            axes.set(xlim=(-0.8, width - 0.2), xticks=[])
            axes.set_ylabel(name if column == 0 else "", fontsize=10)
        grid[0, column].set_title(label.replace(" ", "\n"), fontsize=9)
        grid[2, column].set_xlabel(f"{width} 列\nΣ = {product[start : start + width].sum():.3f}", fontsize=9)
    drawing.headline(figure, f"得分 {product.sum():.3f} 是最下一行之和 · the score is the sum of the bottom row")
    plt.show()


def draw_list(items: Items, network: Network, home: Point) -> None:
    """Draw each course's score as the sum of its parts, and beside it where the classes are taught; `home` is the learner's."""
    figure, (bars, map_) = plt.subplots(1, 2, figsize=(14, 5.4), width_ratios=[1.1, 1])
    _draw_parts(bars, items)
    _draw_places(map_, items, network, home)
    bars.legend(ncols=4, fontsize=8.5, loc="upper center", bbox_to_anchor=(0.4, -0.1))
    parts = [part for item in items for part in item["contributions"]]
    shares = pd.DataFrame(parts).groupby("name")["contribution"].sum() / sum(item["score"] for item in items)
    text, place = shares[[Preference.MEANING, Preference.WORDS]].sum(), shares[Preference.PLACE]
    drawing.headline(
        figure,
        f"{len(items)} 门课的得分：内容与用词占 {text:.0%}，距离占 {place:.0%} · "
        f"Meaning and words make {text:.0%} of these {len(items)} scores, nearness {place:.0%}",
    )
    plt.show()


def _draw_parts(axes: Axes, items: Items) -> None:
    left = np.zeros(len(items))
    for preference, (label, colour) in drawing.PREFERENCES.items():
        of_items = [{part["name"]: part["contribution"] for part in item["contributions"]} for item in items]
        parts = np.array([contributions.get(preference, 0.0) for contributions in of_items])
        if parts.any():
            axes.barh(range(len(items)), parts, left=left, color=colour, edgecolor="white", height=0.72, label=label)
        left += parts
    for row, item in enumerate(items):
        where = f"{item['score']:.2f} · {item['distance_km']:.1f} km"
        axes.text(left[row] + 0.01, row, where, va="center", fontsize=9, color=drawing.QUIET)
    axes.set_yticks(range(len(items)), [f"{item['course']['title']}  {item['rank']}" for item in items])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="得分 score（0–1）")


def _draw_places(axes: Axes, items: Items, network: Network, home: Point) -> None:
    at: dict[str, list[str]] = defaultdict(list)
    for item in items:
        at[item["site"]["site_id"]].append(str(item["rank"]))
    places = np.array([network.site_points[network.site_row[site_id]][::-1] for site_id in at])
    city.draw_plain(axes, network)
    axes.plot(home.longitude, home.latitude, "*", markersize=19, color=drawing.INK, mec="white", zorder=4)
    for (longitude, latitude), ranks in zip(places, at.values(), strict=True):
        axes.plot([home.longitude, longitude], [home.latitude, latitude], color=drawing.QUIET, linewidth=0.8, zorder=2)
        axes.annotate(
            "·".join(ranks),
            (longitude, latitude),
            ha="center",
            va="center",
            color="white",
            fontsize=9,
            zorder=5,
            bbox={"boxstyle": "round,pad=0.3,rounding_size=0.8", "facecolor": drawing.VERMILION, "edgecolor": "white"},
        )
    everything = np.vstack([places, [home.longitude, home.latitude]])
    _zoom(axes, everything)
    city.name_districts(axes, network, marks=everything)
    city.draw_scale(axes, 5)
    axes.set_title("★ 学员 the learner；数字是名次 numbers are ranks", fontsize=10)


def _zoom(axes: Axes, points: NDArray[np.floating], margin: float = 0.02) -> None:
    """Show the part of the city where `points` are, in degrees, wide enough for its panel."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    squeeze = np.cos(np.radians(low[1]))  # of a degree of longitude
    missing = np.maximum((_PANEL * np.diff([low[1], high[1]]) - np.diff([low[0], high[0]]) * squeeze) / squeeze, 0)
    axes.set(xlim=(low[0] - missing / 2, high[0] + missing / 2), ylim=(low[1], high[1]))
