"""Where Chromium is."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the browser's path; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)
