"""Spans of time as people type them: 12h, 90d, 18m, 2y."""

import datetime
import re

import typer

Span = datetime.timedelta | None
"""None for never, where that may be said."""

_SPAN = re.compile(r"([1-9][0-9]{0,4})([hdmy])")
_HOURS = {"h": 1, "d": 24, "m": 24 * 30, "y": 24 * 365}
_LONGEST = datetime.timedelta(days=36_500)


def parse_span(typed: str) -> datetime.timedelta:
    """Return a span; typer.BadParameter for anything else. A month counts as 30 days, a year as 365."""
    found = _SPAN.fullmatch(typed.strip().lower())
    span = datetime.timedelta(hours=int(found[1]) * _HOURS[found[2]]) if found else _LONGEST * 2
    if span > _LONGEST:
        raise typer.BadParameter(
            "应如 12h、90d、18m、2y，最长一百年 / expected 12h, 90d, 18m or 2y, at most a hundred years"
        )
    return span


def parse_span_or_never(typed: str) -> Span:
    """Return a span, None for `never`."""
    return None if typed.strip().lower() == "never" else parse_span(typed)
