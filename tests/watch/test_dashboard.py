"""The dashboard and the alerts: what they look at is there, and a real Prometheus understands them."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi.testclient import TestClient

from tests.faults.town import QUESTION, found_town
from tests.live import ServiceProcess, eventually
from tests.watch.counting import numbers

DEPLOY = Path(__file__).parents[2] / ".deploy"
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
ALERTS: dict[str, Any] = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
EXPRESSIONS = [
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
    *((rule["alert"], rule["expr"]) for rule in RULES),
    *((each["name"], each["expr"]) for each in DASHBOARD["annotations"]["list"]),
]
_NAME = re.compile(r"\b(?:jinxue|process)_[a-z_]+\b")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LABELS = {"route", "method", "status", "reason", "source", "constraint", "table", "scope", "part", "version", "le"}
_OF_PROMETHEUS = {"instance", "job"}


def program(name: str) -> str:
    """Return where a program of Prometheus' is; skip where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install prometheus)")
    return found


def asked(expression: str) -> str:
    """Return what Grafana asks for an expression."""
    return expression.replace("$instance", ".*").replace("$job", ".*").replace("$__rate_interval", "10s")


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_what_is_looked_at_is_there(client: TestClient, title: str, expression: str) -> None:
    client.post("/v1/recommendations", json=QUESTION).raise_for_status()
    there = {name for name, _ in numbers(client)}
    labels = {label for _, pairs in numbers(client) for label, _ in pairs}

    assert set(_NAME.findall(expression)) <= there
    named = re.findall(r"([a-z_]+)(?:=~?|!=)\"", expression)
    named += [one.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for one in group.split(",")]
    assert set(named) <= (labels & _LABELS) | _OF_PROMETHEUS


def test_every_metric_of_ours_is_looked_at(client: TestClient) -> None:
    seen = {name for _, expression in EXPRESSIONS for name in _NAME.findall(expression)}
    counted = {re.sub(r"_(bucket|sum|count)$", "", name) for name in seen}
    there = {re.sub(r"_(bucket|sum|count)$", "", name) for name, _ in numbers(client)}

    assert {name for name in there if name.startswith("jinxue_")} - counted == set()


def test_the_dashboard_asks_for_its_source_and_speaks_both_languages() -> None:
    assert DASHBOARD["schemaVersion"] >= 38
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in PANELS:
        assert _CHINESE.search(panel["title"])
        assert re.search(r"[A-Za-z]{3}", panel["title"])
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
    for rule in RULES:
        assert _CHINESE.search(rule["annotations"]["summary"])
        assert rule["labels"]["severity"] in ("warning", "critical")


def test_no_two_panels_lie_over_each_other() -> None:
    fields = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(fields)) == len(fields)
    assert max(x for x, _ in fields) == 23


def test_promtool_finds_nothing_wrong_with_the_rules() -> None:
    done = subprocess.run(
        [program("promtool"), "check", "rules", str(DEPLOY / "alerts.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(RULES)} rules found" in done.stdout


_WELL = {
    'up{job="jinxue", instance="a"}': "1x60",
    'jinxue_http_requests_total{status="200"}': "0+600x60",
    'jinxue_http_requests_total{status="500"}': "0+1x60",
    'jinxue_http_request_duration_seconds_bucket{route="/", le="1"}': "0+600x60",
    'jinxue_http_request_duration_seconds_bucket{route="/", le="2.5"}': "0+600x60",
    'jinxue_http_request_duration_seconds_bucket{route="/", le="+Inf"}': "0+600x60",
    'jinxue_http_request_duration_seconds_bucket{route="/v1/sync", le="1"}': "0x60",
    'jinxue_http_request_duration_seconds_bucket{route="/v1/sync", le="+Inf"}': "0+60x60",
    'jinxue_http_refusals_total{reason="capacity"}': "0+6x60",
    'jinxue_http_refusals_total{reason="unauthorised"}': "0+6x60",
    'jinxue_http_refusals_total{reason="forbidden"}': "0+600x60",
    "jinxue_snapshot_lag_versions": "0 1 0 1x1 0 1 0x60",
    'jinxue_part_degraded{part="store"}': "0 1 0x60",
    'jinxue_part_degraded{part="disk"}': "0 1 0x60",
    'jinxue_keys_expiring{scope="site"}': "0x120",
}
"""A service that is well, minute by minute; what is short or rare is no alarm."""
_ILL = {
    "JinxueDown": {'up{job="jinxue", instance="a"}': "0x60"},
    "JinxueErrors": {'jinxue_http_requests_total{status="500"}': "0+10x60"},
    "JinxueSlow": {'jinxue_http_request_duration_seconds_bucket{route="/", le="1"}': "0+500x60"},
    "JinxueOverloaded": {'jinxue_http_refusals_total{reason="capacity"}': "0+600x60"},
    "JinxueStrangers": {'jinxue_http_refusals_total{reason="unauthorised"}': "0+60x60"},
    "JinxueLagging": {"jinxue_snapshot_lag_versions": "2x60"},
    "JinxueDegraded": {'jinxue_part_degraded{part="store"}': "1x60"},
    "JinxueDiskFault": {'jinxue_part_degraded{part="disk"}': "1x60"},
    "JinxueKeysExpiring": {'jinxue_keys_expiring{scope="site"}': "3x120"},
}
"""By alert: what makes it ring, and no other."""


def ringing(names: list[str], series: dict[str, str], minute: int) -> dict[str, Any]:
    """Return promtool's test that exactly these alerts ring at a minute of the series."""
    rings = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in names]
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in {**_WELL, **series}.items()],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                "eval_time": f"{minute}m",
                "exp_samples": rings,
            }
        ],
    }


