"""The HTTP client: budget, deadline, retries, cancellation and errors around one send."""

from __future__ import annotations

import threading
import time
from typing import Self

from tenacity import AsyncRetrying, RetryCallState

from oneclick_deploy.errors import DeadlineExceededError, TransportError
from oneclick_deploy.http._httpx import httpx
from oneclick_deploy.http._transport import (
    DIRECT,
    FOREIGN,
    LIMITS,
    check_time,
    finished,
    out_of_time,
    timeouts,
    tls,
    too_large,
    translate,
    wire_target,
)
from oneclick_deploy.http.budget import RequestBudget
from oneclick_deploy.http.observe import notify
from oneclick_deploy.http.retry import retry_after
from oneclick_deploy.http.settings import HttpSettings
from oneclick_deploy.http.values import Request, Response
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken


class AsyncHttp:
    """Sends requests and keeps connections. One instance serves any number of calls at a time.

    Args:
        settings: Timeouts, retries, routes.
        budget: The request budget of the account, when the provider has one.
        cancel: Ends waits and keeps further requests from leaving.
        transport: A replacement for the network, such as httpx's mock transport; for tests.
    """

    def __init__(
        self,
        settings: HttpSettings | None = None,
        *,
        budget: RequestBudget | None = None,
        cancel: CancelToken | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.settings = settings or HttpSettings()
        self._budget = budget
        self._cancel = cancel
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._opening = threading.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. The next call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def send(self, request: Request) -> Response:
        """Send a request, again where that is safe, and return the last answer of any status.

        Raises:
            ConnectionFailedError: No connection could be made.
            ConnectionLostError: The answer was lost.
            DeadlineExceededError: The call's time is over.
            ConfigurationError: The request cannot be sent at all.
            DeployCancelledError: The cancel token was used.
        """
        policy = self.settings.retry
        deadline = time.monotonic() + (request.timeout or self.settings.timeout)
        wait = 0.0

        async def attempt() -> Response | TransportError:
            try:
                return await self._send_once(request, deadline)
            except TransportError as error:
                return error

        def again(state: RetryCallState) -> bool:
            nonlocal wait
            outcome = _outcome(state)
            wait = policy.wait(state.attempt_number, outcome)
            return policy.repeats(request, outcome) and time.monotonic() + wait < deadline

        async def pause(seconds: float) -> None:
            await aio.sleep(seconds, cancel=self._cancel)

        outcome: Response | TransportError = await AsyncRetrying(
            retry=again,
            wait=lambda _: wait,
            stop=lambda state: state.attempt_number >= policy.attempts,
            sleep=pause,
            retry_error_callback=_outcome,
        )(attempt)
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    async def _send_once(self, request: Request, deadline: float) -> Response:
        await self._take_turn(request, deadline)
        try:
            target = wire_target(request, self.settings)
        except ValueError as error:
            raise translate(error, request) from None
        try:
            response = await self._exchange(request, target, deadline)
        except BaseException as error:
            notify(request, None)
            if isinstance(error, FOREIGN):
                raise translate(error, request) from None
            raise
        notify(request, response)
        if response.status == 429 and self._budget is not None:
            self._budget.block(
                min(retry_after(response) or 0.0, self.settings.retry.longest_retry_after)
            )
        return response

    async def _exchange(
        self, request: Request, target: tuple[str, dict[str, str]], deadline: float
    ) -> Response:
        """Send once and read the whole answer, inside the deadline and the size limit."""
        client = self._open()
        url, headers = target
        limits = timeouts(self.settings, max(0.001, deadline - time.monotonic()))
        built = client.build_request(
            request.method, url, headers=headers, content=request.content, timeout=limits
        )
        answer = await client.send(built, stream=True)
        try:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                check_time(request, deadline)
                if len(body) > self.settings.largest_answer:
                    raise too_large(request, answer.status_code, self.settings.largest_answer)
            return finished(answer, bytes(body))
        finally:
            await answer.aclose()

    async def _take_turn(self, request: Request, deadline: float) -> None:
        if self._cancel is not None:
            self._cancel.check()
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise out_of_time(request)
        wait = self._budget.reserve(within=remaining) if self._budget is not None else 0.0
        if wait is None:
            raise DeadlineExceededError(
                f"{request.place}: the account's request budget is used up for longer than the "
                f"{remaining:.0f} s that are left for the call",
                hint="Wait, or run fewer deployments of this account at a time.",
                retryable=False,
            )
        if wait:
            await aio.sleep(wait, cancel=self._cancel)

    def _open(self) -> httpx.AsyncClient:
        # Threads that ask at once must not open a client each: only one of them would be closed.
        with self._opening:
            if self._client is None:
                self._client = httpx.AsyncClient(
                    transport=self._transport,
                    mounts=DIRECT,
                    verify=tls(),
                    limits=LIMITS,
                    follow_redirects=False,
                )
            return self._client


def _outcome(state: RetryCallState) -> Response | TransportError:
    outcome: Response | TransportError = state.outcome.result()  # type: ignore[union-attr]
    return outcome
