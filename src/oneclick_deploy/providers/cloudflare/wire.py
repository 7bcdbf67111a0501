"""Requests to Cloudflare's API and the reading of its answers. Pure.

Every answer is an envelope ``{success, errors, messages, result, result_info}``
(developers.cloudflare.com/fundamentals/api/reference/responses).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

from attrs import evolve, field, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    ConfigurationError,
    InvalidRequestError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http.budget import RequestBudget, shared_budget
from oneclick_deploy.http.statuses import api_error, request_id_of, unexpected
from oneclick_deploy.http.values import CallKind, Request, Response, bearer, json_request
from oneclick_deploy.providers.cloudflare.codes import (
    MEANINGS,
    RATE_LIMITED,
    UPLOAD_TOKEN,
    Meaning,
)
from oneclick_deploy.providers.cloudflare.models import Account, TokenOwner, TokenStatus
from oneclick_deploy.secrets import Secret

T = TypeVar("T")

PROVIDER: Final = "cloudflare"
API_URL: Final = "https://api.cloudflare.com/client/v4"
TOKEN_VARIABLE: Final = "CLOUDFLARE_API_TOKEN"  # noqa: S105 - a name, not a token
ACCOUNT_VARIABLE: Final = "CLOUDFLARE_ACCOUNT_ID"
URL_VARIABLE: Final = "CLOUDFLARE_API_BASE_URL"

_LONGEST_MARKUP: Final = 4000
_DEEPEST_CHAIN: Final = 3


@frozen(kw_only=True)
class Address:
    """Where requests go and how they identify themselves.

    Args:
        base_url: The API's address without a slash at the end.
        token: The API token.
        account_id: The account; empty when only calls above accounts are made.
    """

    base_url: str
    token: Secret
    account_id: str = ""

    def budget(self) -> RequestBudget | None:
        """The account's request budget; an emulator on this machine has none."""
        parts = urlsplit(self.base_url)
        if parts.hostname in {"127.0.0.1", "localhost", "::1"}:
            return None
        return shared_budget(PROVIDER, f"{parts.netloc}/{self.account_id}")

    def account(self, *segments: str) -> str:
        """The path of something in the account; each segment is encoded."""
        if not self.account_id:
            raise ConfigurationError(
                "this call needs an account id",
                hint=f"Pass account_id, or set {ACCOUNT_VARIABLE}.",
            )
        return path("accounts", self.account_id, *segments)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        kind: CallKind | None = None,
        query: Mapping[str, str | None] | None = None,
        token: Secret | None = None,
        timeout: float | None = None,
    ) -> Request:
        """Build a request with the API token, or with another one.

        Args:
            method: The HTTP method.
            path: The path below the base URL.
            body: What to send as JSON.
            kind: What the call does when it is sent twice; `CallKind.READ` for GET.
            query: Query parameters; those that are ``None`` are left out.
            token: The upload token, for the calls that want it instead.
            timeout: Seconds for the whole call.
        """
        return json_request(
            method,
            self.base_url + path,
            body,
            headers={"Authorization": bearer(token or self.token)},
            kind=kind or (CallKind.READ if method == "GET" else CallKind.REPLACE),
            query=query,
            timeout=timeout,
        )


def path(*segments: str) -> str:
    """Join path segments; nothing in a segment can change the path's shape."""
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise ConfigurationError(
                f"{segment!r} cannot be part of an address", hint="Pass a name or an id."
            )
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def address_from(token: Secret | str, *, account_id: str, base_url: str) -> Address:
    """Check what a client was given.

    Raises:
        ConfigurationError: The token is empty or the base URL is not an HTTP address.
    """
    secret = Secret(token.reveal().strip() if isinstance(token, Secret) else token.strip())
    if not secret:
        raise ConfigurationError("the Cloudflare API token is empty", hint=f"Set {TOKEN_VARIABLE}.")
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ConfigurationError(
            f"{base_url!r} is not an address of Cloudflare's API",
            hint=f"Leave {URL_VARIABLE} unset, or set it to an http(s) address.",
        )
    return Address(base_url=base_url.rstrip("/"), token=secret, account_id=account_id.strip())


