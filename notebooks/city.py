"""The city as a map: the cells of its sub-districts, coloured by a number, and its training sites."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import drawing
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from shapely.geometry import shape

from recommender.city_map import city_map
from recommender.domain import PlaceKind
from recommender.insights import conceal_places
from recommender.network import Network
from recommender.whereabouts import whereabouts

UNTOLD = {"facecolor": "#fbfbfa", "edgecolor": "#c3c8c5", "hatch": "////"}
_CLEAR_DEGREES = 0.006
_ROOM_SHARE = 0.004  # of a map: a district of which less is seen goes without its name


def shapes(network: Network, kind: str) -> dict[str, Any]:
    """Return the shapes of all places of a kind ("district" or "subdistrict") by place id, in degrees, longitude first."""
    features = city_map(network)["features"]
    return {one["properties"]["id"]: shape(one["geometry"]) for one in features if one["properties"]["kind"] == kind}


def draw_cells(
    axes: Axes, network: Network, values: Mapping[str, float], *, cmap: Colormap, norm: Normalize
) -> ScalarMappable:
    """Colour each sub-district's cell by its value; one without a value is hatched. The cells are not the official borders."""
    for place_id, cell in shapes(network, "subdistrict").items():
        value = values.get(place_id)
        look = UNTOLD if value is None else {"facecolor": cmap(norm(value)), "edgecolor": "white"}
        axes.add_patch(_patch(cell, linewidth=0.6, zorder=0, **look))
    for district in shapes(network, "district").values():
        axes.add_patch(_patch(district, facecolor="none", edgecolor="#7c8784", linewidth=1.0, zorder=1))
    _frame(axes, network)
    return ScalarMappable(norm, cmap)


def draw_plain(axes: Axes, network: Network) -> None:
    """Draw the districts in light grey: the ground for what is drawn on it."""
    for district in shapes(network, "district").values():
        axes.add_patch(_patch(district, facecolor="#eef0ed", edgecolor="white", linewidth=1.6, zorder=0))
    _frame(axes, network)


def _patch(area: Any, **look: Any) -> PathPatch:
    rings = [ring for part in shapely.get_parts(area) for ring in (part.exterior, *part.interiors)]
    return PathPatch(Path.make_compound_path(*(Path(np.asarray(ring.coords), closed=True) for ring in rings)), **look)


def _frame(axes: Axes, network: Network) -> None:
    west, south, east, north = shapely.union_all([*shapes(network, "district").values()]).bounds
    axes.set(xlim=(west - 0.01, east + 0.01), ylim=(south - 0.01, north + 0.01), xticks=[], yticks=[])
    axes.set_aspect(1 / np.cos(np.radians((south + north) / 2)))
    axes.spines[:].set_visible(False)


def name_districts(axes: Axes, network: Network, *, marks: NDArray[np.floating], fontsize: float = 11) -> None:
    """Write each district's name where it stands clearest of `marks`, `(n, 2)` degrees of longitude and latitude."""
    names = {place.place_id: place.name for place in network.gazetteer.places}
    kept_clear = shapely.union_all(shapely.buffer(shapely.points(marks), _CLEAR_DEGREES))
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for place_id, district in shapes(network, "district").items():
        free = district.intersection(shapely.box(west, south, east, north)).difference(kept_clear)
        if free.area < _ROOM_SHARE * (east - west) * (north - south):
            continue
        middle = shapely.get_point(shapely.maximum_inscribed_circle(free), 0)
        axes.text(
            middle.x,
            middle.y,
            names[place_id],
            ha="center",
            va="center",
            fontsize=fontsize,
            color=drawing.QUIET,
            path_effects=drawing.HALO,
            zorder=2,
        )


