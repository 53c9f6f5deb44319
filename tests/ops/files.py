"""The files that say how the service is run, read."""

import configparser
import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / ".deploy"


def compose() -> dict[str, Any]:
    """Return the compose file, with its merge keys resolved."""
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


def dockerfile() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions: names and what stands behind them, on one line each."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line]


def last_stage() -> dict[str, str]:
    """Return the instructions of the image that is run, by name; the last of each."""
    found = dockerfile()
    begin = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return dict(found[begin:])


def image_environment() -> dict[str, str]:
    """Return the variables that are set in the image."""
    return dict(word.split("=", 1) for word in last_stage()["ENV"].split())


def health_check() -> list[str]:
    """Return the words of the image's health check."""
    return list(json.loads(last_stage()["HEALTHCHECK"].split("CMD", 1)[1]))


def unit() -> configparser.ConfigParser:
    """Return the systemd unit; of settings that stand there twice, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "jinxue.service", encoding="utf-8")
    return parser


def variables(text: str) -> set[str]:
    """Return the settings that a text names."""
    return set(re.findall(r"JINXUE_[A-Z_]+", text))
