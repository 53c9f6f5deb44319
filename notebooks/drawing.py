"""What the notebooks' pictures share: the day they are drawn on, a font with Chinese characters, colours, tables, labels that keep apart."""

import datetime
import logging
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import notojp_matplotlib  # noqa: F401  registers Noto Sans CJK, which holds every character of the bundled data
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from pandas import DataFrame
from pandas.io.formats.style import Styler

from recommender.domain import SiteKind
from recommender.policy import Preference

TODAY = datetime.date(2026, 3, 2)
"""The bundled classes have dates relative to the day they are read: on a fixed day the pictures are always the same."""

INK, QUIET, FAINT = "#1c2524", "#5f6b68", "#d5dad6"
# colours that the colour-blind can tell apart: Okabe and Ito, "Color universal design", 2008
BLUE, SKY, GREEN, ORANGE, VERMILION, PURPLE = "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7"
PREFERENCES = {
    Preference.MEANING: ("内容 meaning", BLUE),
    Preference.WORDS: ("用词 words", SKY),
    Preference.PLACE: ("距离 place", VERMILION),
    Preference.LEVEL: ("等级 level", GREEN),
    Preference.INDUSTRY: ("产业 industry", PURPLE),
    Preference.SCHEDULE: ("时间 schedule", ORANGE),
    Preference.QUALITY: ("质量 quality", "#8a9490"),
}
SITE_KINDS = {  # label, colour, marker, size in points²
    SiteKind.CENTRE: ("培训中心 centre", BLUE, "o", 30),
    SiteKind.WORKSHOP: ("实训工场 workshop", VERMILION, "^", 70),
    SiteKind.HUB: ("总部 hub", INK, "*", 330),
}
HALO = [withStroke(linewidth=2.5, foreground="white")]
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))  # of a point, right and up


def use_style() -> None:
    """Set what all pictures share."""
    # Chinese characters come in one weight here: matplotlib need not say so for each bold title
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    plt.rcParams.update(
        {
            "text.language": "zh-Hans",  # the font draws a character as its readers write it
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 12,
            "axes.labelcolor": QUIET,
            "axes.edgecolor": "#b9beb9",
            "xtick.color": QUIET,
            "ytick.color": INK,
            "text.color": INK,
            "legend.frameon": False,
        }
    )


def headline(figure: Any, text: str) -> None:
    """Write a picture's finding above all of it, left-aligned."""
    figure.suptitle(text, x=0.01, ha="left", fontsize=13)


def table(rows: Any, **how: Any) -> Styler:
    """Return what `pandas.DataFrame(rows, **how)` holds as a table of text, left-aligned, with its markup escaped."""
    left = {"text-align": "left"}
    frame = DataFrame(rows, **how)
    heads = [{"selector": "th", "props": [*left.items()]}]
    return frame.style.hide(axis="index").format(escape="html").set_properties(**left).set_table_styles(heads)


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters of `text`."""
    return text if len(text) <= length else text[: length - 1] + "…"


def label_apart(
    axes: Axes,
    points: NDArray[np.floating],
    labels: Sequence[str],
    *,
    colours: Sequence[str],
    fontsize: float = 8,
    covered: NDArray[np.floating] | None = None,
) -> None:
    """Write beside each of `points`, `(n, 2)`, its label where there is room for it; what would cover another, or `covered`, is left out."""
    axes.figure.canvas.draw()  # the layout settles, and with it where everything is
    marks = axes.transData.transform(points if covered is None else np.vstack([points, covered]))
    within, taken = axes.get_window_extent(), []
    for point, label, colour in zip(points, labels, colours, strict=True):
        for across, up in _SIDES:
            text = axes.annotate(
                label,
                point,
                (7 * across, 7 * up) if across * up == 0 else (5 * across, 5 * up),
                textcoords="offset points",
                ha=("right", "center", "left")[across + 1],
                va=("top", "center", "bottom")[up + 1],
                fontsize=fontsize,
                color=colour,
                path_effects=HALO,
                zorder=5,
            )
            text.set_in_layout(False)
            box = text.get_window_extent().padded(3)
            inside = within.containsx(box.x0) and within.containsx(box.x1) and within.containsy(box.y0)
            if inside and not (box.count_overlaps(taken) or box.count_contains(marks)):
                taken.append(box)
                break
            text.remove()
