"""Keeps two local clouds out of one state directory."""

from __future__ import annotations

import os
from pathlib import Path

from oneclick_deploy.errors import LocalCloudError

try:
    import fcntl
except ImportError:  # Windows has no flock; workerd and sqld do not run there either
    fcntl = None  # type: ignore[assignment]

_FILE = "running.lock"


class StateGuard:
    """A lock on a state directory. The system gives it back when the process ends, however it ends.

    Args:
        directory: The state directory; it must exist.

    Raises:
        LocalCloudError: Another local cloud runs there.
    """

    def __init__(self, directory: Path) -> None:
        self._descriptor = os.open(directory / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
        if fcntl is None:
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise LocalCloudError(
                f"a local cloud runs in {directory} already (process {holder or 'unknown'})",
                hint="Stop that one first, or use another state directory.",
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let others use the directory. Call once."""
        os.close(self._descriptor)
