"""Which error an answer becomes."""

from __future__ import annotations

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    AuthenticationError,
    InvalidRequestError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http.retry import retry_after
from oneclick_deploy.http.values import Response

_CLASSES: dict[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: AlreadyExistsError,
    422: InvalidRequestError,
}
LONGEST_MESSAGE = 500
_REQUEST_ID_HEADERS = ("cf-ray", "x-request-id", "x-amzn-requestid", "fly-request-id")


def api_error(
    response: Response,
    *,
    provider: str,
    message: str,
    code: str = "",
    hint: str = "",
    error_class: type[ApiError] | None = None,
) -> ApiError:
    """Make the error for a refused call.

    Args:
        response: The provider's answer.
        provider: The provider's name.
        message: The provider's own words; the body's text is used when it is empty.
        code: The provider's own code.
        hint: The next action for the reader.
        error_class: The class, where the provider's code says more than the status does.
    """
    words = (message or response.text.strip() or "no explanation was sent")[:LONGEST_MESSAGE]
    request_id = request_id_of(response)
    if response.status == 429 and error_class is None:
        wait = retry_after(response)
        return RateLimitedError(
            words,
            provider=provider,
            code=code,
            request_id=request_id,
            hint=hint or (f"Try again in {wait:.0f} s." if wait else "Try again in a few minutes."),
            retry_after=wait,
        )
    kind = error_class or _class_of(response.status)
    return kind(
        words,
        provider=provider,
        status=response.status,
        code=code,
        request_id=request_id,
        hint=hint,
        retryable=response.status >= 500 or response.status in {408, 429},
    )


def unexpected(response: Response, *, provider: str, missing: str) -> UnexpectedAnswerError:
    """Make the error for an answer that lacks what the documentation promises."""
    return UnexpectedAnswerError(
        f"the answer has no {missing}",
        provider=provider,
        status=response.status,
        request_id=request_id_of(response),
        hint="Check the base URL; a proxy may have answered instead of the provider.",
    )


def request_id_of(response: Response) -> str:
    """The provider's id for the request, from the headers that carry one."""
    return next((response.headers[h] for h in _REQUEST_ID_HEADERS if h in response.headers), "")


def _class_of(status: int) -> type[ApiError]:
    if status in _CLASSES:
        return _CLASSES[status]
    if status >= 500:
        return ServerError
    return InvalidRequestError if status >= 400 else UnexpectedAnswerError
