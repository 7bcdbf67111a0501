"""The one import of httpx, without its command line.

``httpx`` imports its command line, and with it click, rich and pygments, when those are installed:
it takes longer than the rest of httpx, for a program that nobody calls here. It does without when
the import fails, so for this one moment it does.
"""

from __future__ import annotations

import sys

_COMMAND_LINE = "httpx._main"

if "httpx" not in sys.modules:
    # None makes the import system raise ImportError for this name.
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]

import httpx as httpx  # noqa: E402, PLC0414 - after the line above; handed on to this folder

if sys.modules.get(_COMMAND_LINE, httpx) is None:
    del sys.modules[_COMMAND_LINE]
