"""One process that serves over HTTP."""

import gc
import json
import signal
import socket
import sys

import uvicorn
from rich.console import Console

from api import logs
from api.app import create_app
from recommender.bootstrap import Workshop
from recommender.display import progress
from recommender.errors import SettingsError
from recommender.language import Bilingual
from recommender.service import Service
from recommender.settings import Settings

_COLLECTED_AFTER = (20_000, 20, 50)  # objects, and collections of younger ones
_SWITCH_SECONDS = (
    0.0001  # what follows the store and takes in syncs shares the interpreter with answers, which take about 1 ms
)
_GRACE_SECONDS = 30  # for requests that are being answered when it is told to stop


def run(settings: Settings) -> bool:
    """Serve until told to stop; tell whether serving began. JinxueError when the port cannot be had, or there is nothing to serve."""
    logs.set_up(settings.log_level)
    sys.setswitchinterval(_SWITCH_SECONDS)
    with _listen(settings) as listening:
        with progress(Console(stderr=True)) as tell:  # a first start embeds the catalogue
            service = Service(Workshop(settings, tell))  # opened here, where what is wrong can be said in a sentence
        gc.collect()
        gc.freeze()  # what is loaded stays: to go through all of it again and again would hold up answers
        gc.set_threshold(*_COLLECTED_AFTER)
        app = create_app(settings, service)
        app.state.on_ready = lambda service: _invite(settings, service, listening.getsockname()[1])
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # uvicorn stops at it, then raises it once more
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[listening])
    return server.started


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything is loaded, so that a taken one is said at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise SettingsError(
            Bilingual(
                f"无法在 {settings.host}:{settings.port} 上监听（{error.strerror}）。请换一个端口：make serve PORT=8001。",
                f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}); take another: make serve PORT=8001.",
            )
        ) from error
    return listening


def _invite(settings: Settings, service: Service, port: int) -> None:
    """Print where the service answers, and a request to paste, in words of its own catalogue."""
    network = service.matcher.snapshot.network
    learner = next((one for one in network.learners if one.goal and one.place), None)
    place = learner.place if learner else network.gazetteer.full_name(network.gazetteer.places[-1])
    goal = learner.goal if learner else network.courses[0].title if network.courses else "…"
    body = json.dumps({"goal": goal, "location": {"place": place}}, ensure_ascii=False).replace("'", "’")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{port}"
    ready = Bilingual(
        f"近学已就绪：{url}（文档 {url}/docs）。试一试：", f"Jinxue is ready: {url} (docs: {url}/docs). Try:"
    )
    print(ready.in_language(settings.language))  # noqa: T201
    print(f"curl -s {url}/v1/recommendations -H 'Content-Type: application/json' -d '{body}'", flush=True)  # noqa: T201
