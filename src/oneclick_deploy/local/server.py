"""A thread with an event loop that serves ASGI apps on loopback ports.

Every site and every database of the local cloud gets a port of its own: names under ``localhost``
do not resolve in every program (Python on plain glibc refuses them), while ``127.0.0.1:port`` opens
in any browser and any client without touching the hosts file.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeVar

from oneclick_deploy.errors import LocalCloudError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
T = TypeVar("T")

LOOPBACK = "127.0.0.1"


class LocalServer:
    """Serves any number of ASGI apps, each on its own loopback port, from one background thread.

    Args:
        wrap: Put around every app that is served; tests inject faults this way.
    """

    def __init__(self, *, wrap: Callable[[AsgiApp], AsgiApp] | None = None) -> None:
        self._wrap = wrap
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._run_loop, name="oneclick-local-cloud", daemon=True
        )
        self._listeners: dict[int, tuple[Any, asyncio.Task[None]]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._started = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that all apps run on."""
        return self._loop

    def start(self) -> None:
        """Start the thread. Call once."""
        # Without any handler Python prints uvicorn's warnings about odd clients on stderr.
        logging.getLogger("uvicorn").addHandler(logging.NullHandler())
        self._thread.start()
        self._started = True

    def stop(self) -> None:
        """Close all ports, wait for open requests shortly, end the thread. Safe to call twice."""
        if not self._started:
            if not self._loop.is_running():
                self._loop.close()
            return
        self._started = False
        self.run(self._close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T], *, timeout: float | None = 60) -> T:
        """Run a coroutine on the server's loop from another thread and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def listen(self, app: AsgiApp, *, port: int | None = None) -> int:
        """Serve ``app`` on a loopback port and return the port. Not callable from the loop itself.

        Args:
            app: The ASGI application.
            port: The wanted port; any free one when it is not given or is in use.
        """
        return self.run(self.listen_async(app, port=port))

    async def listen_async(self, app: AsgiApp, *, port: int | None = None) -> int:
        """Serve ``app`` on a loopback port, called on the server's own loop."""
        import uvicorn

        if self._wrap is not None:
            app = self._wrap(app)
        bound = _bind(port)
        number: int = bound.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                lifespan="off",
                ws="none",
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        task = self._loop.create_task(server.serve(sockets=[bound]))
        while not server.started:
            if task.done():
                bound.close()
                raise LocalCloudError(f"the local server could not listen on port {number}")
            await asyncio.sleep(0.001)
        self._listeners[number] = (server, task)
        return number

    def close(self, port: int) -> None:
        """Stop listening on ``port``. Unknown ports are ignored."""
        self.run(self.close_async(port))

    async def close_async(self, port: int) -> None:
        """Stop listening on ``port``, called on the server's own loop.

        The port is free at once; open requests end in the background.
        """
        listener = self._listeners.pop(port, None)
        if listener is None:
            return
        server, task = listener
        for each in server.servers:
            each.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        server.should_exit = True
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_all(self) -> None:
        for port in list(self._listeners):
            await self.close_async(port)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


def _bind(port: int | None) -> socket.socket:
    """Bind the wanted port, or any free one; the socket is closed by the server."""
    for wanted in (port or 0, 0):
        # With the protocol named, asyncio switches Nagle's algorithm off for accepted connections;
        # without it every answer of two writes waits 40 ms for a delayed acknowledgement.
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((LOOPBACK, wanted))
        except OSError:
            bound.close()
            continue
        bound.listen(512)
        return bound
    raise LocalCloudError(
        "no free port on the loopback interface", hint="Close other servers on this machine."
    )