def address_from_environment(environ: Mapping[str, str], *, needs_account: bool) -> Address:
    """Read token, account and base URL from environment variables.

    Raises:
        ConfigurationError: A variable that is needed is not set.
    """
    needed = [TOKEN_VARIABLE, ACCOUNT_VARIABLE] if needs_account else [TOKEN_VARIABLE]
    missing = [name for name in needed if not environ.get(name, "").strip()]
    if missing:
        raise ConfigurationError(
            f"not set: {', '.join(missing)}",
            hint=(
                "Create a token with the permission Account > Cloudflare Pages > Edit at "
                "dash.cloudflare.com/profile/api-tokens; the account id is in the dashboard's "
                "address."
            ),
        )
    return address_from(
        environ[TOKEN_VARIABLE],
        account_id=environ.get(ACCOUNT_VARIABLE, ""),
        base_url=environ.get(URL_VARIABLE, "").strip() or API_URL,
    )


@frozen(kw_only=True)
class Envelope:
    """A successful answer.

    Args:
        result: What was asked for.
        info: ``result_info``: the place of this page among all.
        response: The answer it was read from.
    """

    result: Any
    info: Mapping[str, Any] = field(factory=dict)
    response: Response

    def more_after(self, page: int) -> bool:
        """Whether there are pages after number ``page`` (1-based)."""
        if not isinstance(self.result, list) or not self.result:
            return False
        total, size = self.info.get("total_pages"), self.info.get("per_page")
        if isinstance(total, int | float) and total > 0:
            return page < total
        return isinstance(size, int | float) and 0 < size <= len(self.result)


def read_envelope(response: Response, *, clean: Callable[[str], str] = str) -> Envelope:
    """Read an answer.

    Args:
        response: The answer.
        clean: Removes secrets from the provider's words.

    Raises:
        ApiError: It is a refusal, or not what Cloudflare documents.
    """
    body = response.json()
    if not isinstance(body, dict):
        raise _without_envelope(response, clean=clean)
    if not response.ok or body.get("success") is not True:
        raise _refusal(response, body, clean=clean)
    info = body.get("result_info")
    return Envelope(
        result=body.get("result"), info=info if isinstance(info, dict) else {}, response=response
    )


def _refusal(
    response: Response, body: Mapping[str, Any], *, clean: Callable[[str], str]
) -> ApiError:
    errors = _flat(body.get("errors"))
    codes = [code for code, _ in errors if code is not None]
    code = next((code for code in codes if code in MEANINGS), codes[0] if codes else None)
    words = [text if len(errors) == 1 else f"{text} [{number}]" for number, text in errors if text]
    message = "; ".join(words)
    meaning = _meaning(code, message)
    if response.ok and meaning is None:
        # A refusal in a 200: the status says nothing, the request was not accepted.
        meaning = Meaning(error_class=InvalidRequestError, hint="")
    return _error(
        response,
        clean(message) or "Cloudflare refused without a reason",
        code=code,
        meaning=meaning,
    )


def _without_envelope(response: Response, *, clean: Callable[[str], str]) -> ApiError:
    if response.ok:
        return unexpected(response, provider=PROVIDER, missing="JSON envelope")
    text = response.text[:_LONGEST_MARKUP].strip()
    if text.startswith("<"):
        # A gateway's HTML page: its words are enough.
        text = " ".join(re.sub(r"<[^<>]*>", " ", text).split())
    # workers-sdk issues 3773 and 4919: an expired upload token may be answered in plain text.
    meaning = UPLOAD_TOKEN if "expired jwt" in text.lower() else None
    return _error(response, clean(text), code=None, meaning=meaning)