def draw_scale(axes: Axes, length_km: float) -> None:
    """Draw how long `length_km` is, in the lower right corner of a map."""
    (_, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    width = length_km / (111.32 * np.cos(np.radians(south)))
    height = south + 0.04 * (north - south)
    axes.plot([east - width, east], [height, height], color=drawing.QUIET, linewidth=2)
    middle, look = (east - width / 2, height), {"fontsize": 8, "color": drawing.QUIET}
    axes.annotate(f"{length_km:g} km", middle, (0, 3), textcoords="offset points", ha="center", va="bottom", **look)


def draw_sites(axes: Axes, network: Network) -> None:
    """Draw all training sites by kind."""
    for kind, (label, colour, marker, size) in drawing.SITE_KINDS.items():
        rows = [row for row, site in enumerate(network.sites) if site.kind is kind]
        latitudes, longitudes = network.site_points[rows].T
        look = {"s": size, "c": colour, "marker": marker, "edgecolors": "white", "linewidths": 0.9}
        axes.scatter(longitudes, latitudes, label=f"{label} ({len(rows)})", zorder=3, **look)


def told_learners(network: Network, *, hidden_below: int) -> Mapping[str | None, int]:
    """Return how many learners there are in each sub-district that may be told of, as `GET /v1/insights/coverage` decides it."""
    places, where = network.gazetteer.places, network.remember(whereabouts)
    ids = {row: place.place_id for row, place in enumerate(places)}  # -1, for not known, has none
    rows = zip(where.district.tolist(), where.subdistrict.tolist(), strict=True)
    counts = Counter((ids.get(district), ids.get(subdistrict)) for district, subdistrict in rows)
    parts: dict[str | None, dict[str | None, int]] = {None: {None: counts[None, None]}}
    for place in places:
        if place.kind is PlaceKind.DISTRICT:
            inside = [one.place_id for one in places if one.parent_id == place.place_id]
            parts[place.place_id] = {one: counts[place.place_id, one] for one in [None, *inside]}
    return conceal_places(parts, hidden_below) or {}


def draw_learners(network: Network, learners: Mapping[str, int]) -> None:
    """Draw the training sites over the number of learners in each sub-district; one that is not told of is hatched."""
    figure, axes = plt.subplots(figsize=(12, 6.2))
    greys = LinearSegmentedColormap.from_list("greys", ["#f1f3f1", "#7d9790"])
    colours = draw_cells(axes, network, learners, cmap=greys, norm=Normalize(0, max(learners.values())))
    draw_sites(axes, network)
    name_districts(axes, network, marks=network.site_points[:, ::-1])
    draw_scale(axes, 10)
    handles = [*axes.get_legend_handles_labels()[0], _untold()]
    axes.legend(loc="lower center", bbox_to_anchor=(0.64, 0), ncols=2, fontsize=9, handles=handles)
    figure.colorbar(colours, ax=axes, shrink=0.6, label="街道的学员数 learners in the sub-district")
    districts = pd.Series(learners).groupby(_district_names(network)).sum()
    most = districts.nlargest(3)
    drawing.headline(
        figure,
        f"{len(network.sites)} 个阵地；学员最多的是{'、'.join(most.index)}\n"
        f"{len(network.sites)} sites; of the learners told of, {most.sum() / districts.sum():.0%} are in three districts",
    )
    plt.show()


def _district_names(network: Network) -> dict[str, str]:
    """Return the name of the district of each sub-district, by place id."""
    names = {place.place_id: place.name for place in network.gazetteer.places}
    return {place.place_id: names[place.parent_id] for place in network.gazetteer.places if place.parent_id in names}


def draw_coverage(network: Network, coverage: Mapping[str, Any]) -> None:
    """Draw the share of learners with a fitting course near by, and in which districts the courses of which clusters are near."""
    figure, (map_, matrix) = plt.subplots(1, 2, figsize=(15, 6.8), width_ratios=[1.75, 1])
    few_to_many = LinearSegmentedColormap.from_list("few to many", [drawing.VERMILION, "#f7ecd6", drawing.BLUE])
    colours = {"cmap": few_to_many, "norm": Normalize(0, 1)}
    told = {one["place_id"]: one["covered_share"] for one in coverage["subdistricts"]}
    shares = draw_cells(map_, network, {name: share for name, share in told.items() if share is not None}, **colours)
    middles = np.array([cell.centroid.coords[0] for cell in shapes(network, "subdistrict").values()])
    name_districts(map_, network, marks=middles)
    draw_scale(map_, 10)
    map_.legend(loc="lower center", bbox_to_anchor=(0.68, 0), fontsize=9, handles=[_untold()])
    km, whole = f"{coverage['within_km']:g}", coverage["covered_share"]
    map_.set_title(f"{km} 公里内有合适课程的学员 learners with a fitting course within {km} km", fontsize=11)
    rarest = "、".join(_draw_clusters(matrix, network, coverage, **colours)[:3])
    look = {"location": "bottom", "shrink": 0.55, "format": PercentFormatter(1), "label": "比例 share（两图 both）"}
    figure.colorbar(shares, ax=map_, **look)
    drawing.headline(
        figure,
        f"全市 {whole:.0%} 的学员 {km} 公里内有合适的课程；最缺的产业：{rarest}\n"
        f"{whole:.0%} of the city's learners have a fitting course within {km} km; the rarest clusters are at the top right",
    )
    plt.show()


def _draw_clusters(axes: Axes, network: Network, coverage: Mapping[str, Any], **colours: Any) -> list[str]:
    """Draw by district the share of sub-districts with a course of each cluster near by; return the clusters' names, the rarest first."""
    present = pd.DataFrame(
        {
            (one["district"], one["place_id"]): {
                name: name not in one["missing_clusters"] for name in network.taxonomy.cluster_ids
            }
            for one in coverage["subdistricts"]
        }
    )
    shares = present.T.groupby(level=0).mean().T
    shares = shares.loc[present.mean(axis=1).sort_values().index, shares.mean().sort_values().index]
    axes.imshow(shares, aspect="auto", **colours)
    axes.set_xticks(range(len(shares.columns)), [name.removesuffix("区").removesuffix("新") for name in shares.columns])
    names = [network.taxonomy.name_of(name) for name in shares.index]
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0, labeltop=True, labelbottom=False, labelsize=8.5)
    axes.spines[:].set_visible(False)
    axes.set_title("近处有该产业课程的街道 sub-districts with a course near", fontsize=11)
    return names


def _untold() -> Patch:
    return Patch(label="人数少，不公布 too few to tell", **UNTOLD)
