"""The rules of an upload: its token, its pace, its requests and its count. Pure.

facts/cloudflare.md section 1: "Retries", and section 5 for what goes wrong in the field.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from oneclick_deploy.errors import (
    ApiError,
    AuthenticationError,
    OneClickError,
    PermissionDeniedError,
    RateLimitedError,
    SiteError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http.values import CallKind, Request, bearer
from oneclick_deploy.providers.cloudflare.pages.models import UploadProgress, UploadReport
from oneclick_deploy.providers.cloudflare.wire import Address, Envelope, malformed
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site.hashing import read
from oneclick_deploy.site.limits import MAX_FILES
from oneclick_deploy.site.models import Site, SiteFile

GATEWAY: Final = frozenset({502, 503, 504, 520, 521, 522, 523, 524})
_LONGEST_MARGIN: Final = 60.0


@frozen(kw_only=True)
class PagesPace:
    """How patient the client is.

    Args:
        unit: Seconds that one step of waiting takes; only tests change it.
        attempts: Most sends of one uploading request; replacing its token is not counted.
        free_gateway_errors: So many gateway errors of one request are not counted either.
        renewals: Most replacements of the token in a row for one request.
        deployment_attempts: Most sends of a deployment that the API fails without a reason.
        longest_wait: Cap of one back-off.
        longest_retry_after: Cap of a wait that the API asks for.
        longest_poll: Cap of the pause between two looks at a deployment.
        slowest_link: Bytes in a second at which an upload is not yet given up.
        clock: Seconds since 1970, for the token's expiry; only tests give another one.
    """

    unit: float = 1.0
    attempts: int = 5
    free_gateway_errors: int = 5
    renewals: int = 5
    deployment_attempts: int = 3
    longest_wait: float = 60.0
    longest_retry_after: float = 60.0
    longest_poll: float = 16.0
    slowest_link: int = 50_000
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def back_off(self, number: int) -> float:
        """Seconds after failed send ``number`` (1-based): 1, 2, 4 …."""
        return self.unit * min(self.longest_wait, 2.0 ** min(number - 1, 30))

    def after(self, failure: OneClickError, number: int) -> float:
        """Seconds to wait after this failure of send ``number`` (1-based)."""
        if isinstance(failure, RateLimitedError) and failure.retry_after is not None:
            return self.unit * min(failure.retry_after, self.longest_retry_after)
        # The official client adds five times the wait when a gateway gave up.
        return self.back_off(number) * (6 if is_gateway_error(failure) else 1)

    def poll(self, number: int) -> float:
        """Seconds before look ``number`` (1-based) at a deployment: 0.1, 0.5, 1, 2, 4 ….

        The official client begins with 1; a static site is often live sooner.
        """
        if number == 1:
            return self.unit * 0.1
        return self.unit * min(self.longest_poll, 2.0 ** min(number - 3, 30))


@frozen(kw_only=True)
class UploadToken:
    """A token for the asset store.

    Args:
        jwt: The token.
        renew_at: When it should be replaced, on our clock; ``None`` when it does not say.
        max_files: How many files a deployment may have.
    """

    jwt: Secret
    renew_at: float | None = None
    max_files: int = MAX_FILES

    def stale(self, now: float) -> bool:
        """Whether it is better replaced before the next request."""
        return self.renew_at is not None and now >= self.renew_at


def read_token(jwt: Secret, *, now: float) -> UploadToken:
    """Read the claims that concern us. What cannot be read is left to the server's judgement."""
    claims = _claims(jwt.reveal())
    expires = _number(claims.get("exp"))
    life = expires - now if expires is not None else 0.0
    # Slow links outlast the token (workers-sdk issues 1194, 3773, 4919, 10504): it is replaced
    # early. A token that seems to be over at once tells that our clock is wrong.
    renew_at = expires - min(_LONGEST_MARGIN, life / 5) if expires and life > 0 else None
    most = _number(claims.get("max_file_count_allowed"))
    return UploadToken(jwt=jwt, renew_at=renew_at, max_files=int(most) if most else MAX_FILES)


def _claims(jwt: str) -> dict[str, Any]:
    middle = jwt.split(".")[1:2]
    try:
        raw = base64.urlsafe_b64decode(middle[0] + "=" * (-len(middle[0]) % 4)) if middle else b"{}"
        claims = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < 1e15 else None


