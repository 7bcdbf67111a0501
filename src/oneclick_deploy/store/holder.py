"""Who holds a lease, and whether that process is still alive."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class Holder:
    """A process, and one run inside it.

    Args:
        host: The machine's name.
        pid: The process.
        born: When the process began, in the system's own ticks, so that a reused pid differs.
        token: Distinguishes runs of one process.
    """

    host: str
    pid: int
    born: str
    token: str

    @classmethod
    def this(cls) -> Holder:
        """This process, for one new run."""
        pid = os.getpid()
        return cls(host=socket.gethostname(), pid=pid, born=_born(pid), token=uuid.uuid4().hex[:12])

    def __str__(self) -> str:
        return f"{self.host}|{self.pid}|{self.born}|{self.token}"

    @classmethod
    def parse(cls, text: str) -> Holder | None:
        """Read the text form; ``None`` when it is something else."""
        parts = text.split("|")
        if len(parts) != 4 or not parts[1].isdecimal():
            return None
        return cls(host=parts[0], pid=int(parts[1]), born=parts[2], token=parts[3])


def is_dead(text: str) -> bool:
    """Whether the holder is a process of this machine that has ended.

    A holder on another machine is never called dead: only its lease's end frees it.
    """
    holder = Holder.parse(text)
    if holder is None or holder.host != socket.gethostname() or os.name != "posix":
        return False  # on Windows, signal 0 would be a Ctrl-C
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return _born(holder.pid) != holder.born or _is_zombie(holder.pid)


def _born(pid: int) -> str:
    return _stat_field(pid, 22)


def _is_zombie(pid: int) -> bool:
    return _stat_field(pid, 3) == "Z"


def _stat_field(pid: int, number: int) -> str:
    """A field of Linux's ``/proc/PID/stat`` (proc(5), counted from 1); empty elsewhere."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The command in parentheses may hold spaces; the fields after it do not.
    return text.rpartition(")")[2].split()[number - 3]
