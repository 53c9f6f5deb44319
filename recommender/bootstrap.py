"""Where settings become wired parts: the only place that knows which store, encoder and folder are used."""

import datetime
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from recommender.catalogue import CatalogueReading, bundled_catalogue_folder, catalogue_fingerprint, read_catalogue
from recommender.encoder import CachedEncoder, Encoder, Progress, load_encoder
from recommender.errors import SettingsError, SnapshotError, StoreError
from recommender.index import use_threads
from recommender.language import Bilingual
from recommender.policy import Policy, load_policy
from recommender.registry.merge import Merge, merge
from recommender.registry.retention import Purged, purge
from recommender.settings import Settings
from recommender.snapshot import Fit, Snapshot, SnapshotFolder, build_snapshot
from recommender.store import CatalogueStore, CatalogueVersion, KeptFit, Loaded

_RELATIVE = "+relative"
_log = logging.getLogger("jinxue")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or on a dry run would do. `reading` and `merge` are None when the stored catalogue was up to date."""

    version: int
    reading: CatalogueReading | None
    merge: Merge | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many `snapshots` were rewritten without those whom the store no longer has; `wholly` tells that nothing of these lingers in its files."""

    snapshots: int
    wholly: bool


class Workshop:
    """The parts that write: catalogue into store, store into snapshot."""

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        """`progress` is told how many of a catalogue's texts have been encoded."""
        self.settings = settings
        self.progress = progress
        self.policy: Policy = load_policy(settings.policy)
        self.snapshots = SnapshotFolder(settings.state / "snapshots", settings.kept_snapshots)
        use_threads(settings.search_threads)

    def today(self) -> datetime.date:
        """Return the day it is in the city."""
        return datetime.datetime.now(ZoneInfo(self.settings.timezone)).date()

    def open_store(self, *, at_once: bool = True) -> CatalogueStore:
        """Open the record of truth; close it after use. Not `at_once` leaves it to the first use to find out whether it is there."""
        if self.settings.database_url is None:
            _make_folder(self.settings.state)
        return CatalogueStore(self.settings.store_url, at_once=at_once)

    def import_catalogue(
        self,
        path: Path | None,
        *,
        today: datetime.date,
        only_if_changed: bool = False,
        remove_missing: bool = False,
        dry_run: bool = False,
    ) -> Imported:
        """Merge the catalogue at `path` (the bundled one for None) into the store; CatalogueError when it holds problems, and then nothing is written.

        `only_if_changed` does nothing for the files that were imported last. Those with relative dates are taken again on another day, but only while
        nobody else has written. For `remove_missing` see `merge`.
        """
        path = path or bundled_catalogue_folder()
        with self.open_store() as store:
            fingerprint = catalogue_fingerprint(path)
            last, latest = store.last_import(), store.version()
            if only_if_changed and last is not None and (last.source or "").removesuffix(_RELATIVE) == fingerprint:
                aged = (last.source or "").endswith(_RELATIVE) and last.day != today and _untouched(store, last)
                if not aged:
                    return Imported(latest.version if latest else last.version, None, None)
            reading = read_catalogue(path, today=today)
            source = fingerprint + (_RELATIVE if reading.relative_dates else "")
            with store.write(source=source, day=today, dry_run=dry_run) as transaction:
                merged = merge(transaction, reading.catalogue, remove_missing=remove_missing)
                transaction.audit("import", content=source.encode())
            if merged.counts["learners"].get("removed") and not dry_run:
                self.forget(store)
            version = transaction.version - dry_run
            return Imported(version, reading, merged)

    def foresee(self, path: Path | None, before: Snapshot, *, today: datetime.date, remove_missing: bool) -> Snapshot:
        """Return the snapshot that would serve if the catalogue at `path` were imported, as things stand for None; nothing is written.

        Words are fitted to the texts as they would be: services do so as well, once nothing changes any more.
        """
        with self.open_store() as store:
            loaded = store.load()
            if path is not None:
                reading = read_catalogue(path, today=today)
                with store.write(source=str(path), day=today, dry_run=True) as transaction:
                    merge(transaction, reading.catalogue, remove_missing=remove_missing)
                    loaded = transaction.load() or loaded
        encoder = self.load_encoder()
        return build_snapshot(
            loaded.catalogue,
            loaded.version.version,
            encoder,
            self.policy,
            catalogue_encoder=self.remembering(encoder),
            before=before,
        )

    def save(self, snapshot: Snapshot, store: CatalogueStore) -> None:
        """Save a snapshot and let it serve, without those who were erased while it was made; SnapshotError when the disk does not let it."""
        self.snapshots.save(snapshot)
        with suppress(
            StoreError
        ):  # while it is away nobody is erased; who was before is found out by whoever follows it
            with store.read() as reading:
                erased = reading.erased_since(snapshot.catalogue_version)
            if erased:
                self.forget(store)

    def forget(self, store: CatalogueStore) -> Forgotten:
        """Take everybody whom the store no longer has out of the kept snapshots, and let nothing of them linger in its files."""

        @cache
        def standing(version: int) -> set[str]:
            with store.read() as reading:
                return reading.standing_learners(version)

        # an empty store is none that anybody was erased from
        snapshots = self.snapshots.keep_learners(standing) if store.version() else 0
        return Forgotten(snapshots, store.scrub())

    def purge(self, before: datetime.datetime, *, dry_run: bool = False) -> Purged:
        """Let go of what is older than an instant, in the store and in the kept snapshots; return how much that is. See `registry.retention`."""
        with self.open_store() as store:
            purged = purge(store, before, dry_run=dry_run)
            if not dry_run:
                self.forget(store)
        return purged

    def read_store(self) -> Loaded:
        """Return what can be seen in the store, and its version; StoreError before the first import."""
        with self.open_store() as store:
            return store.load()

    def build(self, encoder: Encoder | None = None, *, keep_words: bool = False) -> Snapshot:
        """Build a snapshot of what the store holds, save it and let it serve.

        The space of words and the calibrations are fitted anew and kept in the store, so that running services take them up, too;
        `keep_words` keeps those that are there.
        """
        encoder = encoder or self.load_encoder()
        with self.open_store() as store:
            fit = self.kept_fit(store, encoder) if keep_words else None
            snapshot, _ = self._build(store, encoder, fit=fit)
            self.save(snapshot, store)
        return snapshot

    def _build(
        self, store: CatalogueStore, encoder: Encoder, *, fit: Fit | None = None, before: Snapshot | None = None
    ) -> tuple[Snapshot, CatalogueVersion]:
        """Build a snapshot of what `store` holds; without a `fit`, one is made and kept in the store."""
        loaded, cached = store.load(), self.remembering(encoder)
        build = partial(build_snapshot, encoder=encoder, policy=self.policy, catalogue_encoder=cached)
        if fit is None:
            before = build(loaded.catalogue, loaded.version.version)
            fit = before.fit
            keep_fit(store, fit)
            loaded = store.load_since(loaded)
            cached.forget_unused()
        return build(loaded.catalogue, loaded.version.version, fit=fit, before=before), loaded.version

    def remembering(self, encoder: Encoder) -> CachedEncoder:
        """Return `encoder` with a memory for the catalogue's own texts, which all processes of the state folder share."""
        return CachedEncoder(encoder, self.settings.state / "embeddings.sqlite3", self.progress)

    def kept_fit(self, store: CatalogueStore, encoder: Encoder) -> Fit | None:
        """Return the fit that the store keeps for `encoder`; None when there is none that can be used."""
        with store.read() as reading:
            kept = reading.fit(encoder.name)
        try:
            return Fit.from_bytes(kept.content) if kept else None
        except SnapshotError:  # damaged: it is made anew
            return None

    def load_encoder(self) -> Encoder:
        """Load the encoder that the settings name."""
        return load_encoder(self.settings.encoder, self.settings.encoder_options)

    def open_snapshot(self, encoder: Encoder, store: CatalogueStore) -> tuple[Snapshot, CatalogueVersion | None]:
        """Return the snapshot that is to serve: the pinned one if one is, else that of the store as it is now, with the write it is the state after.

        A saved one that is missing, damaged or foreign, pinned or not, is built anew, an older one brought up to date. While the store is away,
        the saved one serves; StoreError when there is none.
        """
        saved = None
        try:
            saved = self.snapshots.load(encoder, self.policy)
            if self.snapshots.pinned() is not None:
                return saved, None
        except SnapshotError as error:
            if self.snapshots.current() is not None:  # there is none before the first start
                _log.warning("%s", error)
        try:
            fit = self.kept_fit(store, encoder) or (saved.fit if saved else None)
            snapshot, version = self._build(store, encoder, fit=fit, before=saved)
        except StoreError:
            if saved is None:
                raise
            return saved, None
        if saved is None or (saved.version, self.snapshots.current()) != (snapshot.version, snapshot.version):
            try:
                self.save(snapshot, store)
            except SnapshotError as error:  # it can answer all the same
                _log.warning("%s", error)
        return snapshot, version


def keep_fit(store: CatalogueStore, fit: Fit) -> None:
    """Keep `fit` in the store, unless it is there."""
    with store.write() as transaction:
        if transaction.fit_digest(fit.encoder) != fit.digest:
            transaction.put_fit(KeptFit(fit.encoder, fit.digest, fit.to_bytes()))


def _untouched(store: CatalogueStore, last: CatalogueVersion) -> bool:
    """Tell whether no record was written since the import `last`."""
    return not store.changes_after(last.version, limit=1)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            Bilingual(
                f"无法建立文件夹 {path}（{error.strerror}）。请检查 JINXUE_STATE。",
                f"The folder {path} cannot be made ({error.strerror}); check JINXUE_STATE.",
            )
        ) from error
