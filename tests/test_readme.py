"""What README.md and README.zh-CN.md tell people to do is done here."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import LiveService

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
BENCHMARKS = sorted(path.stem for path in (ROOT / "tests" / "benchmarks").glob("*.py"))
MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def commands(name: str) -> Iterator[str]:
    """Yield the commands of a README's shell blocks, joined where a line goes on, without comments."""
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.split("  #")[0].strip()
            if command:
                yield command


ALL = list(dict.fromkeys(command for name in READMES for command in commands(name)))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    with LiveService(tmp_path_factory.mktemp("readme"), demo=True) as service:
        yield service


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    """Return a service into which no command of the READMEs has written."""
    with LiveService(tmp_path_factory.mktemp("untouched"), demo=True) as service:
        yield service


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder where one may leave files, and which has the models at hand as a checkout does."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "models").symlink_to(ROOT / "models")
    return folder


@pytest.mark.parametrize("command", ALL, ids=[command[:60] for command in ALL])
def test_a_command_of_the_readme_does_what_it_says(command: str, live: LiveService, desk: Path) -> None:
    if issued := re.fullmatch(r"export JINXUE_KEY=\$\((.+)\)", command):
        command = issued[1]
    program, *words = shlex.split(command)
    while "=" in program:  # a variable set for one command
        program, *words = words
    if program == "make":
        targets = [word for word in words if "=" not in word]
        assert targets, command
        assert set(targets) <= MAKE_TARGETS
        variables = {word.split("=")[0] for word in words if "=" in word}
        assert variables <= {"PORT", "STATE", "CATALOGUE", "PYTHON", "TORCH_INDEX"}
    elif program == "curl":
        told = command.replace("http://127.0.0.1:8000", live.url)
        environment = {**os.environ, "JINXUE_KEY": live.key}
        done = subprocess.run(told, shell=True, capture_output=True, text=True, cwd=desk, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout
        for line in done.stdout.splitlines():
            assert "errors" not in json.loads(line), line
    elif program == "jinxue":
        if words[:1] == ["import"] and words[1:]:
            assert live.run_command(f"jinxue export {words[1]}", cwd=desk).returncode == 0  # whatever ran before
        done = live.run_command(command, cwd=desk)
        assert done.returncode == 0, done.stderr
        assert not issued or re.fullmatch(r"jinxue_\w{12}_\S{43}\n", done.stdout)
    else:
        assert program in {"git", "cd"}, f"no test knows how to try {command!r}"


@pytest.mark.parametrize("name", READMES)
def test_the_answer_shown_is_the_answer_given(name: str, untouched: LiveService) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    request = next(command for command in commands(name) if "/v1/recommendations" in command)
    shown = json.loads(re.search(r"```json\n(.*?)```", text, flags=re.DOTALL).group(1))  # type: ignore[union-attr]
    told = request.replace("http://127.0.0.1:8000", untouched.url)
    given = json.loads(subprocess.run(told, shell=True, capture_output=True, text=True, check=True).stdout)
    for key in shown:
        if key == "items":
            _holds(given["items"][0], shown["items"][0])
        else:
            _holds(given[key], shown[key])


def _holds(given: object, shown: object) -> None:
    """Assert that everything shown is given; a README may leave keys out."""
    if isinstance(shown, dict):
        assert isinstance(given, dict)
        for key, value in shown.items():
            _holds(given[key], value)
    elif isinstance(shown, list):
        assert isinstance(given, list)
        for one, other in zip(given, shown, strict=False):
            _holds(one, other)
    else:
        assert given == shown


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_benchmark(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"(?:tests\.benchmarks|…)\.(\w+)`", text))) == BENCHMARKS


@pytest.mark.parametrize("module", BENCHMARKS)
def test_every_benchmark_can_be_started(module: str) -> None:
    words = [sys.executable, "-m", f"tests.benchmarks.{module}", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_documented(name: str) -> None:
    from recommender.cli import app

    text = (ROOT / name).read_text(encoding="utf-8")
    groups = {"": app, **{f"{group.name} ": group.typer_instance for group in app.registered_groups}}
    for prefix, group in groups.items():
        for command in group.registered_commands:  # type: ignore[union-attr]
            word = command.name or command.callback.__name__  # type: ignore[union-attr]
            assert f"jinxue {prefix}{word}" in text, word
