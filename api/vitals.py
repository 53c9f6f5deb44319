"""How the service stands, looked at when somebody asks: its parts, and for Prometheus the snapshot, the store, the fit and the keys."""

import datetime
import time
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import State

from recommender.access import Key, Scope
from recommender.language import Bilingual
from recommender.service import Service
from recommender.snapshot import Snapshot

PARTS = ("store", "snapshot", "disk", "fit", "erasure", "keys", "encoder")
"""What has to work."""

_SOON = datetime.timedelta(days=30)
_UNREAD = Bilingual("还没能从数据库读取密钥。", "The keys could not be read from the database yet.")


def faults_of(state: State) -> dict[str, Bilingual]:
    """Return by part what does not work at present, while answers go on. The encoder works once a process has started."""
    faults = dict(state.follower.faults)
    return faults | {"keys": _UNREAD} if state.keys.known is None else faults


def counts_of(snapshot: Snapshot) -> dict[str, int]:
    """Return how many records of each table a snapshot holds."""
    network = snapshot.network
    return {
        "sites": len(network.sites),
        "courses": len(network.courses),
        "course_instances": len(network.instances),
        "learners": len(network.learners),
        "enterprises": len(network.enterprises),
    }


def expiring(keys: Sequence[Key], now: datetime.datetime) -> list[Key]:
    """Return the keys that end within 30 days without another in their place."""
    replaced = {key.replaces for key in keys if key.holds(now)}
    return [
        key
        for key in keys
        if key.holds(now) and key.expires_at and key.expires_at - now < _SOON and key.key_id not in replaced
    ]


class Vitals(Collector):
    """The metrics of an application's `state` as it is."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._fit: tuple[str, bool] | None = None  # by snapshot, as it takes reading all texts to know

    def collect(self) -> Iterator[Metric]:
        """Yield what can be told; before the service is opened, nothing."""
        service: Service | None = self._state.service
        if service is None:
            return
        snapshot = service.matcher.snapshot
        yield from _snapshot(service, snapshot)
        yield _gauge(
            "jinxue_fit_outdated", "1: texts have changed since words were fitted to them.", self._outdated(snapshot)
        )
        yield _gauges("jinxue_catalogue_records", "Records in the snapshot.", "table", counts_of(snapshot))
        degraded = faults_of(self._state)
        states = {part: part in degraded for part in (*PARTS, *degraded)}
        yield _gauges("jinxue_part_degraded", "1: the part does not work at present.", "part", states)
        yield from _keys([*(self._state.keys.known or ())])

    def _outdated(self, snapshot: Snapshot) -> bool:
        if self._fit is None or self._fit[0] != snapshot.version:
            self._fit = snapshot.version, not snapshot.fit.fits(snapshot.network)
        return self._fit[1]


def _snapshot(service: Service, snapshot: Snapshot) -> Iterator[Metric]:
    pinned, seen = service.pinned is not None, service.store_version
    yield InfoMetricFamily("jinxue_snapshot", "The snapshot that answers.", {"version": snapshot.version})
    yield _gauge("jinxue_snapshot_catalogue_version", "The catalogue version it holds.", snapshot.catalogue_version)
    yield _gauge("jinxue_snapshot_pinned", "1: it is held to, whatever is written.", pinned)
    yield _gauge("jinxue_snapshot_swapped_timestamp_seconds", "Since when it answers.", service.swapped_at)
    yield _gauge("jinxue_snapshot_age_seconds", "How long it has answered.", time.time() - service.swapped_at)
    yield _gauge("jinxue_snapshot_build_seconds", "What it took to make it.", service.build_seconds)
    if seen is not None:
        lag = 0 if pinned else max(seen - snapshot.catalogue_version, 0)
        yield _gauge("jinxue_store_catalogue_version", "The catalogue version last seen in the store.", seen)
        yield _gauge(
            "jinxue_snapshot_lag_versions", "Catalogue versions that it is behind the store, unless pinned.", lag
        )


def _keys(keys: Sequence[Key]) -> Iterator[Metric]:
    now = datetime.datetime.now(datetime.UTC)
    for name, told, counted in (
        ("jinxue_keys", "Keys that hold, by scope.", [key for key in keys if key.holds(now)]),
        ("jinxue_keys_expiring", "Keys that end within 30 days, none being in their place.", expiring(keys, now)),
    ):
        yield _gauges(name, told, "scope", {scope: sum(scope in key.scopes for key in counted) for scope in Scope})


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value)


def _gauges(name: str, told: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
