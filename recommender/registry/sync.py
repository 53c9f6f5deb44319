"""Takes a whole stream of edits: all of it or nothing, or line by line."""

import datetime
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO, cast

from recommender.errors import FieldProblem, InvalidRequest, JinxueError, StoreError
from recommender.language import Bilingual, Language
from recommender.pace import rest, unhurried
from recommender.registry.edits import Caller, Outcome
from recommender.registry.erasure import without_learners
from recommender.registry.lines import LONGEST, Line, read_lines
from recommender.registry.registry import Registry
from recommender.registry.stream import Digesting
from recommender.store import KeptAnswer, Transaction

CHUNK = 500
"""Lines that are looked up, checked and written together."""

_PATIENCE_SECONDS = 2.0  # others wait to write
_FAULTS_TOLD = 1_000
_KEPT = datetime.timedelta(days=7)


class SyncMode(StrEnum):
    """What a refused line means for the others."""

    ALL_OR_NOTHING = "all_or_nothing"
    LINE_BY_LINE = "line_by_line"


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A call that may be repeated: the caller's key for it, and the digest of its content."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line."""

    line: int
    problems: tuple[FieldProblem, ...]


class SyncRefused(JinxueError):
    """Lines are wrong, so that nothing was done; `faults` are the first of them, `refused` counts all."""

    def __init__(self, faults: list[LineFault], refused: int) -> None:
        super().__init__(
            Bilingual(
                f"{refused} 行有问题，全部未写入。请修改后整批重发。",
                f"{refused} line(s) are wrong and nothing was written; mend them and send all of it again.",
            )
        )
        self.faults = tuple(faults)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of a stream. `replayed` tells that it had been done before, and that the answer is the one of then."""

    counts: Mapping[str, int]
    catalogue_version: int
    replayed: bool = False


class Synchroniser:
    """Does the edits of one stream, and writes one result a line to `results`, then a summary."""

    def __init__(
        self,
        registry: Registry,
        caller: Caller,
        results: BinaryIO,
        *,
        language: Language,
        longest_text: int = LONGEST,
    ) -> None:
        """A line with a text of more than `longest_text` characters is refused."""
        self._registry, self._caller = registry, caller
        self._results, self._language = results, language
        self._longest_text = longest_text
        self._counts: Counter[str] = Counter()
        self._faults: list[LineFault] = []

    def run(self, source: BinaryIO, mode: SyncMode, repeatable: Repeatable | None = None) -> Synced:
        """Do the edits of `source`.

        SyncRefused when it was to be all or nothing and lines are wrong; InvalidRequest when the key was used for other content; StoreError when the
        store fails: then nothing is written, or line by line the lines up to the one that its message names.
        """
        done: Synced | KeptAnswer | None = self._kept(repeatable)
        if done is None:
            run = self._at_once if mode is SyncMode.ALL_OR_NOTHING else self._line_by_line
            with unhurried(_PATIENCE_SECONDS):
                done = run(source, repeatable)
        return self._replay(done) if isinstance(done, KeptAnswer) else done

    def _replay(self, kept: KeptAnswer) -> Synced:
        answer = zlib.decompress(kept.answer)
        self._results.seek(0)
        self._results.truncate()
        self._results.write(answer)
        summary = json.loads(answer.splitlines()[-1])["summary"]
        return Synced(summary["counts"], summary["catalogue_version"], replayed=True)

    def _kept(self, repeatable: Repeatable | None, transaction: Transaction | None = None) -> KeptAnswer | None:
        """Return the answer to an earlier call of the same content."""
        if repeatable is None:
            return None
        if transaction is None:
            with self._registry.store.read() as reading:
                kept = reading.kept_answer(repeatable.key, key_id=self._caller.key_id)
        else:
            kept = transaction.kept_answer(repeatable.key, key_id=self._caller.key_id)
        if kept is not None and kept.request_digest != repeatable.digest:
            raise InvalidRequest.of(
                "Idempotency-Key",
                "此键已用于内容不同的请求。请换一个键。",
                "This key was used for a request with other content; take another.",
            )
        return kept

    def _at_once(self, source: BinaryIO, repeatable: Repeatable | None) -> Synced | KeptAnswer:
        with self._registry.store.write(key_id=self._caller.key_id) as transaction:
            kept = self._kept(repeatable, transaction)  # a twin of this call may have been waiting for the same lock
            if kept is not None:
                return kept
            read = Digesting(source)
            for chunk in _chunks(self._lines(read)):
                self._do(transaction, chunk)
            if self._counts["refused"]:
                raise SyncRefused(self._faults, self._counts["refused"])
            synced = self._summary(transaction.latest, SyncMode.ALL_OR_NOTHING)
            self._audit(transaction, read)
            self._keep(transaction, repeatable)
            return synced

    def _line_by_line(self, source: BinaryIO, repeatable: Repeatable | None) -> Synced:
        done = version = 0
        read = Digesting(source)
        for chunk in _chunks(self._lines(read)):
            try:
                with self._registry.store.write(key_id=self._caller.key_id) as transaction:
                    self._do(transaction, chunk)
                    self._audit(transaction, read)
                    version = transaction.latest
            except StoreError as error:
                raise _interrupted(error, done) from error
            done = chunk[-1].number
        with self._registry.store.write(key_id=self._caller.key_id) as transaction:
            synced = self._summary(version or transaction.latest, SyncMode.LINE_BY_LINE)
            if self._kept(repeatable, transaction) is None:
                self._keep(transaction, repeatable)
        return synced

    def _lines(self, read: Digesting) -> Iterator[Line]:
        return read_lines(cast("BinaryIO", read), longest_text=self._longest_text)

    def _do(self, transaction: Transaction, chunk: list[Line]) -> None:
        registrar = self._registry.registrar(transaction, self._caller)
        outcomes = iter(registrar.apply([line.edit for line in chunk if line.edit]))
        registrar.flush()
        for line in chunk:
            result = next(outcomes) if line.edit else line.refusal
            assert result is not None
            self._tell(line, result)

    def _tell(self, line: Line, result: Outcome | JinxueError) -> None:
        told: dict[str, Any] = {"line": line.number}
        if line.edit:
            told |= {"type": line.edit.table.singular, "id": line.edit.record_id}
        if isinstance(result, JinxueError):
            problems = _problems(result)
            told |= {
                "status": "refused",
                "errors": [{"field": p.field, "message": p.message.in_language(self._language)} for p in problems],
            }
            if len(self._faults) < _FAULTS_TOLD:
                self._faults.append(LineFault(line.number, problems))
        else:
            told |= {"status": result.status, "version": result.version}
            told |= {"approval": result.approval, "waiting": result.waiting} if result.approval else {}
            told |= {"hides": result.hides} if result.hides else {}
        self._counts[told["status"]] += 1
        self._write(told)
        rest()

    def _summary(self, version: int, mode: SyncMode) -> Synced:
        counts = dict(sorted(self._counts.items()))
        summary = {"mode": mode, "lines": sum(counts.values()), "counts": counts, "catalogue_version": version}
        self._write({"summary": summary})
        return Synced(counts, version)

    def _write(self, told: Mapping[str, Any]) -> None:
        line = json.dumps(told, ensure_ascii=False)
        self._results.write(
            line.encode(errors="replace") + b"\n"
        )  # names and ids are the caller's text, of whatever characters

    def _audit(self, transaction: Transaction, read: "Digesting") -> None:
        """Note what this transaction is part of: how many lines came to what so far, and the digest of what was read so far."""
        if transaction.changed:
            told = json.dumps([dict(sorted(self._counts.items())), read.hexdigest()])
            transaction.audit("sync", content=told.encode())

    def _keep(self, transaction: Transaction, repeatable: Repeatable | None) -> None:
        if repeatable is not None:
            self._results.seek(0)
            answer = self._results.read()
            answer = zlib.compress(without_learners(answer) or answer)  # it is not to outlive whom it erased
            transaction.forget_answers(before=datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - _KEPT)
            transaction.keep_answer(repeatable.key, KeptAnswer(repeatable.digest, 200, answer))


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _problems(error: JinxueError) -> tuple[FieldProblem, ...]:
    if isinstance(error, InvalidRequest):
        return error.problems
    return (FieldProblem(getattr(error, "field", "line"), error.message),)


def _interrupted(error: StoreError, done: int) -> StoreError:
    zh, en = error.message.zh, error.message.en
    return StoreError(
        Bilingual(
            f"{zh} 前 {done} 行已处理，其余未写入；整批重发无害。",
            f"{en} Lines up to {done} have been dealt with, the others were not written; to send all of it again does no harm.",
        )
    )
