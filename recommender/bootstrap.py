"""Where settings become wired parts: the only place that knows which store, encoder and folder are used."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from recommender.catalogue import CatalogueReading, bundled_catalogue_folder, catalogue_fingerprint, read_catalogue
from recommender.domain import Catalogue
from recommender.encoder import CachedEncoder, Encoder, Progress, load_encoder
from recommender.errors import SettingsError, SnapshotError, StoreError
from recommender.index import use_threads
from recommender.language import Bilingual
from recommender.matcher import Matcher
from recommender.policy import Policy, load_policy
from recommender.settings import Settings
from recommender.snapshot import Snapshot, SnapshotFolder, build_snapshot
from recommender.store import CatalogueStore, CatalogueVersion
from recommender.words import WordSpace

_RELATIVE = "+relative"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `reading` is None when the stored catalogue was up to date."""

    version: int
    reading: CatalogueReading | None


class Workshop:
    """The parts that write: catalogue into store, store into snapshot."""

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        """`progress` is told how many of a catalogue's texts have been encoded."""
        self.settings = settings
        self.progress = progress
        self.policy: Policy = load_policy(settings.policy)
        self.snapshots = SnapshotFolder(settings.state / "snapshots")
        use_threads(settings.search_threads)

    def today(self) -> datetime.date:
        """Return the day it is in the city."""
        return datetime.datetime.now(ZoneInfo(self.settings.timezone)).date()

    def open_store(self) -> CatalogueStore:
        """Open the record of truth; close it after use."""
        if self.settings.database_url is None:
            _make_folder(self.settings.state)
        return CatalogueStore(self.settings.store_url)

    def import_catalogue(self, path: Path | None, *, today: datetime.date, only_if_changed: bool = False) -> Imported:
        """Read the catalogue at `path` (the bundled one for None) into the store; CatalogueError when it holds problems."""
        path = path or bundled_catalogue_folder()
        with self.open_store() as store:
            fingerprint = catalogue_fingerprint(path)
            stored = store.version()
            if only_if_changed and stored is not None:
                aged = stored.source.endswith(_RELATIVE) and stored.day != today
                if stored.source.removesuffix(_RELATIVE) == fingerprint and not aged:
                    return Imported(stored.version, None)
            reading = read_catalogue(path, today=today)
            source = fingerprint + (_RELATIVE if reading.relative_dates else "")
            now = datetime.datetime.now(datetime.UTC)
            return Imported(store.replace(reading.catalogue, imported_at=now, source=source, day=today), reading)

    def read_store(self) -> tuple[Catalogue, CatalogueVersion]:
        """Return what the store holds, and its version; StoreError before the first import."""
        with self.open_store() as store:
            version = store.version()
            if version is None:
                raise StoreError(
                    Bilingual(
                        "尚未导入目录。请先运行 jinxue import。",
                        "No catalogue has been imported; run jinxue import first.",
                    )
                )
            return store.load(), version

    def build(self, encoder: Encoder | None = None, *, keep_words: bool = False) -> Snapshot:
        """Build a snapshot of what the store holds, save it and let it serve.

        `keep_words` keeps the space of words of the snapshot that serves, where there is a usable one, instead of fitting it anew.
        """
        catalogue, version = self.read_store()
        encoder = encoder or self.load_encoder()
        words = self._kept_words(encoder) if keep_words else None
        cached = CachedEncoder(encoder, self.settings.state / "embeddings.sqlite3", self.progress)
        snapshot = build_snapshot(
            catalogue, version.version, encoder, self.policy, catalogue_encoder=cached, words=words
        )
        self.snapshots.save(snapshot)
        cached.forget_unused()
        return snapshot

    def _kept_words(self, encoder: Encoder) -> WordSpace | None:
        try:
            return self.snapshots.load(encoder, self.policy).word_space
        except SnapshotError:  # none, or one that does not serve any more: there is nothing to keep
            return None

    def load_encoder(self) -> Encoder:
        """Load the encoder that the settings name."""
        return load_encoder(self.settings.encoder, self.settings.encoder_options)

    def open_snapshot(self, encoder: Encoder) -> Snapshot:
        """Load the snapshot that serves; when it is missing, damaged, foreign or older than the store, build it anew."""
        try:
            snapshot = self.snapshots.load(encoder, self.policy)
        except SnapshotError:
            return self.build(encoder)
        with self.open_store() as store:
            stored = store.version()
        if stored is not None and stored.version != snapshot.catalogue_version:
            return self.build(encoder)
        return snapshot


class Service:
    """What answers requests: a matcher over the snapshot that serves, swapped whole when another one does."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self._encoder = workshop.load_encoder()
        self.matcher = Matcher(workshop.open_snapshot(self._encoder))
        network = self.matcher.snapshot.network
        network.distances_from(
            network.gazetteer.point_of(network.gazetteer.city)
        )  # loads what distances need, before the first request

    def today(self) -> datetime.date:
        """Return the day it is in the city."""
        return self.workshop.today()

    def refresh(self) -> bool:
        """Swap in the snapshot that serves if it is another one; tell whether it was. SnapshotError leaves the old one in place."""
        if self.workshop.snapshots.current() in (None, self.matcher.snapshot.version):
            return False
        self.matcher = Matcher(self.workshop.snapshots.load(self._encoder, self.workshop.policy))
        return True


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
