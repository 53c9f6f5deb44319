"""`kill -HUP`: settings are read again while the service runs."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.reload import AT_ONCE
from recommender.settings import Settings
from tests.faults.town import QUESTION
from tests.live import ServiceProcess, eventually


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """A file `.env` where the service is started."""
    path = tmp_path / ".env"
    path.write_text("JINXUE_MAXIMUM_K=50\n")
    return path


@pytest.fixture
def service(state: Path, settings_file: Path) -> Iterator[ServiceProcess]:
    started = ServiceProcess(state, refit_seconds=0)
    started.folder = settings_file.parent
    with started:
        yield started


def hang_up(service: ServiceProcess, settings_file: Path, lines: str) -> str:
    """Change the file, let it be read again, and return what is said of it."""
    before = len(service.log)
    settings_file.write_text(lines)
    assert service.process is not None
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: "settings" in service.log[before:], seconds=10)
    time.sleep(0.1)
    return "\n".join(line for line in service.log[before:].splitlines() if "settings" in line)


def asked(client: httpx.Client, k: int) -> int:
    return client.post("/v1/recommendations", json={**QUESTION, "k": k}).status_code


def test_limits_change_at_once_and_no_request_is_lost(service: ServiceProcess, settings_file: Path) -> None:
    stopping, statuses = threading.Event(), []

    def go_on() -> None:
        with service.client() as client:
            while not stopping.is_set():
                statuses.append(asked(client, 5))

    busy = threading.Thread(target=go_on)
    busy.start()
    with service.client() as client, httpx.Client(base_url=service.url, trust_env=False) as stranger:
        assert asked(client, 20) == 200
        for k in range(10, 20):
            said = hang_up(service, settings_file, f"JINXUE_MAXIMUM_K={k}\n")
            assert "maximum_k" in said
            assert (asked(client, k), asked(client, k + 1)) == (200, 422)
        said = hang_up(
            service, settings_file, "JINXUE_RATE_PER_ADDRESS=2/hour\nJINXUE_ALLOWED_ORIGINS=https://a.example\n"
        )
        assert {"maximum_k", "rate_per_address", "allowed_origins"} <= set(
            said.replace(",", " ").replace('"', " ").split()
        )
        told = [stranger.get("/v1/taxonomy", headers={"origin": "https://a.example"}) for _ in range(3)]
    stopping.set()
    busy.join()

    assert [answer.status_code for answer in told] == [401, 401, 429]
    assert told[0].headers["access-control-allow-origin"] == "https://a.example"
    assert set(statuses) == {200}


def test_what_takes_a_new_start_is_named_and_a_wrong_value_changes_nothing(
    service: ServiceProcess, settings_file: Path
) -> None:
    with service.client() as client:
        later = hang_up(service, settings_file, "JINXUE_MAXIMUM_K=40\nJINXUE_KEPT_ANSWERS=7\nJINXUE_DEMO=true\n")
        assert "new start: demo, kept_answers" in later
        assert httpx.get(f"{service.url}/v1/taxonomy", trust_env=False).status_code == 401

        wrong = hang_up(service, settings_file, "JINXUE_MAXIMUM_K=many-secrets\nJINXUE_HIDDEN_BELOW=9\n")
        assert "JINXUE_MAXIMUM_K" in wrong
        assert "many-secrets" not in service.log
        assert (asked(client, 40), asked(client, 41)) == (200, 422)

        assert "UTF-8" in hang_up_with_bytes(service, settings_file)
        assert asked(client, 40) == 200
    assert "Traceback" not in service.log
    assert service.end() == 0


def hang_up_with_bytes(service: ServiceProcess, settings_file: Path) -> str:
    before = len(service.log)
    settings_file.write_bytes(b"JINXUE_MAXIMUM_K=\xff\xfe\n")
    assert service.process is not None
    service.process.send_signal(signal.SIGHUP)
    return eventually(lambda: service.log[before:] if "settings" in service.log[before:] else "", seconds=10)


def test_the_level_of_the_log_changes_at_once(service: ServiceProcess, settings_file: Path) -> None:
    def is_told() -> bool:
        before = len(service.log)
        with service.client() as client:
            asked(client, 5)
        time.sleep(0.1)
        return '"request"' in service.log[before:]

    assert is_told()
    hang_up(service, settings_file, "JINXUE_LOG_LEVEL=warning\n")
    assert not is_told()
    hang_up(service, settings_file, "JINXUE_LOG_LEVEL=info\n")
    assert is_told()


def test_what_can_change_at_once_are_settings() -> None:
    assert set(Settings.model_fields) > AT_ONCE
