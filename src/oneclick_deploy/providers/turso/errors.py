"""Which error a refusal of the Platform API becomes, and what to do about it."""

from __future__ import annotations

import json

from oneclick_deploy.errors import AlreadyExistsError, ApiError, NotFoundError
from oneclick_deploy.http import Redactor, Response
from oneclick_deploy.http.statuses import api_error
from oneclick_deploy.secrets import Secret

PROVIDER = "turso"

_HINTS = {
    400: "The message names what the API does not accept.",
    401: "Make a platform token with `turso auth api-tokens mint <name>` or in the dashboard, "
    "and put it into TURSO_API_TOKEN.",
    402: "The organization's plan does not include this: look at its subscription and quotas in "
    "the Turso dashboard.",
    403: "The token may not do this, or belongs to another organization: a group-scoped token "
    "cannot create, delete or transfer groups, and a read-only one changes nothing. Check "
    "TURSO_ORG_ID, or use an organization-scoped token.",
    404: "Check the name, and that TURSO_ORG_ID is the organization's slug (for a personal "
    "account the user name), not an id.",
    409: "Choose another name, or use the one that exists.",
    422: "The name is not available: choose another one.",
    429: "",
}
_OUTAGE = "Turso failed: try again later, and see https://status.turso.tech."


def refusal(response: Response, *, token: Secret) -> ApiError:
    """Make the error for an answer that is not a success."""
    words, code = _words(response)
    words = Redactor([token]).clean(words)
    error_class = _class_for(response.status, words)
    status = 409 if error_class is AlreadyExistsError else response.status
    return api_error(
        response,
        provider=PROVIDER,
        message=words,
        code=code,
        hint=_hint(status, words, code),
        error_class=error_class,
    )


def _words(response: Response) -> tuple[str, str]:
    """The provider's message and code. ``error`` may be any JSON, and the body no JSON at all."""
    body = response.json()
    if not isinstance(body, dict):
        return response.text.strip(), ""
    error = body.get("error", body.get("message", ""))
    code = body.get("code", "")
    if isinstance(error, dict):
        code = code or error.get("code", "")
        error = error.get("message") or error
    words = error if isinstance(error, str) else json.dumps(error)
    return words or response.text.strip(), code if isinstance(code, str) else str(code)


def _class_for(status: int, words: str) -> type[ApiError] | None:
    """What the words say beyond the status.

    A taken name is a 400 today where the specification says 409, and a missing group of a new
    database is a 400 as well (facts: Platform API, create database).
    """
    lower = words.lower()
    if status in {400, 409} and "already exists" in lower:
        return AlreadyExistsError
    if status == 400 and ("record not found" in lower or "group not found" in lower):
        return NotFoundError
    return None


def _hint(status: int, words: str, code: str) -> str:
    lower = f"{words} {code}".lower()
    if "group not found" in lower:
        return "Create the group first with create_group(), or name one that groups() lists."
    if "expiration" in lower:
        return "Write the expiration as never, or like 2w1d30m."
    if "protect" in lower and "delet" in lower:
        return "Switch the delete protection off first; it guards against exactly this call."
    if any(word in lower for word in ("quota", "limit", "upgrade", "_plan")):
        return "A limit of the plan is reached: remove what is not needed, or change the plan."
    return _OUTAGE if status >= 500 else _HINTS.get(status, "")