def check_count(site: Site, token: UploadToken) -> None:
    """Refuse a site with more files than the account may deploy.

    Raises:
        SiteError: It has more.
    """
    if len(site.files) > token.max_files:
        raise SiteError(
            f"the site has {len(site.files):,} files; this account may deploy "
            f"{token.max_files:,} in one Pages deployment",
            hint="Leave files out, serve them from R2, or use a paid plan.",
        )


def bucket_body(files: Sequence[SiteFile]) -> list[dict[str, Any]]:
    """Read files and build the body of one `assets/upload`.

    Raises:
        SiteError: A file is gone or is not what it was when it was hashed.
    """
    return [
        {
            "key": file.hash,
            "value": base64.b64encode(read(file)).decode("ascii"),
            "metadata": {"contentType": file.content_type},
            "base64": True,
        }
        for file in files
    ]


def with_token(request: Request, token: UploadToken) -> Request:
    """Let a request identify itself with an upload token."""
    return evolve(request, headers={**request.headers, "Authorization": bearer(token.jwt)})


def bucket_request(address: Address, files: Sequence[SiteFile], timeout: float) -> Request:
    """Read files and build one `assets/upload`, still without its token.

    Raises:
        SiteError: A file is gone or is not what it was when it was hashed.
    """
    return address.request(
        "POST",
        "/pages/assets/upload",
        bucket_body(files),
        kind=CallKind.REPLACE,
        timeout=timeout,
    )


def check_stored(envelope: Envelope) -> None:
    """Refuse an answer of `assets/upload` that names contents as not stored.

    The answer is that of KV's bulk write. Without this check the site would lack those files.

    Raises:
        UnexpectedAnswerError: Some were not stored; sending them again may help.
    """
    result = envelope.result if isinstance(envelope.result, dict) else {}
    keys = result.get("unsuccessful_keys")
    if keys:
        count = len(keys) if isinstance(keys, list) else 1
        raise malformed(envelope.response, what="upload", why=f"{count} files were not stored")


def is_token_refusal(failure: OneClickError) -> bool:
    """Whether a new upload token may help: 8000013, any 401 or 403, or "Expired JWT"."""
    return isinstance(failure, AuthenticationError | PermissionDeniedError)


def is_gateway_error(failure: OneClickError) -> bool:
    """Whether a gateway in front of the API gave up."""
    return isinstance(failure, ApiError) and failure.status in GATEWAY


def may_pass(failure: OneClickError) -> bool:
    """Whether the same request may succeed later. Uploads are stored by hash: repeats are safe."""
    return failure.retryable or isinstance(failure, UnexpectedAnswerError)


class Tally:
    """Counts an upload and tells a listener; may be used from several threads.

    Args:
        site: What is uploaded.
        listener: Called with each change.
    """

    def __init__(self, site: Site, listener: Callable[[UploadProgress], None] | None) -> None:
        self._site = site
        self._listener = listener
        self._lock = threading.Lock()
        self._missing: frozenset[str] = frozenset()
        self._done: set[str] = set()
        self._sent: list[SiteFile] = []
        self._warnings: list[str] = []
        self._requests = 0
        self._renewals = 0

    def missing(self, hashes: Sequence[str]) -> None:
        """Note what the host asks for: the rest is there already."""
        self._missing = frozenset(hashes)
        self._tell()

    def sent(self, files: Sequence[SiteFile]) -> None:
        """Note that the host has taken these files."""
        with self._lock:
            self._done.update(file.hash for file in files)
            self._sent += files
            self._tell()

    def request(self) -> None:
        """Note an uploading request."""
        with self._lock:
            self._requests += 1

    def renewal(self) -> None:
        """Note a replaced token."""
        with self._lock:
            self._renewals += 1

    def warn(self, text: str) -> None:
        """Note what went wrong without stopping the upload."""
        self._warnings.append(text)

    def report(self) -> UploadReport:
        """Sum up."""
        return UploadReport(
            files=len(self._site.files),
            bytes=self._site.total_bytes,
            uploaded_files=len(self._sent),
            uploaded_bytes=sum(file.size for file in self._sent),
            requests=self._requests,
            renewals=self._renewals,
            warnings=tuple(self._warnings),
        )

    def _tell(self) -> None:
        if self._listener is None:
            return
        there = [
            file
            for file in self._site.files
            if file.hash not in self._missing or file.hash in self._done
        ]
        self._listener(
            UploadProgress(
                files=len(there),
                total_files=len(self._site.files),
                bytes=sum(file.size for file in there),
                total_bytes=self._site.total_bytes,
            )
        )
