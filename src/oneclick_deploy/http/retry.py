"""What may be sent again, and when. Pure; tenacity drives it in the clients."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from attrs import field, frozen

from oneclick_deploy.errors import ConnectionFailedError, TransportError
from oneclick_deploy.http.values import CallKind, Request, Response

# 408, 425 and 429 were not processed; 52x are Cloudflare's own gateway errors (524 in the traces).
_RETRY_ALWAYS = frozenset({408, 425, 429})
_RETRY_REPEATABLE = _RETRY_ALWAYS | frozenset({500, 502, 503, 504, 520, 521, 522, 523, 524})


@frozen(kw_only=True)
class RetryPolicy:
    """When a call is sent again.

    A call that creates something is repeated only when it certainly was not acted on: the
    connection was never made, or the provider refused to process it (408, 425, 429).

    Args:
        attempts: Most sends of one call.
        first_wait: Seconds of the first back-off; doubles each time, with jitter down to half.
        longest_wait: Cap of one back-off in seconds.
        longest_retry_after: Cap for a wait that the provider asks for, in seconds. When it asks
            for more, the call fails at once and the error carries the wish.
        jitter: Gives numbers in [0, 1); only tests give another one.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 20.0
    longest_retry_after: float = 60.0
    jitter: Callable[[], float] = field(default=random.random, repr=False)

    def repeats(self, request: Request, outcome: Response | TransportError) -> bool:
        """Whether this outcome of ``request`` allows another send."""
        if isinstance(outcome, TransportError):
            if request.kind is CallKind.CREATE:
                return isinstance(outcome, ConnectionFailedError)
            return outcome.retryable
        repeatable = _RETRY_ALWAYS if request.kind is CallKind.CREATE else _RETRY_REPEATABLE
        if outcome.status not in repeatable:
            return False
        return (retry_after(outcome) or 0.0) <= self.longest_retry_after

    def wait(self, attempt: int, outcome: Response | TransportError) -> float:
        """Seconds before the send after number ``attempt`` (1-based)."""
        if isinstance(outcome, Response):
            asked = retry_after(outcome)
            if asked is not None:
                return asked
        ceiling = min(self.longest_wait, self.first_wait * 2.0 ** min(attempt - 1, 30))
        return ceiling * (0.5 + self.jitter() / 2)


def retry_after(response: Response, *, now: Callable[[], float] = time.time) -> float | None:
    """Seconds that the answer asks to wait: ``Retry-After`` as seconds or as an HTTP date.

    What is neither, or no finite number, counts as no wish.
    """
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now(), UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None
