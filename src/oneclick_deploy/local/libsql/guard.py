"""Runs a program that ends when its parent does, even when the parent was killed.

Started as a script in front of the program: ``python -I -S guard.py PARENT_PID PROGRAM ARGUMENTS``.
On Linux the kernel sends the signal, and this process becomes the program. Elsewhere this process
stays, and the end of its standard input tells that the parent is gone.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Run the program."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have ended before the call above.
        if os.getppid() == parent:
            os.execv(command[0], command)  # noqa: S606 - a program of ours, no shell
        return 1
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603
    signal.signal(signal.SIGTERM, lambda _number, _frame: program.terminate())

    def watch() -> None:
        sys.stdin.buffer.read()
        program.kill()

    threading.Thread(target=watch, daemon=True).start()
    return program.wait()


if __name__ == "__main__":
    sys.exit(main())
