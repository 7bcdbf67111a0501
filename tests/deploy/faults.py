"""Faults at the emulators' door: count requests, refuse them, lose answers, kill the client."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, MutableMapping
from typing import Any, Literal

from attrs import define, field

from oneclick_deploy.local.server import AsgiApp, Receive, Scope, Send

Kind = Literal["lost", "reset", "500", "429", "garbage", "kill-before", "kill-after"]


@define
class FaultyDoor:
    """Wraps every app of a local cloud and misbehaves at chosen requests of the deploying client.

    Requests of deployed workers, and of browsers, are left alone: only those that carry our
    ``User-Agent`` are counted.
    """

    plan: dict[int, Kind] = field(factory=dict)
    count: int = 0
    log: list[str] = field(factory=list)
    on_request: Callable[[int, str], None] | None = None

    def kill_at(self, number: int, *, after: bool) -> None:
        """Kill this process at one request: before it is acted on, or after it and unanswered."""
        self.plan[number] = "kill-after" if after else "kill-before"

    def wrap(self, app: AsgiApp) -> AsgiApp:
        """Give `LocalCloud` this as its ``wrap``."""

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not _is_ours(scope):
                await app(scope, receive, send)
                return
            self.count += 1
            number, place = self.count, f"{scope['method']} {scope['path']}"
            self.log.append(place)
            if self.on_request is not None:
                self.on_request(number, place)
            await self._answer(self.plan.get(number), app, scope, receive, send)

        return door

    async def _answer(
        self, fault: Kind | None, app: AsgiApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        match fault:
            case None:
                await app(scope, receive, send)
            case "kill-before":
                os.kill(os.getpid(), signal.SIGKILL)
            case "kill-after":
                await app(scope, receive, _swallow)
                os.kill(os.getpid(), signal.SIGKILL)
            case "lost":
                await app(scope, receive, _swallow)
                raise ConnectionAbortedError("the answer is lost on purpose")
            case "reset":
                raise ConnectionAbortedError("the request is refused on purpose")
            case "garbage":
                await _reply(send, 200, b"<html>not what you asked for</html>")
            case "429":
                await _reply(send, 429, b'{"error":"slow down"}', (b"retry-after", b"0"))
            case "500":
                await _reply(send, 500, b'{"error":"internal"}')


def _is_ours(scope: Scope) -> bool:
    return any(
        name == b"user-agent" and value.startswith(b"oneclick-deploy/")
        for name, value in scope["headers"]
    )


async def _swallow(_: MutableMapping[str, Any]) -> None:
    """Take the app's answer and tell nobody."""


async def _reply(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})
