"""What the service needs is pinned and its licences are listed; what it does not need is said when it is asked for."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.ops.files import DEPLOY, ROOT

PINS = {
    canonicalize_name(line.split("==")[0]): line.split("==")[1]
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if "==" in line
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def asked_for(name: str, extra: str) -> list[str]:
    """Return what a package asks for; with an `extra`, for that, too."""
    if name == "jinxue":  # what is written, not what it was when it was installed
        return [*(EXTRAS[extra] if extra else PROJECT["dependencies"])]
    return metadata.requires(name) or []


def needed(*extras: str) -> set[str]:
    """Return the names of all packages that jinxue with those extras brings, however far away."""
    found: set[tuple[str, str]] = set()
    waiting = [("jinxue", extra) for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for line in asked_for(name, extra):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(requirement.name), one) for one in ("", *requirement.extras)]
    return {name for name, _ in found} - {"jinxue"}


def test_a_service_needs_no_torch() -> None:
    assert not needed() & {"torch", "sentence-transformers", "transformers"}
    assert {"torch", "sentence-transformers"} <= needed("encoders")


def test_everything_that_is_installed_is_pinned() -> None:
    operating = {
        canonicalize_name(Requirement(line).name) for line in EXTRAS["operate"]
    }  # only operators install those
    missing = (needed(*EXTRAS.keys() - {"operate"}) | operating) - PINS.keys() - {"setuptools", "pip"}
    assert missing == set()


def test_pins_stand_in_order_and_once() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    assert lines == sorted(lines, key=str.lower)
    assert len(lines) == len(PINS)


def test_the_licences_are_those_of_what_the_service_needs() -> None:
    rows = re.findall(r"^\| (\S+) +\| (\S+) +\| (.+?) +\|$", (DEPLOY / "LICENCES.md").read_text("utf-8"), re.MULTILINE)
    listed = {canonicalize_name(name): version for name, version, _ in rows if name != "Name"}
    assert listed == {name: PINS[name] for name in needed()}, "make licences"
    assert not [row for row in rows if re.search(r"UNKNOWN|AGPL|(?<!L)GPL", row[2])]


WITHOUT = """
import sys
from importlib.machinery import PathFinder
gone, find = {"torch", "sentence_transformers", "transformers", "datasets", "accelerate"}, PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name.partition(".")[0] in gone else find(name, *rest)
from recommender.cli import main
sys.argv[0] = "jinxue"
main()
"""


@pytest.mark.parametrize(
    ("words", "encoder", "extra"),
    [(["build"], "some/model", "encoders"), (["train-encoder", "new"], "", "train")],
)
def test_what_needs_torch_says_what_to_install(words: list[str], encoder: str, extra: str, tmp_path: Path) -> None:
    environment = {"JINXUE_LANGUAGE": "en", "PYTHONPATH": str(ROOT), **({"JINXUE_ENCODER": encoder} if encoder else {})}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == (
        f"The package sentence-transformers is not installed; install it by: pip install 'jinxue[{extra}]'"
    )
