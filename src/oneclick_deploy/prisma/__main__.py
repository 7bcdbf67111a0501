"""``python -m oneclick_deploy.prisma``: SQL, migrations, rewriting and linting of Prisma schemas."""

from __future__ import annotations

import gc
import os
import signal
import sys

if __name__ == "__main__":
    # The process ends before there is anything to collect, and even importing makes the collector
    # look around.
    gc.disable()
    from oneclick_deploy.prisma.terminal import main

    # A reader such as `head` may leave; then this ends as other programs do, without a message.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    status = main()
    sys.stderr.flush()
    # Freeing every node of a large schema by itself, as a usual end does, takes another tenth.
    os._exit(status)
