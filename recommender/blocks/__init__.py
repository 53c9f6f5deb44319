"""The vector of a course instance and of a request, block by block; their inner product is the score."""

from recommender.blocks.block import Block
from recommender.blocks.calibration import Calibration, fit_calibration
from recommender.blocks.layout import Layout, RequestVector

__all__ = ["Block", "Calibration", "Layout", "RequestVector", "fit_calibration"]