def _error(
    response: Response, message: str, *, code: int | None, meaning: Meaning | None
) -> ApiError:
    # A 429 is made by its status, which also reads Retry-After.
    chosen = None if meaning is None or response.status == 429 else meaning.error_class
    error = api_error(
        response,
        provider=PROVIDER,
        message=message,
        code="" if code is None else str(code),
        hint=meaning.hint if meaning else "",
        error_class=chosen,
    )
    error.retryable = error.retryable or isinstance(error, RateLimitedError | ServerError)
    return error


def _meaning(code: int | None, message: str) -> Meaning | None:
    # 10000 stands for a wrong token, and also for too many requests; only the text tells.
    if "rate limit" in message.lower():
        return RATE_LIMITED
    return MEANINGS.get(code) if code is not None else None


def _flat(errors: object, depth: int = 0) -> list[tuple[int | None, str]]:
    """The errors and, behind each, its ``error_chain``, which holds the actual cause."""
    found: list[tuple[int | None, str]] = []
    for error in errors if isinstance(errors, list) else []:
        if not isinstance(error, dict):
            continue
        code = str(error.get("code"))
        number = int(code) if code.isdecimal() and code.isascii() and len(code) < 12 else None
        found.append((number, str(error.get("message") or "").strip()))
        if depth < _DEEPEST_CHAIN:
            found += _flat(error.get("error_chain"), depth + 1)
    return found


def _time(value: Any, _: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, found {type(value).__name__}")
    return value


def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(datetime, _time)
    converter.register_structure_hook(str, _text)
    return converter


_CONVERTER: Final = _converter()


def structure(raw: Mapping[str, Any], model: type[T], *, response: Response) -> T:
    """Make a value from a JSON object. Fields that the model does not have are ignored.

    A ``null`` counts as absent: the API sends it for what has no value.

    Raises:
        UnexpectedAnswerError: A field is missing or of another type.
    """
    given = {name: value for name, value in raw.items() if value is not None}
    try:
        return _CONVERTER.structure(given, model)
    except (BaseValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise malformed(response, what=model.__name__, why=_first_reason(error)) from None


def malformed(response: Response, *, what: str, why: str) -> UnexpectedAnswerError:
    """Make the error for a result that cannot be read."""
    return UnexpectedAnswerError(
        f"the answer holds no usable {what}: {why}",
        provider=PROVIDER,
        status=response.status,
        request_id=request_id_of(response),
        hint="Check the base URL; if it is right, this library may be too old for the API.",
    )


def already_there(refusal: ApiError, what: str) -> AlreadyExistsError:
    """Make the error for a create that was refused because the thing exists."""
    return AlreadyExistsError(
        f"the {what} exists already: {refusal.message}",
        provider=PROVIDER,
        status=refusal.status,
        code=refusal.code,
        request_id=refusal.request_id,
        hint="Use it as it is if it is yours, or choose another name.",
    )


def as_object(envelope: Envelope, what: str) -> Mapping[str, Any]:
    """The result as a JSON object.

    Raises:
        UnexpectedAnswerError: It is something else.
    """
    if not isinstance(envelope.result, dict):
        raise malformed(envelope.response, what=what, why="it is not a JSON object")
    return envelope.result


def as_objects(envelope: Envelope, what: str) -> list[Mapping[str, Any]]:
    """The result as a list of JSON objects; an absent list is an empty one.

    Raises:
        UnexpectedAnswerError: It is something else.
    """
    items = envelope.result if envelope.result is not None else []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise malformed(envelope.response, what=what, why="it is not a list of JSON objects")
    return items


def read_account(raw: Mapping[str, Any], response: Response) -> Account:
    """Read an account."""
    return structure(raw, Account, response=response)


def read_token_status(
    raw: Mapping[str, Any], response: Response, *, owner: TokenOwner
) -> TokenStatus:
    """Read the answer of a verification."""
    known = {name: value for name, value in raw.items() if name != "owner"}
    return evolve(structure(known, TokenStatus, response=response), owner=owner)


def _first_reason(error: BaseException) -> str:
    inner = getattr(error, "exceptions", ())
    return _first_reason(inner[0]) if inner else f"{type(error).__name__} {error}"[:200]
