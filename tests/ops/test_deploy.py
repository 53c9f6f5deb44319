"""Dockerfile, compose file, Prometheus's configuration and systemd unit agree with the service and with each other."""

import json
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.settings import Settings
from tests.ops.files import DEPLOY, ROOT, compose, dockerfile, image_environment, last_stage, unit, variables

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
SETTINGS = {f"JINXUE_{name.upper()}" for name in Settings.model_fields}
OURS = ("import", "jinxue")


@pytest.mark.parametrize("path", ["Dockerfile", ".deploy/compose.yaml", ".deploy/jinxue.service", "Makefile"])
def test_every_setting_that_is_named_exists(path: str) -> None:
    assert variables((ROOT / path).read_text(encoding="utf-8")) <= SETTINGS


# the image


def test_the_image_runs_the_command_itself_as_nobody_else() -> None:
    stage = last_stage()
    assert json.loads(stage["ENTRYPOINT"]) == ["jinxue"]  # no shell in between: signals reach it
    assert json.loads(stage["CMD"]) == ["serve"]
    uid, _, gid = stage["USER"].partition(":")
    assert uid == gid
    assert int(uid) > 1000
    assert f"--uid {uid} " in stage["RUN"]


def test_the_image_is_made_of_what_is_there_and_of_nothing_else() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        word for name, words in dockerfile() if name == "COPY" and "--from" not in words for word in words.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    built = {name for name in ("recommender", "api", "models") if any(fnmatch(name, one) for one in copied)}
    assert built == {"recommender", "api", "models"}  # what the wheel is made of


def test_the_image_keeps_its_state_on_the_volume_and_listens_to_its_network() -> None:
    stage, environment = last_stage(), image_environment()
    assert environment["JINXUE_STATE"] == environment["TMPDIR"] == stage["VOLUME"]
    assert environment["JINXUE_HOST"] == "0.0.0.0"
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert int(stage["EXPOSE"]) == Settings.model_fields["port"].default


# compose


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name: str) -> None:
    _, tag = SERVICES[name]["image"].split(":")
    assert tag[0].isdigit() or tag[0] == "v"
    assert tag.count(".") >= 1


def test_the_image_bears_the_version_of_the_project() -> None:
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"jinxue:{version}"}


def test_no_secret_stands_in_the_compose_file() -> None:
    whole = compose()
    for service in SERVICES.values():
        assert not {name for name in service.get("environment", {}) if name.endswith(("PASSWORD", "KEY", "URL"))}
        for name in service.get("secrets", ()):
            assert whole["secrets"][name]["file"].startswith("./secrets/")
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"/.deploy/secrets/", "/.deploy/etc/"} <= set(ignored)
    assert SERVICES["database"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"


def test_two_processes_of_the_service_start_once_the_database_answers_and_the_catalogue_is_imported() -> None:
    service = SERVICES["jinxue"]
    assert service["deploy"]["replicas"] == 2
    assert service["depends_on"]["database"]["condition"] == "service_healthy"
    assert service["depends_on"]["import"]["condition"] == "service_completed_successfully"
    assert SERVICES["import"]["command"].startswith("import --if-changed")
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert int(SERVICES["database"]["image"].split(":")[1].split(".")[0]) >= 15


def test_paths_ports_and_volumes_agree_with_the_image() -> None:
    stage, whole = last_stage(), compose()
    for name in OURS:
        mounts = dict(volume.split(":")[:2] for volume in SERVICES[name]["volumes"])
        assert mounts == {"state": stage["VOLUME"], "./etc": stage["WORKDIR"]}
        assert (ROOT / ".deploy" / SERVICES[name]["build"]["context"] / "Dockerfile").is_file()
    assert SERVICES["jinxue"]["ports"] == [f"127.0.0.1:8000-8001:{stage['EXPOSE']}"]
    for service in SERVICES.values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            there = (
                (DEPLOY / source).exists() or source == "./etc"
                if source.startswith("./")
                else source in whole["volumes"]
            )
            assert there, volume
    uid = stage["USER"].split(":")[0]
    assert f"-o {uid} etc" in (DEPLOY / "compose.yaml").read_text("utf-8")


# Prometheus


def test_prometheus_scrapes_every_process_with_its_key() -> None:
    (job,) = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    (names,) = job["dns_sd_configs"]
    assert names["names"] == ["jinxue"]
    assert names["names"][0] in SERVICES
    assert names["port"] == int(last_stage()["EXPOSE"])
    assert job["authorization"]["credentials_file"] == f"/run/secrets/{SERVICES['prometheus']['secrets'][0]}"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="there is no promtool (package prometheus)")
def test_promtool_finds_nothing_wrong(tmp_path: Path) -> None:
    text = (DEPLOY / "prometheus.yml").read_text("utf-8").replace("/run/secrets", str(tmp_path))
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus", str(DEPLOY)), "utf-8")
    (tmp_path / "metrics_key").touch()
    told = subprocess.run(
        ["promtool", "check", "config", tmp_path / "prometheus.yml"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


# systemd


def test_the_unit_keeps_the_service_in_its_place() -> None:
    service = unit()["Service"]
    assert service["User"] == "jinxue"
    assert service["UMask"] == "0077"
    assert f"JINXUE_STATE=/var/lib/{service['StateDirectory']} " in service["Environment"]
    assert service["WorkingDirectory"] == last_stage()["WORKDIR"]  # the same settings file in both worlds
    assert service["ExecStart"].split()[1:] == ["serve"]
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_systemd_finds_nothing_wrong_and_little_exposed(tmp_path: Path) -> None:
    program = Path("/bin/true")  # what is started is not installed here
    copy = tmp_path / "jinxue.service"
    copy.write_text(
        (DEPLOY / "jinxue.service").read_text("utf-8").replace("/opt/jinxue/bin/jinxue", str(program)), "utf-8"
    )
    for words in (["verify"], ["security", "--offline=true", "--threshold=16"]):
        told = subprocess.run(["systemd-analyze", *words, copy], capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
        assert told.stderr == "" or words[0] == "security", told.stderr
