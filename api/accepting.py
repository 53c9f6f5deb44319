"""How callers are let in: all that have come, before any of them is answered."""

import asyncio
import contextlib
import socket
from functools import partial

import uvicorn

_AT_ONCE = 256
_REST_SECONDS = 0.2  # while there are no more files to be had


class Server(uvicorn.Server):
    """The server, on sockets that listen.

    uvloop lets in one caller between two answers, so that under load the others would wait where nobody counts or refuses them.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to let callers in."""
        await super().startup(sockets=[])
        self._welcoming: set[asyncio.Task[None]] = set()
        self._connection = partial(  # type: ignore[call-arg]
            self.config.http_protocol_class,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        for listening in sockets or []:
            listening.setblocking(False)
            self._listen(listening)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more, and wait for those who are."""
        for listening in sockets or []:
            asyncio.get_running_loop().remove_reader(listening)
        await super().shutdown(sockets)

    def _listen(self, listening: socket.socket) -> None:
        if not self.should_exit:
            asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            try:
                connected, _ = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                loop.remove_reader(listening)
                loop.call_later(_REST_SECONDS, self._listen, listening)
                return
            connected.setblocking(False)
            welcoming = loop.create_task(self._welcome(connected))
            self._welcoming.add(welcoming)
            welcoming.add_done_callback(self._welcoming.discard)

    async def _welcome(self, connected: socket.socket) -> None:
        with contextlib.suppress(OSError):  # gone already
            await asyncio.get_running_loop().connect_accepted_socket(self._connection, connected)
