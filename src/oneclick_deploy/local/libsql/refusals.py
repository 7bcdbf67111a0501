"""How the data plane says no: to a statement, to a request of a pipeline, or to all of it."""

from __future__ import annotations


class StatementRefusedError(Exception):
    """A statement failed; the other requests of the pipeline still run.

    Args:
        message: The text for the client.
        code: Hrana's error code, such as ``SQLITE_CONSTRAINT``.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def as_json(self) -> dict[str, str]:
        """The error object of the Hrana protocol."""
        return {"message": self.message, "code": self.code}


class RequestRefusedError(Exception):
    """The whole HTTP request fails, and the stream is lost.

    Args:
        status: The HTTP status.
        body: A text is sent as text/plain, a mapping as JSON, as sqld does.
    """

    def __init__(self, status: int, body: str | dict[str, str]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


class ProtocolError(RequestRefusedError):
    """The request is not Hrana: 400 with a text."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


def unreadable(reason: str) -> ProtocolError:
    """The body cannot be read as a client message."""
    return ProtocolError(f"Cannot deserialize client message from JSON: {reason}")
