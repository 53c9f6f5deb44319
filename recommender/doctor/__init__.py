"""Looks at every part and at the data, says what is wrong and how to mend it."""

from recommender.doctor.data import examine_data
from recommender.doctor.examination import examine
from recommender.doctor.finding import Finding, Severity

__all__ = ["Finding", "Severity", "examine", "examine_data"]
