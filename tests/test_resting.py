"""Where long work looks whether others wait: between the parts of a sync, a build, a saving, an audience; and who does such work."""

import io
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender import pace
from recommender.bootstrap import Workshop
from recommender.following import Follower
from recommender.language import Language
from recommender.pace import unhurried
from recommender.registry import Caller, Synchroniser, SyncMode
from recommender.requests import AudienceRequest, CoverageRequest
from recommender.service import Service
from recommender.settings import Settings
from tests.live import eventually
from tests.networks import TODAY, random_catalogue
from tests.serving import import_records

LINES = 30


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A service over a random network."""
    workshop = Workshop(Settings(state=tmp_path / "state", _env_file=None))
    import_records(workshop, random_catalogue(0), day=TODAY)
    return Service(workshop)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """How often a thread looked whether others wait, by its name and the function that was at work."""
    counted: Counter[tuple[str, str]] = Counter()

    def look(_: pace.Pace) -> None:
        frame = sys._getframe(2)
        at_work = f"{frame.f_globals['__name__'].removeprefix('recommender.')}.{frame.f_code.co_name}"
        counted[threading.current_thread().name, at_work] += 1

    monkeypatch.setattr(pace.Pace, "rest", look)
    return counted


def synchronise(service: Service) -> None:
    """Bring when some classes are taught."""
    classes = service.matcher.snapshot.network.catalogue.course_instances[:LINES]
    assert len(classes) == LINES
    lines = (
        {
            "type": "course_instance",
            "action": "patch",
            "instance_id": one.instance_id,
            "schedule": "weekend",
            "fee_yuan": 7,
        }
        for one in classes
    )
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    run = Synchroniser(service.registry, Caller(), io.BytesIO(), language=Language.ZH)
    assert run.run(io.BytesIO(body), SyncMode.ALL_OR_NOTHING).counts == {"updated": LINES}


def catch_up(service: Service) -> None:
    synchronise(service)
    with unhurried():
        assert service.catch_up()


def save(service: Service) -> None:
    catch_up(service)
    with unhurried():
        service.save()


def find(service: Service) -> None:
    for one in service.matcher.snapshot.network.instances[:20]:
        service.matcher.find_audience(AudienceRequest(instance_id=one.instance_id, k=1_000), today=TODAY)


def survey(service: Service) -> None:
    service.matcher.coverage(CoverageRequest(), today=TODAY, hidden_below=5)


def replace_all(service: Service) -> None:
    import_records(service.workshop, random_catalogue(1), day=TODAY)
    with unhurried():
        assert service.store.load()
        assert service.catch_up()


AT_LEAST: dict[Callable[[Service], None], dict[str, int]] = {
    synchronise: {"registry.sync._tell": LINES, "registry.registrar.apply": LINES, "store.connection.<lambda>": 10},
    catch_up: {
        "store.loading.load_since": 1,
        "network.__call__": 10,
        "network._digest": LINES,
        "snapshot.building.build_snapshot": 2,
        "blocks.layout.same_instances": 3,
        "blocks.layout.instance_vectors": 5,
        "snapshot.learners.known": 10,
    },
    save: {"snapshot.catalogue_file.write_rows": 10, "snapshot.files.write_files": 11, "snapshot.files.checksum": 5},
    replace_all: {"store.loading._read": LINES, "snapshot.learners._resolved": 10},
    survey: {"whereabouts.whereabouts": 20, "fitting.fitting": 1, "exposure.exposure": 20},
    find: {"audience._request_vector": 10},
}


@pytest.mark.parametrize("work", AT_LEAST)
def test_each_part_of_long_work_looks(
    service: Service, looked: Counter[tuple[str, str]], work: Callable[[Service], None]
) -> None:
    work(service)
    found = Counter[str]()
    for (_, part), count in looked.items():
        found[part] += count
    assert {part: found[part] for part, least in AT_LEAST[work].items() if found[part] < least} == {}


def test_who_follows_the_store_is_unhurried(service: Service, looked: Counter[tuple[str, str]]) -> None:
    follower = Follower(service, refit_seconds=0)
    follower.start()
    try:
        synchronise(service)
        eventually(lambda: looked["jinxue-follow", "snapshot.building.build_snapshot"])
        eventually(lambda: looked["jinxue-follow", "snapshot.files.checksum"])
    finally:
        follower.stop()
