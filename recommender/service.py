"""What answers requests: a matcher over one snapshot, swapped whole when the records, the fit or a pin say so."""

import datetime
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from recommender.bootstrap import Workshop, keep_fit
from recommender.errors import SnapshotError, StoreError
from recommender.matcher import Matcher
from recommender.registry import KINDS, Action, Caller, Edit, Expected, Registry, Written
from recommender.registry.export import Held, export
from recommender.snapshot import Fit, Snapshot, build_snapshot
from recommender.store import CatalogueStore, Loaded

_PATIENCE_SECONDS, _FILES_SECONDS, _PAUSE_SECONDS = 5.0, 5.0, 0.02  # a city's snapshots are rewritten for longer


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of a learner who was to be erased.

    `snapshots` is how many kept ones were rewritten, None while that is still tried; `in_effect` tells that answers here do not know the learner
    any more.
    """

    written: Written
    snapshots: int | None
    in_effect: bool


@dataclass(frozen=True, slots=True)
class Export:
    """What is held of a learner: in the store, as a vector (by block, empty while `snapshot` does not know them), and in kept `snapshots`."""

    held: Held
    snapshot: str
    vector: Mapping[str, NDArray[np.float32]]
    snapshots: Sequence[str]


class Service:
    """Answers from `matcher`, whose snapshot `catch_up` keeps that of the records. `registry` writes them.

    `store_version` is the catalogue version that was last seen in the store, None before. `build_seconds` is what it took to make the snapshot,
    `swapped_at` since when (Unix time) it answers.
    """

    def __init__(self, workshop: Workshop) -> None:
        """Open what answers; StoreError, SnapshotError or EncoderError when there is nothing to answer from."""
        self.workshop = workshop
        began = time.perf_counter()
        self._encoder = workshop.load_encoder()
        self._remembering = workshop.remembering(self._encoder)
        self.store: CatalogueStore = workshop.open_store(at_once=False)
        self.registry = Registry(self.store, workshop.today)
        self._forgetting = threading.Lock()
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="jinxue-erase")
        self._forgotten: int | None = None  # the catalogue version up to which nothing is left here of whom it erased
        self._seal = workshop.snapshots.seal(self.pinned)  # read first: what is changed meanwhile is loaded again
        snapshot, version = workshop.open_snapshot(self._encoder, self.store)
        self.matcher = Matcher(snapshot)
        self.build_seconds, self.swapped_at = time.perf_counter() - began, time.time()
        # the snapshot's own tables, so that the next change shows which of them it touched
        self._loaded = Loaded(snapshot.network.catalogue, version) if version else None
        self._saved: str | None = None  # whether it could be saved is found out by saving
        self.store_version: int | None = version.version if version else None
        network = snapshot.network
        network.distances_from(
            network.gazetteer.point_of(network.gazetteer.city)
        )  # loads what distances need, before the first request

    def today(self) -> datetime.date:
        """Return the day it is in the city."""
        return self.workshop.today()

    @property
    def pinned(self) -> str | None:
        """The snapshot that is held to whatever is written, None for the present one."""
        return self.workshop.snapshots.pinned()

    @property
    def saved(self) -> bool:
        """Tell whether the snapshot that answers is saved."""
        return self.matcher.snapshot.version in (self._saved, self.pinned)

    def catch_up(self) -> bool:
        """Answer from what the records (or a pin) say now; tell whether that is another snapshot.

        StoreError and SnapshotError leave the old one in place.
        """
        began = time.perf_counter()
        if (pinned := self.pinned) is not None:
            self._loaded = None
            return self._hold_to(pinned, began)
        loaded = self.store.load_since(self._loaded) if self._loaded else self.store.load()
        self.store_version = loaded.version.version
        if loaded is self._loaded:
            return False
        before = self.matcher.snapshot
        snapshot = build_snapshot(
            loaded.catalogue,
            loaded.version.version,
            self._encoder,
            self.workshop.policy,
            catalogue_encoder=self._remembering,
            fit=self._fit(before.fit),
            before=before,
        )
        swapped = self._swap(snapshot, began)
        self._loaded = Loaded(self.matcher.snapshot.network.catalogue, loaded.version)
        return swapped

    def _hold_to(self, pinned: str, began: float) -> bool:
        seal = self.workshop.snapshots.seal(pinned)
        changed = seal not in (None, self._seal)  # somebody was taken out of its files
        if changed or self.matcher.snapshot.version != pinned:
            self._serve(self.workshop.snapshots.load(self._encoder, self.workshop.policy, pinned), began)
            self._seal = seal
            return True
        latest = self.store.version()
        self.store_version = latest.version if latest else None
        return False

    def _fit(self, present: Fit) -> Fit:
        """Return the fit that the store keeps, `present` when it keeps none, or that one."""
        with self.store.read() as reading:
            digest = reading.fit_digest(self._encoder.name)
        if digest in (None, present.digest):
            return present
        return self.workshop.kept_fit(self.store, self._encoder) or present

    def _swap(self, snapshot: Snapshot, began: float) -> bool:
        if snapshot.version == self.matcher.snapshot.version:
            return False
        self._serve(snapshot, began)
        return True

    def _serve(self, snapshot: Snapshot, began: float) -> None:
        self.matcher = Matcher(snapshot, self.matcher)
        self.build_seconds, self.swapped_at = time.perf_counter() - began, time.time()

    def save(self) -> None:
        """Save the snapshot that answers, so that the next start is quick; SnapshotError when the disk does not let it."""
        if not self.saved:
            snapshot = self.matcher.snapshot
            self.workshop.save(snapshot, self.store)
            self._saved = snapshot.version

    def erase(self, learner_id: str, caller: Caller, *, expected: Expected | None = None) -> Erasure:
        """Erase a learner here and in the store, and wait a while for the answers to follow; errors are those of `Registry.edit`."""
        edit = Edit(KINDS["learner"], learner_id, Action.DELETE, expected=expected)
        written = self.registry.edit(edit, caller)
        forgetting = self._hand.submit(self.forget)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (there := self._answers_with(learner_id, written)) and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
        snapshots = None
        with suppress(TimeoutError, SnapshotError, StoreError):  # it goes on, or whoever follows tries again
            snapshots = forgetting.result(_FILES_SECONDS)
        return Erasure(written, snapshots, in_effect=not there)

    def _answers_with(self, learner_id: str, written: Written) -> bool:
        """Tell whether answers still know a learner from before that write."""
        snapshot = self.matcher.snapshot
        return learner_id in snapshot.network.learner_row and snapshot.catalogue_version < written.catalogue_version

    def export(self, learner_id: str, caller: Caller) -> Export:
        """Return everything held of a learner, and note that it was asked for; NotFound and Forbidden as for a record."""
        held = export(self.store, learner_id, caller)
        snapshot = self.matcher.snapshot
        row = snapshot.network.learner_row.get(learner_id)
        layout = snapshot.layout
        vector = (
            {}
            if row is None
            else {str(name): snapshot.learners.vectors[row, layout.columns_of(name)] for name in layout.preferences}
        )
        return Export(held, snapshot.version, vector, self.workshop.snapshots.holding(learner_id))

    def forget(self) -> int:
        """Let nothing be left here of whom the store has erased since the last time, anybody at the first; return how many snapshots were rewritten."""
        with self._forgetting:
            latest = self.store.version()
            version = latest.version if latest else 0
            if self._forgotten is not None:
                with self.store.read() as reading:
                    erased = reading.erased_since(self._forgotten)
                if not erased:
                    self._forgotten = version
                    return 0
            done = self.workshop.forget(self.store)
            if done.wholly:  # else once more
                self._forgotten = version
            return done.snapshots

    @property
    def forgets(self) -> bool:
        """Tell whether `forget` has looked at all that was seen in the store."""
        return self._forgotten is not None and self._forgotten >= (self.store_version or 0)

    def refit(self) -> None:
        """Fit words and calibrations anew if texts have changed since they were; one process at a time does it, all take it up."""
        snapshot = self.matcher.snapshot
        if self.pinned is not None or snapshot.fit.fits(snapshot.network):
            return
        with suppress(Timeout), FileLock(self.workshop.settings.state / "refit.lock", timeout=0):
            if self._fit(snapshot.fit).digest == snapshot.fit.digest:
                keep_fit(self.store, Fit.fit(snapshot.network.courses, self._encoder, self._remembering))

    def close(self) -> None:
        """Let go of the store."""
        self._hand.shutdown()
        self.store.close()
