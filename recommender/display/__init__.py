"""What a person reads in a terminal."""

from recommender.display.answer import show
from recommender.display.comparison import show_comparison
from recommender.display.merge import show_merge
from recommender.display.progress import progress
from recommender.display.snapshots import show_snapshots

__all__ = ["progress", "show", "show_comparison", "show_merge", "show_snapshots"]
