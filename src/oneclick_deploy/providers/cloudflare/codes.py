"""Cloudflare's own error codes: which error each becomes, and what the reader can do.

The codes come from the official client's source and the public issues about it.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    AuthenticationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)


@frozen(kw_only=True)
class Meaning:
    """What a code stands for.

    Args:
        error_class: The error to raise.
        hint: The next action for the reader.
    """

    error_class: type[ApiError]
    hint: str


PROJECT_NOT_FOUND: Final = 8000007
UPLOAD_TOKEN_REFUSED: Final = 8000013
UNKNOWN_FAILURE: Final = 8000000
TOO_MANY_DEPLOYMENTS: Final = 8000076

_CREDENTIALS_HINT: Final = (
    "Check CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID: the token must be active, belong to "
    "this account, and have the permission Account > Cloudflare Pages > Edit."
)
_SLOW_DOWN: Final = (
    "Cloudflare allows 1,200 requests in 5 minutes to a user; wait, or run fewer deployments of "
    "this account at a time."
)

RATE_LIMITED: Final = Meaning(error_class=RateLimitedError, hint=_SLOW_DOWN)

UPLOAD_TOKEN: Final = Meaning(
    error_class=AuthenticationError,
    hint="The upload token ran out; a new one is fetched by uploading again.",
)

MEANINGS: Final[dict[int, Meaning]] = {
    PROJECT_NOT_FOUND: Meaning(
        error_class=NotFoundError,
        hint="Create the project first, or check its name and the account id.",
    ),
    # The next four are from public issues about the official client.
    8000002: Meaning(
        error_class=AlreadyExistsError,
        hint="Choose another project name, or deploy to the existing project.",
    ),
    8000003: Meaning(
        error_class=InvalidRequestError,
        hint="Use 1 to 58 lowercase letters, digits and inner dashes.",
    ),
    8000035: Meaning(
        error_class=InvalidRequestError,
        hint="An alias leads to this deployment; delete it with force=True.",
    ),
    8000096: Meaning(
        error_class=InvalidRequestError,
        hint="The form of the deployment lacks its manifest; a proxy may have changed the body.",
    ),
    UPLOAD_TOKEN_REFUSED: UPLOAD_TOKEN,
    UNKNOWN_FAILURE: Meaning(
        error_class=ServerError,
        hint=(
            "Cloudflare gives no reason. Try again; if it persists, check that every binding of "
            "the project points to a resource that exists."
        ),
    ),
    8000111: Meaning(
        error_class=InvalidRequestError,
        hint="Send the commit message as one short line of ASCII, or none.",
    ),
    TOO_MANY_DEPLOYMENTS: Meaning(
        error_class=InvalidRequestError,
        hint="Delete the project's deployments first.",
    ),
    10000: Meaning(error_class=AuthenticationError, hint=_CREDENTIALS_HINT),
    1000: Meaning(error_class=AuthenticationError, hint=_CREDENTIALS_HINT),
    9109: Meaning(
        error_class=PermissionDeniedError,
        hint=(
            "Give the token the permission Account > Cloudflare Pages > Edit on this account "
            "(custom domains also need Zone > Zone > Read and Zone > DNS > Edit)."
        ),
    ),
    971: RATE_LIMITED,
    10027: Meaning(
        error_class=InvalidRequestError,
        hint=(
            "The Worker is larger than the plan allows (3 MiB compressed on the free plan, 10 MiB "
            "on the paid one); remove unused packages or change the plan."
        ),
    ),
    10021: Meaning(
        error_class=InvalidRequestError,
        hint=(
            "The Worker did not pass validation. If a binding is named, give it the id of a "
            "resource that exists in this account; otherwise look for errors at start-up."
        ),
    ),
    7003: Meaning(
        error_class=NotFoundError,
        hint="The address is not known: check that CLOUDFLARE_ACCOUNT_ID is the 32-digit id.",
    ),
}
