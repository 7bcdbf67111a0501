"""The Platform API's refusals, in its own words."""

from __future__ import annotations


class ApiRefusalError(Exception):
    """An answer that is not 2xx.

    Args:
        status: The HTTP status.
        message: The text of ``error``.
        code: The ``code`` that some refusals have.
    """

    def __init__(self, status: int, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code

    def as_json(self) -> dict[str, str]:
        """The body of the answer."""
        body = {"error": self.message}
        return {**body, "code": self.code} if self.code else body


def database_not_found(name: str) -> ApiRefusalError:
    """The documented 404 of every database path."""
    return ApiRefusalError(404, f"could not find database with name {name}: record not found")


def group_not_found(status: int = 404) -> ApiRefusalError:
    """The documented 404 of group paths; creating a database answers 400 with the same text."""
    return ApiRefusalError(status, "group not found")


def organization_not_found() -> ApiRefusalError:
    """The documented 404 of organization paths."""
    return ApiRefusalError(404, "organization not found")


def group_exists() -> ApiRefusalError:
    """The documented 409 of creating a group."""
    return ApiRefusalError(409, "group already exists")


def database_exists(name: str, *, documented: bool) -> ApiRefusalError:
    """What the API answers for a name in use: 400 in the field, 409 in the documentation."""
    if documented:
        return ApiRefusalError(409, f"database with name {name} already exists")
    return ApiRefusalError(400, "database with same name already exists")


def bad_request(message: str) -> ApiRefusalError:
    """A 400 with a text."""
    return ApiRefusalError(400, message)


def forbidden(message: str) -> ApiRefusalError:
    """A 403 with a text."""
    return ApiRefusalError(403, message)
