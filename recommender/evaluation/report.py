"""Figures for people: tables on a terminal, and a drawing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from recommender.errors import JinxueError
from recommender.evaluation.baselines import optional
from recommender.evaluation.evaluation import Evaluation
from recommender.evaluation.metrics import Metric
from recommender.evaluation.significance import Comparison, Figure
from recommender.evaluation.systems import BOTH_TEXTS, LABELS, SERVICE
from recommender.language import Bilingual, Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEADS: Mapping[Metric, Bilingual] = {
    Metric.NDCG: Bilingual("nDCG@10", "nDCG@10"),
    Metric.RECALL: Bilingual("召回@10", "recall@10"),
    Metric.RECIPROCAL_RANK: Bilingual("首个排名倒数", "reciprocal rank"),
    Metric.DISTANCE_KM: Bilingual("公里", "km"),
    Metric.DIVERSITY: Bilingual("多样性", "diversity"),
    Metric.COVERAGE: Bilingual("课程覆盖", "coverage"),
    Metric.EXPOSURE_GINI: Bilingual("阵地基尼", "site Gini"),
}
_SUFFIXES = (".png", ".svg")
_OURS, _OTHERS = "#0b5d57", "#7d8884"


def show_evaluation(evaluation: Evaluation, language: Language, console: Console) -> None:
    """Print the figures, each give or take half its 95 % interval, and the comparisons in nDCG@10."""
    said = Bilingual(f"{evaluation.requests} 个评测请求", f"{evaluation.requests} judged requests")
    figures = Table(Column(overflow="fold"), title=said.in_language(language))
    for head in _HEADS.values():
        figures.add_column(head.in_language(language), justify="right", overflow="fold")
    for name, of_system in evaluation.systems.items():
        figures.add_row(_label(name, language), *(_cell(of_system[metric]) for metric in _HEADS))
    console.print(figures)
    if evaluation.comparisons:
        console.print(_comparisons(evaluation, language))


def _comparisons(evaluation: Evaluation, language: Language) -> Table:
    title = Bilingual("nDCG@10 之差，95 % 区间", "difference in nDCG@10, 95 % interval")
    relative = Bilingual("相对", "relative")
    table = Table("", "", "Δ", relative.in_language(language), "p", title=title.in_language(language))
    for one in evaluation.comparisons:
        table.add_row(_label(one.system, language), _label(one.other, language), *_compared(one))
    return table


def _compared(one: Comparison) -> Iterator[str]:
    mean, low, high = one.difference.mean, one.difference.low, one.difference.high
    yield f"{mean:+.3f}" + ("" if low is None else f" [{low:+.3f}, {high:+.3f}]")
    yield "" if one.relative is None else f"{one.relative:+.1%}"
    yield "< 0.001" if one.p_value < 0.001 else f"{one.p_value:.3f}"


def _label(name: str, language: Language) -> str:
    return LABELS[name].in_language(language) if name in LABELS else name


def _cell(figure: Figure) -> str:
    if figure.mean is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{figure.mean:.3f}"
    return f"{figure.mean:.3f} ±{(figure.high - figure.low) / 2:.3f}"


def check_drawing(path: Path) -> None:
    """Raise JinxueError when a drawing cannot be made at `path`: another suffix than .png and .svg, or no matplotlib."""
    if path.suffix.lower() not in _SUFFIXES:
        raise JinxueError(
            Bilingual(f"{path.name} 的后缀应为 .png 或 .svg。", f"The name {path.name} should end in .png or .svg.")
        )
    optional("matplotlib")
    optional("notojp_matplotlib", "notojp-matplotlib")


def draw(evaluation: Evaluation, path: Path) -> None:
    """Draw nDCG@10 of every system with its interval, and beside it against the distance in km, as PNG or SVG by the suffix."""
    check_drawing(path)  # whose last import makes Noto Sans CJK known
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Drawing

    with rc_context({"text.language": "zh-Hans", "axes.spines.top": False, "axes.spines.right": False}):
        drawing = Drawing(figsize=(12, 5), layout="constrained")
        bars, map_ = drawing.subplots(1, 2, width_ratios=(1.2, 1))
        _draw_bars(bars, evaluation)
        _draw_distances(map_, evaluation)
        try:
            drawing.savefig(path, dpi=150)
        except OSError as error:
            reason = error.strerror or str(error)
            raise JinxueError(Bilingual(f"无法写入 {path}：{reason}。", f"Cannot write {path}: {reason}.")) from error


def _colour(name: str) -> str:
    return _OURS if name in (SERVICE, BOTH_TEXTS) else _OTHERS


def _draw_bars(axes: "Axes", evaluation: Evaluation) -> None:
    for number, (name, figures) in reversed(list(enumerate(evaluation.systems.items(), 1))):
        mean, low, high = _spread(figures[Metric.NDCG])
        label = f"{_label(name, Language.ZH)} {number}"
        axes.barh(label, mean, color=_colour(name), xerr=[[mean - low], [high - mean]], capsize=3)
        axes.annotate(f"  {mean:.3f}", (high, label), va="center")
    axes.set(xlabel=f"nDCG@10（{evaluation.requests} 个请求，95 % 区间）", title="推荐得好不好")
    axes.margins(x=0.12)


def _draw_distances(axes: "Axes", evaluation: Evaluation) -> None:
    """Draw each system as its number among the bars: names would cover each other."""
    for number, (name, figures) in enumerate(evaluation.systems.items(), 1):
        if figures[Metric.DISTANCE_KM].mean is None:
            continue
        (x, left, right), (y, low, high) = _spread(figures[Metric.DISTANCE_KM]), _spread(figures[Metric.NDCG])
        across, along = [[x - left], [right - x]], [[y - low], [high - y]]
        axes.errorbar(x, y, yerr=along, xerr=across, fmt="o", markersize=14, color=_colour(name), mec="white", zorder=2)
        axes.annotate(str(number), (x, y), ha="center", va="center", color="white", fontsize=9, zorder=3)
    axes.set(xlabel="前十门课程上课地点的平均距离（公里）", ylabel="nDCG@10", title="又好又近：左上角最好")
    axes.margins(0.1)


def _spread(figure: Figure) -> tuple[float, float, float]:
    """Return mean, low and high, no spread where there is no interval. A tiny sample's interval may miss its mean by rounding."""
    mean = figure.mean or 0.0
    low, high = (mean if edge is None else edge for edge in (figure.low, figure.high))
    return mean, min(low, mean), max(high, mean)
