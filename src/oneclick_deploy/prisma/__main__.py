"""``python -m oneclick_deploy.prisma``: SQL, migrations, rewriting and linting of Prisma schemas."""

from __future__ import annotations

import signal
import sys

from oneclick_deploy.prisma.terminal import main

if __name__ == "__main__":
    # A reader such as `head` may leave; then this ends as other programs do, without a message.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
