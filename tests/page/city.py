"""Small cities that a test of the page writes for itself, and a demo that serves them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from api import create_app
from recommender.bootstrap import Workshop
from recommender.settings import Settings

PLACES = (
    "place_id,name,kind,parent_id,latitude,longitude,south,west,north,east\n"
    "1,海城市,city,,30.2,120.2,29,119,31,121\n2,东湖区,district,1,30.2,120.2,,,,\n"
)
SITES = "site_id,name,kind,latitude,longitude,datum\nnear,东湖茶馆,centre,30.2,120.2,wgs84\nfar,西岭茶场,centre,30.65,120.2,wgs84\n"


def write_city(folder: Path, *, approval: str = "approved", classes: str | None = None) -> Path:
    """Write a city of one place, with a course taught there and one taught some 50 km away, or with other `classes`; return its folder."""
    files = {
        "places.csv": PLACES,
        "clusters.csv": "cluster_id,name,english_name\ntea,茶叶,Tea\n",
        "sites.csv": SITES,
        "courses.csv": f"course_id,title,description,approval\npick,采茶,在茶园里学采茶,{approval}\nroast,炒茶,学炒青、揉捻和烘干,{approval}\n",
        "course_instances.csv": classes
        or "instance_id,course_id,mode,site_id\npick-1,pick,at_site,near\nroast-1,roast,at_site,far\n",
    }
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def prepared(state: Path, catalogue: Path | None = None) -> Path:
    """Import a catalogue (the bundled one for None) and build its snapshot; return the state folder."""
    workshop = Workshop(Settings(state=state))
    workshop.import_catalogue(catalogue, today=workshop.today())
    workshop.build()
    return state


@contextmanager
def served(state: Path, **settings: object) -> Iterator[str]:
    """Serve a demo of what is prepared, and give the address."""
    given = Settings(state=state, demo=True, rate_per_address="100000/second", **settings)  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(create_app(given), port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def serving(state: Path, catalogue: Path | None = None, **settings: object) -> Iterator[str]:
    """Prepare a catalogue, and serve it."""
    with served(prepared(state, catalogue), **settings) as address:
        yield address
