"""How often one account of a provider may be asked, shared by every client of a process."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable


class RequestBudget:
    """At most ``limit`` requests in any ``period`` seconds; thread-safe and loop-free.

    Args:
        limit: Requests that one period allows.
        period: Length of the sliding window in seconds.
        clock: Monotonic seconds; only tests give another one.
    """

    def __init__(
        self, limit: int, period: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._period = period
        self._clock = clock
        self._lock = threading.Lock()
        self._starts: deque[float] = deque()
        self._blocked_until = 0.0

    def reserve(self, *, within: float = math.inf) -> float | None:
        """Take the next free place in the window.

        Args:
            within: The longest acceptable wait in seconds.

        Returns:
            Seconds to wait before the request may leave; 0 when it may leave now. ``None`` when
            the wait would be longer than ``within``; then no place is taken.
        """
        with self._lock:
            now = self._clock()
            while self._starts and self._starts[0] <= now - self._period:
                self._starts.popleft()
            start = max(now, self._blocked_until)
            if len(self._starts) >= self._limit:
                start = max(start, self._starts[-self._limit] + self._period)
            if start - now > within:
                return None
            self._starts.append(start)
            return start - now

    def block(self, seconds: float) -> None:
        """Let no request leave for ``seconds``: the provider asked for a pause."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    @property
    def remaining(self) -> int:
        """Requests that may leave now."""
        with self._lock:
            now = self._clock()
            if now < self._blocked_until:
                return 0
            used = sum(1 for start in self._starts if start > now - self._period)
            return max(0, self._limit - used)


# Cloudflare: 1200 requests in 5 minutes for a user or account token; beyond it every call is
# blocked for 5 minutes (developers.cloudflare.com/fundamentals/api/reference/limits). A part is
# left to the dashboard and other tools that use the same token. Turso publishes no limit.
LIMITS: dict[str, tuple[int, float]] = {"cloudflare": (1100, 300.0)}

_budgets: dict[tuple[str, str], RequestBudget] = {}
_budgets_lock = threading.Lock()


def shared_budget(provider: str, account: str) -> RequestBudget | None:
    """The budget that all clients of this process share for one account of a provider.

    Returns:
        ``None`` when the provider publishes no limit.
    """
    if provider not in LIMITS:
        return None
    with _budgets_lock:
        key = (provider, account)
        if key not in _budgets:
            _budgets[key] = RequestBudget(*LIMITS[provider])
        return _budgets[key]
