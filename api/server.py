"""One process that serves over HTTP."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Network, ip_network

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from api import logs
from api.accepting import Server
from api.app import create_app
from api.connections import Connection
from api.greeting import greet
from api.listening import listen
from api.reload import Reload
from recommender.bootstrap import Workshop
from recommender.display import progress
from recommender.service import Service
from recommender.settings import Settings, split

_COLLECTED_AFTER = (4_000, 50, 50)  # objects, and collections of younger ones
_SWITCH_SECONDS = (
    0.0001  # what follows the store and takes in syncs shares the interpreter with answers, which take about 1 ms
)
_HANG_UP = [signal.SIGHUP] if hasattr(signal, "SIGHUP") else []
_FILES = 65_536
_MAPPED = 96  # bits before an IPv4 address in an IPv6 one
_GRACE_SECONDS = 30  # for requests that are being answered when it is told to stop


def run(read: Callable[[], Settings]) -> bool:
    """Serve until told to stop, by the settings that `read` reads, again at every SIGHUP; tell whether serving began.

    JinxueError when the port cannot be had, or there is nothing to serve.
    """
    hung_up = _note_hang_up()
    settings = read()
    logs.set_up(settings.log_level)
    sys.setswitchinterval(_SWITCH_SECONDS)
    _allow_files()
    with listen(settings) as listening:
        with progress(Console(stderr=True)) as tell:  # a first start embeds the catalogue
            service = Service(Workshop(settings, tell))  # opened here, where what is wrong can be said in a sentence
        gc.collect()
        gc.freeze()  # what is loaded stays: to go through all of it again and again would hold up answers
        gc.set_threshold(*_COLLECTED_AFTER)
        app = create_app(settings, service)
        app.state.on_ready = partial(_begin, Reload(app, read), hung_up, settings, listening.getsockname()[1])
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # uvicorn stops at it, then raises it once more
        server = Server(configuration(app, settings))
        server.run(sockets=[listening])
    return server.started


def _note_hang_up() -> list[int]:
    """Return a list that grows by every SIGHUP until the service begins."""
    noted: list[int] = []
    for number in _HANG_UP:
        signal.signal(number, lambda number, _: noted.append(number))
    return noted


def _begin(reload: Reload, hung_up: list[int], settings: Settings, port: int, service: Service) -> None:
    """Be open to signals and to callers."""
    for number in _HANG_UP:
        asyncio.get_running_loop().add_signal_handler(number, reload)
    if hung_up:
        reload()
    greet(settings, service, port)


def configuration(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return how the server is to treat connections; headers of proxies are believed if they are trusted, else ignored."""
    proxies = [name for network in split(settings.trusted_proxies) for name in _both_ways(network)]
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _both_ways(network: str) -> list[str]:
    """Return a network, and how its addresses look to a socket that takes both kinds."""
    plain = ip_network(network, strict=False)
    mapped = [f"::ffff:{plain.network_address}/{_MAPPED + plain.prefixlen}"] if isinstance(plain, IPv4Network) else []
    return [str(plain), *mapped]


def _allow_files() -> None:
    """Let the process have as many files open as it may, each connection being one."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # there are systems without such limits
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
