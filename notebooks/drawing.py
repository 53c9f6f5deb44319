"""What the notebooks share: the day they draw, a font with Chinese characters, colours, and the outline of the city."""

import datetime
import logging
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import notojp_matplotlib  # noqa: F401  registers Noto Sans CJK, which holds every character of the bundled data
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from pandas import DataFrame
from pandas.io.formats.style import Styler
from scipy.ndimage import distance_transform_edt

from recommender.domain import Mode, Place, PlaceKind, Schedule, SiteKind, SkillLevel
from recommender.geography import distances_km
from recommender.network import Network
from recommender.policy import Preference
from recommender.taxonomy import skill_levels

TODAY = datetime.date(2026, 3, 2)
"""The bundled classes have dates relative to the day they are read: on a fixed day the drawings are always the same."""

INK, QUIET, ACCENT = "#1c2524", "#6d7a77", "#0b5d57"
PREFERENCES = {
    Preference.MEANING: ("内容 meaning", "#0b6ea8"),
    Preference.WORDS: ("用词 words", "#6a51a3"),
    Preference.PLACE: ("距离 place", "#d1570a"),
    Preference.LEVEL: ("等级 level", "#00855f"),
    Preference.INDUSTRY: ("产业 industry", "#b4568c"),
    Preference.SCHEDULE: ("时间 schedule", "#b98900"),
    Preference.QUALITY: ("质量 quality", "#6b7684"),
}
SITE_KINDS = {  # label, colour, marker, size in points²
    SiteKind.CENTRE: ("培训中心 centre", "#0b6ea8", "o", 26),
    SiteKind.WORKSHOP: ("实训工场 workshop", "#d1570a", "^", 62),
    SiteKind.HUB: ("总部 hub", "#b3261e", "*", 330),
}
MODES = {Mode.AT_SITE: "阵地 at site", Mode.ONLINE: "线上 online", Mode.AT_ENTERPRISE: "送教 at enterprise"}
SCHEDULES = {
    Schedule.WEEKDAY: ("工作日 weekday", "#0b6ea8"),
    Schedule.EVENING: ("晚上 evening", "#6a51a3"),
    Schedule.WEEKEND: ("周末 weekend", "#d1570a"),
    Schedule.SELF_PACED: ("自由安排 self-paced", "#00855f"),
}
HALO = [withStroke(linewidth=2.5, foreground="white")]
_DISTRICT_TINTS = ListedColormap(
    ["#e6efe9", "#f3ead9", "#e4ebf3", "#f2e6ea", "#ecefdc", "#e9e5f2", "#e2f0f1", "#f5ece4", "#e8eee4", "#f0e9e9"]
)
_OUTLINE_KM = 6.0
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))  # of a point, right and up


def use_style() -> None:
    """Set what all drawings share."""
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
            "axes.titleweight": "bold",
            "axes.labelcolor": QUIET,
            "axes.edgecolor": "#b9beb9",
            "xtick.color": QUIET,
            "ytick.color": INK,
            "text.color": INK,
            "legend.frameon": False,
        }
    )


def level_label(level: SkillLevel | None) -> str:
    """Return a level's name in both languages; None is a course for every level."""
    if level is None:
        return "不限 any"
    return f"{skill_levels()[level].name} {level.value.replace('_', ' ')}"


def subdistricts(network: Network) -> tuple[list[Place], NDArray[np.float64]]:
    """Return the sub-districts and their points, `(m, 2)` degrees of latitude and longitude."""
    places = [place for place in network.gazetteer.places if place.kind is PlaceKind.SUBDISTRICT]
    points = [network.gazetteer.point_of(place) for place in places]
    return places, np.array([(point.latitude, point.longitude) for point in points])


def draw_city(axes: Axes, network: Network, *, marks: NDArray[np.float64], tint: bool = True) -> None:
    """Draw the districts as the areas nearest to their sub-districts' points (not the official borders), with their names.

    The names stand clear of `marks`, `(n, 2)` degrees: what will be drawn on the map.
    """
    districts = [place for place in network.gazetteer.places if place.kind is PlaceKind.DISTRICT]
    row = {place.place_id: number for number, place in enumerate(districts)}
    places, points = subdistricts(network)
    owner = np.array([row[str(place.parent_id)] for place in places])
    (south, west), (north, east) = points.min(axis=0) - 0.06, points.max(axis=0) + 0.06
    longitudes, latitudes = np.meshgrid(np.linspace(west, east, 420), np.linspace(south, north, 260))
    away = distances_km(np.column_stack([latitudes.ravel(), longitudes.ravel()]), points)
    nearest = np.where(away.min(axis=1) <= _OUTLINE_KM, owner[away.argmin(axis=1)], -1).reshape(latitudes.shape)
    shown = np.ma.masked_less(nearest, 0)
    colours = _DISTRICT_TINTS if tint else ListedColormap(["#eceeea"])
    axes.pcolormesh(
        longitudes,
        latitudes,
        shown,
        cmap=colours,
        vmin=0,
        vmax=colours.N - 1,
        zorder=0,
        rasterized=True,
    )
    axes.contour(
        longitudes,
        latitudes,
        nearest + 0.0,
        levels=np.arange(-0.5, len(districts)),
        colors="white",
        linewidths=1.2,
        zorder=1,
    )
    marked = np.zeros(nearest.shape, dtype=bool)
    marked[np.searchsorted(latitudes[:, 0], marks[:, 0]), np.searchsorted(longitudes[0], marks[:, 1])] = True
    for number, district in enumerate(districts):
        clear = distance_transform_edt((nearest == number) & ~marked)
        spot = np.unravel_index(clear.argmax(), clear.shape)
        where = float(longitudes[spot]), float(latitudes[spot])
        axes.text(
            *where, district.name, ha="center", va="center", fontsize=11, color="#7c8784", weight="bold", zorder=1
        )
    axes.set(
        aspect=1 / np.cos(np.radians(points[:, 0].mean())), xticks=[], yticks=[], xlim=(west, east), ylim=(south, north)
    )
    axes.spines[:].set_visible(False)
    scale_bar(axes, 10)


def scale_bar(axes: Axes, length_km: float) -> None:
    """Draw how long `length_km` is, in the lower right corner of a map."""
    (_, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    width = length_km / (111.32 * np.cos(np.radians(south)))
    height = south + 0.04 * (north - south)
    axes.plot([east - width, east], [height, height], color=QUIET, linewidth=2)
    axes.text(east - width / 2, height, f"{length_km:g} km", ha="center", va="bottom", fontsize=8, color=QUIET)


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters of `text`."""
    return text if len(text) <= length else text[: length - 1] + "…"


def table(rows: Any, **how: Any) -> Styler:
    """Return what `pandas.DataFrame(rows, **how)` holds as a table of text, left-aligned, with its markup escaped."""
    left = {"text-align": "left"}
    frame = DataFrame(rows, **how)
    heads = [{"selector": "th", "props": [*left.items()]}]
    return frame.style.hide(axis="index").format(escape="html").set_properties(**left).set_table_styles(heads)


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
