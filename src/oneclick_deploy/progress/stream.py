"""A text stream that never fails: for terminals of any encoding, and for closed ones."""

from __future__ import annotations

import contextlib
from typing import TextIO


class SafeStream:
    """Writes to another stream what its encoding can carry, and escapes for the rest.

    A stream that is closed or gone takes nothing and raises nothing: a broken display must not end
    a deployment.

    Args:
        stream: The other stream; ``None`` (a program without a console) takes nothing.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"

    @property
    def unicode(self) -> bool:
        """Whether the stream can carry the signs of a progress display."""
        return self._carried("✔✘━╸⠋·") == "✔✘━╸⠋·"

    def write(self, text: str) -> int:
        """Write a text."""
        if self._stream is not None:
            with contextlib.suppress(OSError, ValueError):
                self._stream.write(self._carried(text))
        return len(text)

    def flush(self) -> None:
        """Hand on what is buffered."""
        if self._stream is not None:
            with contextlib.suppress(OSError, ValueError):
                self._stream.flush()

    def isatty(self) -> bool:
        """Whether a terminal is behind it."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return self._stream is not None and self._stream.isatty()
        return False

    def fileno(self) -> int:
        """The stream's descriptor.

        Raises:
            OSError: It has none.
        """
        if self._stream is None:
            raise OSError("no stream")
        return self._stream.fileno()

    def _carried(self, text: str) -> str:
        try:
            return text.encode(self.encoding, "backslashreplace").decode(self.encoding)
        except (LookupError, UnicodeError):
            return text.encode("ascii", "backslashreplace").decode("ascii")
