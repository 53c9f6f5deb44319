"""Bytes that are nearly what an endpoint takes: valid bodies, mutilated, JSON of the right names with whatever inside, and noise."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck
from hypothesis import strategies as st

from tests.api.test_fuzz import junk, texts
from tests.contract.conformance import fault_of
from tests.contract.document import Sent, document, shown
from tests.contract.town import SPARE

_ROUND = 50  # examples that Hypothesis makes of one seed
_TOKENS = (
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\n", b" " * 50),
    *(b"null", b"true", b"-", b"1e999", b"-0", b"NaN", b"9" * 400, b"0.1e-400", b"[" * 40, b'{"a":' * 20),
    *(b'"\\ud800"', b'"\\u0000"', "\u202e".encode(), "甲".encode() * 300, b'"__proto__":{},', b'"type":"course",'),
)


@dataclass(frozen=True)
class Endpoint:
    """An operation that takes a body, where to send it, and what is valid there."""

    method: str
    path: str
    urls: Sequence[str]
    media_type: str
    valid: Sequence[bytes]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} ({self.media_type})"


@dataclass
class Fuzzed:
    """What was sent of one endpoint, and what came of it; `faults` are answers that the document does not tell of."""

    bytes: int = 0
    answered: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def endpoints() -> list[Endpoint]:
    """Return every operation that takes a body, in each form that it takes it in."""
    grouped: dict[tuple[str, str, str], list[Sent]] = {}
    for sent in shown(document()):
        if sent.media_type is not None:
            grouped.setdefault((sent.method, sent.path, sent.media_type), []).append(sent)
    return [
        Endpoint(method, path, _urls(sent[0]), form, [(one.body or "").encode() for one in sent])
        for (method, path, form), sent in grouped.items()
    ]


def _urls(sent: Sent) -> list[str]:
    prefix, parameter, rest = sent.path.partition("{")
    behind = rest.partition("}")[2]
    return [sent.url, *(f"{prefix}{name}{behind}" for name in SPARE)] if parameter else [sent.url]


def fuzz(client: TestClient, endpoint: Endpoint, *, least: int, seed: int = 0) -> Fuzzed:
    """Send at least so many bytes of fuzz, the same for the same seed."""
    fuzzed = Fuzzed()

    def send(url: str, body: bytes) -> None:
        if fuzzed.bytes < least:
            headers = {"content-type": endpoint.media_type}
            answer = client.request(endpoint.method, url, content=body, headers=headers)
            fuzzed.bytes += len(body)
            fuzzed.answered[answer.status_code] += 1
            if fault := fault_of(endpoint.method, endpoint.path, answer):
                fuzzed.faults.append(f"{fault} ← {url} {body[:2_000]!r}")

    for round_seed in _numbers(seed):
        if fuzzed.bytes >= least:
            return fuzzed
        _run(send, st.sampled_from(endpoint.urls), _bodies(endpoint.valid), round_seed)
    raise AssertionError


def _numbers(first: int) -> Iterator[int]:
    while True:
        yield first
        first += 1


def _run(
    send: Callable[[str, bytes], None], urls: st.SearchStrategy[str], bodies: st.SearchStrategy[bytes], seed: int
) -> None:
    quiet = hypothesis.settings(
        max_examples=_ROUND,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    hypothesis.seed(seed)(quiet(hypothesis.given(urls, bodies)(send)))()


def _bodies(valid: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    names = sorted({name for body in valid for line in body.splitlines() for name in json.loads(line)})
    mutilated = _mutilated(valid)
    return st.one_of(mutilated, mutilated, _near_json(names), st.binary(max_size=1_500))


@st.composite
def _mutilated(draw: st.DrawFn, valid: Sequence[bytes]) -> bytes:
    """Some bytes cut out, doubled, changed or put in."""
    body = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(body)))
        to = min(at + draw(st.sampled_from([1, 2, 8, 60])), len(body))
        deed = draw(st.sampled_from(["cut", "double", "put", "flip"]))
        if deed == "cut":
            del body[at:to]
        elif deed == "double":
            body[at:at] = body[at:to]
        elif deed == "put":
            body[at:at] = draw(st.sampled_from(_TOKENS))
        elif at < to:
            body[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(body)


@st.composite
def _near_json(draw: st.DrawFn, names: Sequence[str]) -> bytes:
    """Objects with names that are known, and values of any kind; now and then several lines of them."""
    values: st.SearchStrategy[Any] = st.one_of(junk, texts, st.text("甲a1 ", min_size=100, max_size=300))
    objects = st.dictionaries(st.sampled_from(names), values, min_size=1, max_size=8)
    lines = draw(st.lists(objects, min_size=1, max_size=3 if draw(st.integers(0, 4)) == 0 else 1))
    return b"\n".join(json.dumps(line).encode() for line in lines)