def test_every_alert_rings_for_what_it_is_for_and_for_nothing_else(tmp_path: Path) -> None:
    assert set(_ILL) == {rule["alert"] for rule in RULES}
    later = {"JinxueKeysExpiring": 61}
    tests = [ringing([], {}, minute) for minute in (1, 3, 4, 30)]
    tests += [ringing([name], ill, later.get(name, 30)) for name, ill in _ILL.items()]
    told = {"rule_files": [str(DEPLOY / "alerts.yml")], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(told), encoding="utf-8")

    words = [program("promtool"), "test", "rules", str(tmp_path / "tests.yml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_nothing_wrong_with_the_metrics(client: TestClient) -> None:
    text = client.get("/metrics").text
    done = subprocess.run(
        [program("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[tuple[ServiceProcess, httpx.Client]]:
    """A service, and a Prometheus that reads it by a key in a file and knows the rules."""
    command = program("prometheus")
    found_town(tmp_path / "state")
    with ServiceProcess(tmp_path / "state") as service, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.close()
        (tmp_path / "key").write_text(service.key)
        scraped = {
            "job_name": "jinxue",
            "authorization": {"credentials_file": str(tmp_path / "key")},
            "static_configs": [{"targets": [service.url.removeprefix("http://")]}],
        }
        config = {
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "1s"},
            "rule_files": [str(DEPLOY / "alerts.yml")],
            "scrape_configs": [scraped],
        }
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
        words = [command, f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}"]
        with (tmp_path / "prometheus.log").open("w") as log:
            process = subprocess.Popen([*words, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                yield service, client
        finally:
            process.terminate()
            process.wait(20)


def test_a_prometheus_that_reads_a_service_can_draw_every_panel_and_judge_every_rule(
    prometheus: tuple[ServiceProcess, httpx.Client],
) -> None:
    service, client = prometheus

    def result(expression: str) -> list[Any]:
        try:
            answer = client.get("/api/v1/query", params={"query": asked(expression)})
        except httpx.TransportError:
            return []  # it starts
        if answer.status_code == 503:
            return []
        assert answer.status_code == 200, (expression, answer.text)
        return list(answer.json()["data"]["result"])

    with service.client() as http:

        def is_counted() -> bool:
            http.post("/v1/recommendations", json=QUESTION).raise_for_status()
            http.get("/v1/courses/nobody-knows-it")
            return bool(result("rate(jinxue_http_requests_total[10s]) > 0"))

        eventually(is_counted, seconds=20)
    without = {title for title, expression in EXPRESSIONS if not result(expression)}
    assert without - {rule["alert"] for rule in RULES} - {"快照更换 Snapshot swapped"} == set()
    assert result('up{job="jinxue"}')[0]["value"][1] == "1"
    rules = client.get("/api/v1/rules").json()["data"]["groups"][0]["rules"]
    assert [rule["name"] for rule in rules] == [rule["alert"] for rule in RULES]
    assert [rule["lastError"] for rule in rules if rule.get("lastError")] == []
