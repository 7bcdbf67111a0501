"""Keeps Python's cyclic garbage collector out of a compilation.

A compilation makes tens of thousands of small values and drops none of them in a circle. The
collector looks at all of them again and again, which takes a third of the time for three hundred
models and more than half for three thousand. Other threads miss its visits for as long as a
compilation takes: a tenth of a second for three hundred models.
"""

from __future__ import annotations

import gc
from _thread import allocate_lock


class _Pause:
    """Switches the collector off while anybody compiles, in whichever thread."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._compiling = 0
        self._was_on = False

    def __enter__(self) -> None:
        with self._lock:
            if self._compiling == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._compiling += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._compiling -= 1
            if self._compiling == 0 and self._was_on:
                gc.enable()


collector_paused = _Pause()
