"""What the emulated API refuses, with Cloudflare's own codes where they are known.

Codes and sentences are those seen in official clients and in public issue threads; a code marked
"chosen" is this emulator's, because the real one is not published.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - an answer, not a failure of the emulator
    """An answer of the API that is not a success.

    Args:
        status: The HTTP status.
        code: Cloudflare's error code.
        message: Its sentence.
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def authentication_failed() -> Refusal:
    """The token is missing or wrong."""
    return Refusal(401, 10000, "Authentication error")


def wrong_account() -> Refusal:
    """The token is not for the account that the path names."""
    return Refusal(403, 10000, "Authentication error")


def invalid_token() -> Refusal:
    """The token asked to be verified is not one."""
    return Refusal(401, 1000, "Invalid API Token")


def upload_unauthorized() -> Refusal:
    """The upload token is missing, wrong or expired."""
    return Refusal(401, 8000013, "Authorization failed")


def no_route(path: str) -> Refusal:
    """No operation has this path."""
    return Refusal(
        404, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?"
    )


def wrong_method(method: str) -> Refusal:
    """The path exists, the method does not."""
    return Refusal(405, 7001, f"Method {method} not available for that URI.")


def malformed(message: str) -> Refusal:
    """The body is not what the operation takes. The code is chosen."""
    return Refusal(400, 8000010, message)


def project_not_found() -> Refusal:
    """No project has this name."""
    return Refusal(
        404,
        8000007,
        "Project not found. The specified project name does not match any of your existing"
        " projects.",
    )


def project_exists() -> Refusal:
    """A project has this name already."""
    return Refusal(
        409,
        8000002,
        "A project with this name already exists. Choose a different project name.",
    )


def invalid_project_name() -> Refusal:
    """The name breaks the rules for names."""
    return Refusal(
        400,
        8000003,
        "You have entered an invalid project name. Project names can be 1-58 lowercase characters"
        " with dashes, but cannot start/end with a dash.",
    )


def too_many_projects(limit: int) -> Refusal:
    """The account has as many projects as it may. The code is chosen."""
    return Refusal(
        400, 8000033, f"You have reached the limit of {limit} projects for your account."
    )


def deployment_not_found() -> Refusal:
    """No deployment has this id."""
    return Refusal(
        404,
        8000009,
        "The deployment ID you have specified does not exist. Update the deployment ID and try"
        " again.",
    )


def too_many_deployments() -> Refusal:
    """A project with many deployments cannot be deleted."""
    return Refusal(
        400,
        8000076,
        "Your project has too many deployments to be deleted, follow this guide to delete them.",
    )


def deployment_is_aliased() -> Refusal:
    """A deployment that an alias points to is deleted with ``force=true`` only."""
    return Refusal(
        400,
        8000035,
        "You cannot delete an aliased deployment without a `?force=true` parameter in the API"
        " request URL.",
    )


def deployment_is_active() -> Refusal:
    """The deployment that serves production cannot be deleted. The code is chosen."""
    return Refusal(
        400,
        8000034,
        "This deployment cannot be deleted because it is your project's active production"
        " deployment.",
    )


def cannot_roll_back(reason: str) -> Refusal:
    """Only another successful production deployment can be put back. The code is chosen."""
    return Refusal(400, 8000039, f"Cannot roll back to this deployment: {reason}.")


def invalid_commit_message() -> Refusal:
    """The commit message is longer than is kept, or no text."""
    return Refusal(400, 8000111, "Invalid commit message, it must be a valid UTF-8 string.")


def manifest_missing() -> Refusal:
    """A deployment was created without its manifest."""
    return Refusal(
        400,
        8000096,
        'A "manifest" field was expected in the request body but was not provided.',
    )


def assets_missing(count: int, example: str) -> Refusal:
    """The manifest names content that was never uploaded. The code is chosen."""
    return Refusal(
        400, 8000097, f"{count} assets of the manifest were not uploaded, such as {example}."
    )


def unknown_error() -> Refusal:
    """Cloudflare's answer when something on its side failed."""
    return Refusal(
        500,
        8000000,
        "An unknown error occurred. Contact your account team or Cloudflare support:"
        " https://developers.cloudflare.com/support/contacting-cloudflare-support/.",
    )


def domain_not_found() -> Refusal:
    """The project has no such custom domain. The code is chosen."""
    return Refusal(404, 8000021, "The specified custom domain does not exist on this project.")


def domain_exists() -> Refusal:
    """The custom domain is in use. The code is chosen."""
    return Refusal(409, 8000018, "You have already added this custom domain.")


def tail_refused() -> Refusal:
    """Live logs need a websocket, which the local cloud does not offer. The code is chosen."""
    return Refusal(400, 8000069, "The local cloud does not stream logs; read the deployment's log.")


def database_not_found(database: str) -> Refusal:
    """No D1 database has this id or name."""
    return Refusal(404, 7404, f"The database {database} could not be found")


def database_exists(name: str) -> Refusal:
    """A D1 database has this name."""
    return Refusal(400, 7502, f"Database with name '{name}' already exists")


def query_failed(message: str) -> Refusal:
    """SQLite refused a statement."""
    return Refusal(400, 7500, message)


def namespace_not_found() -> Refusal:
    """No KV namespace has this id."""
    return Refusal(404, 10013, "get namespace: 'namespace not found'")


def namespace_exists() -> Refusal:
    """A KV namespace has this title."""
    return Refusal(
        400, 10014, "create namespace: 'a namespace with this account ID and title already exists'"
    )


def key_not_found() -> Refusal:
    """The KV namespace has no such key."""
    return Refusal(404, 10009, "get: 'key not found'")


def kv_refused(message: str) -> Refusal:
    """A key, a value or an option breaks KV's limits."""
    return Refusal(400, 10033, message)
