"""How often one may ask, and whose requests count together."""

import time
from collections.abc import Iterator

import pytest

from api.rates import Rates
from recommender.settings import Settings
from tests.api.edge import Edge, edge

FEW = Settings(rate_per_key="3/second", rate_per_address="2/minute", rate_of_refusals="1/hour")


def taken(rates: Rates, kind: str, identity: str, times: int) -> list[bool]:
    return [rates.take(kind, identity) is None for _ in range(times)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "most"), [("key", 3), ("address", 2), ("refusals", 1)])
def test_each_may_ask_as_often_as_the_settings_say(kind: str, most: int) -> None:
    rates = Rates(FEW)

    assert taken(rates, kind, "10.0.0.1", most + 2) == [True] * most + [False] * 2
    assert taken(rates, kind, "10.0.0.2", 1) == [True]


def test_one_is_told_how_long_to_wait_and_may_then_ask_again() -> None:
    rates = Rates(FEW)
    taken(rates, "key", "a", 3)
    wait = rates.take("key", "a")

    assert wait is not None
    assert 1 <= wait <= 2
    time.sleep(wait + 1)
    assert rates.take("key", "a") is None
    assert 1 <= (rates.take("refusals", "b") or rates.take("refusals", "b") or 0) <= 7200


def test_to_look_counts_nothing() -> None:
    rates = Rates(FEW)

    assert [rates.spent("address", "a") for _ in range(5)] == [None] * 5
    assert taken(rates, "address", "a", 3) == [True, True, False]
    assert rates.spent("address", "a") is not None
    assert rates.spent("address", "b") is None


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:DB8:0001:2::7", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("no address: " + "x" * 100, "no address: " + "x" * 200, True),
        ("", "", True),
    ],
)
def test_addresses_of_one_holder_count_together(one: str, other: str, together: bool) -> None:
    rates = Rates(FEW)
    taken(rates, "address", one, 2)

    assert (rates.take("address", other) is not None) is together


def test_keys_count_as_they_are() -> None:
    rates = Rates(FEW)
    taken(rates, "key", "2001:db8::1", 3)

    assert rates.take("key", "2001:db8::2") is None


def test_a_flood_of_addresses_takes_no_memory_and_frees_nobody_else() -> None:
    rates = Rates(FEW)
    taken(rates, "refusals", "a", 1)
    for number in range(60_000):
        rates.take("address", f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")

    assert rates.take("refusals", "a") is not None
    assert all(len(window.storage._counters) <= 50_000 for _, window in rates._kinds.values())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def direct() -> Iterator[Edge]:
    with edge() as opened:
        yield opened


@pytest.fixture(scope="module")
def proxied() -> Iterator[Edge]:
    with edge(trusted_proxies="127.0.0.1, 10.1.2.3/8, 2001:db8::/32") as opened:
        yield opened


def client(edge: Edge, *lines: str) -> str:
    answer = edge.ask("GET", "/client", b"", *lines)
    assert answer.status == 200
    return answer.body.decode()


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Proto"])
def test_what_a_stranger_forges_is_ignored(direct: Edge, name: str) -> None:
    forged = {"Forwarded": "for=9.9.9.9;proto=https", "X-Forwarded-Proto": "https"}.get(name, "9.9.9.9")

    assert client(direct, f"{name}: {forged}") == '{"host":"127.0.0.1","scheme":"http"}'


@pytest.mark.parametrize(
    ("lines", "host"),
    [
        (["X-Forwarded-For: 9.9.9.9"], "9.9.9.9"),
        (["X-Forwarded-For: 6.6.6.6, 9.9.9.9"], "9.9.9.9"),
        (["X-Forwarded-For: 9.9.9.9, 10.200.0.1"], "9.9.9.9"),
        (["X-Forwarded-For: 6.6.6.6, 9.9.9.9, 10.0.0.1, 10.0.0.2"], "9.9.9.9"),
        (["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 9.9.9.9"], "9.9.9.9"),
        (["X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 10.0.0.1"], "9.9.9.9"),
        (["X-Forwarded-For: 127.0.0.1, 9.9.9.9"], "9.9.9.9"),
        (["X-Forwarded-For: 9.9.9.9:4711"], "9.9.9.9"),
        (["X-Forwarded-For: 2001:db9::7"], "2001:db9::7"),
        (["X-Forwarded-For: [2001:db9::7]:4711, 2001:db8::1"], "2001:db9::7"),
        (["X-Forwarded-For: ::ffff:9.9.9.9, ::ffff:10.0.0.9"], "::ffff:9.9.9.9"),
        (["X-Forwarded-For: 6.6.6.6, nonsense"], "nonsense"),
        (["X-Forwarded-For:"], "127.0.0.1"),
        ([], "127.0.0.1"),
    ],
    ids=str,
)
def test_behind_proxies_the_last_one_they_do_not_know_is_the_caller(proxied: Edge, lines: list[str], host: str) -> None:
    assert client(proxied, *lines) == f'{{"host":"{host}","scheme":"http"}}'


def test_a_trusted_proxy_says_whether_it_was_asked_in_secret(proxied: Edge, direct: Edge) -> None:
    line = "X-Forwarded-Proto: https"

    assert "max-age" in proxied.ask("GET", "/quick", b"", line).headers["strict-transport-security"]
    assert "strict-transport-security" not in proxied.ask("GET", "/quick").headers
    assert "strict-transport-security" not in direct.ask("GET", "/quick", b"", line).headers
