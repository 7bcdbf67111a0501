"""One upload of a site's files: token, missing hashes, buckets, registration."""

from __future__ import annotations

from functools import partial

from oneclick_deploy.errors import ApiError, OneClickError, TransportError
from oneclick_deploy.http._async import AsyncHttp
from oneclick_deploy.http.redaction import Redactor
from oneclick_deploy.http.values import CallKind, Request
from oneclick_deploy.providers.cloudflare.pages.models import UploadReport
from oneclick_deploy.providers.cloudflare.pages.upload import (
    PagesPace,
    Tally,
    UploadToken,
    bucket_request,
    check_count,
    check_stored,
    is_gateway_error,
    is_token_refusal,
    may_pass,
    read_token,
    with_token,
)
from oneclick_deploy.providers.cloudflare.pages.wire import project_path, read_hashes, read_jwt
from oneclick_deploy.providers.cloudflare.wire import Address, Envelope, read_envelope
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.site.buckets import Bucket, buckets, missing_files
from oneclick_deploy.site.models import Site


class AsyncAssetUpload:
    """An upload in progress. It may be run again: what the host has is not sent twice.

    Args:
        api: Sends with the API token; repeats by itself.
        store: Sends with the upload token; each answer is judged here.
        address: Where the API is.
        project: The project's name.
        site: What is uploaded, hashed before.
        tally: Counts and tells.
        pace: How patient the upload is.
        redactor: Learns the tokens that are fetched.
        cancel: Ends waits and keeps further requests from leaving.
    """

    def __init__(
        self,
        *,
        api: AsyncHttp,
        store: AsyncHttp,
        address: Address,
        project: str,
        site: Site,
        tally: Tally,
        pace: PagesPace,
        redactor: Redactor,
        cancel: CancelToken | None,
    ) -> None:
        self._api = api
        self._store = store
        self._address = address
        self._project = project
        self._site = site
        self._tally = tally
        self._pace = pace
        self._redactor = redactor
        self._cancel = cancel
        self._token: UploadToken | None = None
        self._token_lock = aio.Lock()
        self._one_at_a_time = False
        self._lane = aio.Lock()

    async def run(self, *, concurrency: int) -> UploadReport:
        """Upload what is missing and register all of it.

        Args:
            concurrency: Most uploading requests at a time.
        """
        check_count(self._site, await self._current_token())
        missing = await self._missing_hashes()
        self._tally.missing(missing)
        shares = buckets(missing_files(self._site.files, missing))
        await aio.gather([partial(self._upload, share) for share in shares], limit=concurrency)
        await self._register()
        return self._tally.report()

    async def _missing_hashes(self) -> list[str]:
        # Equal files repeat their hash, as in the official client's request.
        request = self._hashes_request("check-missing", CallKind.READ)
        return read_hashes(await self._send(request, attempts=self._pace.attempts))

    async def _upload(self, bucket: Bucket) -> None:
        timeout = self._timeout(sum(file.size for file in bucket))
        request = await aio.to_thread(bucket_request, self._address, bucket, timeout)
        await self._send(
            request,
            attempts=self._pace.attempts,
            free_gateway_errors=self._pace.free_gateway_errors,
        )
        self._tally.sent(bucket)

    async def _register(self) -> None:
        # A registration that fails costs the next deployment some uploads and nothing else.
        try:
            await self._send(self._hashes_request("upsert-hashes", CallKind.REPLACE), attempts=2)
        except (ApiError, TransportError) as failure:
            self._tally.warn(f"the uploaded files could not be registered: {failure.message}")

    async def _send(
        self, request: Request, *, attempts: int, free_gateway_errors: int = 0
    ) -> Envelope:
        """Send with the upload token until the store takes it."""
        counted = gateway_errors = renewals = 0
        while True:
            token = await self._current_token()
            try:
                return await self._send_once(with_token(request, token))
            except OneClickError as failure:
                if is_token_refusal(failure) and renewals < self._pace.renewals:
                    renewals += 1
                    await self._replace(token)
                    continue
                if is_gateway_error(failure):
                    self._one_at_a_time = True
                    gateway_errors += 1
                if not is_gateway_error(failure) or gateway_errors > free_gateway_errors:
                    counted += 1
                if counted >= attempts or not may_pass(failure):
                    raise
                await self._pause(self._pace.after(failure, max(counted, gateway_errors)))

    async def _send_once(self, request: Request) -> Envelope:
        if not self._one_at_a_time:
            return await self._exchange(request)
        async with self._lane:
            return await self._exchange(request)

    async def _exchange(self, request: Request) -> Envelope:
        self._tally.request()
        envelope = read_envelope(await self._store.send(request), clean=self._redactor.clean)
        check_stored(envelope)
        return envelope

    async def _current_token(self) -> UploadToken:
        async with self._token_lock:
            if self._token is None:
                self._token = await self._fetch_token()
            elif self._token.stale(self._pace.clock()):
                self._token = await self._fetch_token()
                self._tally.renewal()
            return self._token

    async def _replace(self, refused: UploadToken) -> None:
        async with self._token_lock:
            # Uploads run side by side: only the first of those that are refused fetches.
            if self._token is refused:
                self._token = await self._fetch_token()
                self._tally.renewal()

    async def _fetch_token(self) -> UploadToken:
        place = project_path(self._address, self._project, "upload-token")
        response = await self._api.send(self._address.request("GET", place))
        jwt = read_jwt(read_envelope(response, clean=self._redactor.clean))
        self._redactor.add(jwt)
        return read_token(jwt, now=self._pace.clock())

    def _hashes_request(self, operation: str, kind: CallKind) -> Request:
        return self._address.request(
            "POST",
            f"/pages/assets/{operation}",
            {"hashes": [file.hash for file in self._site.files]},
            kind=kind,
        )

    def _timeout(self, size: int) -> float:
        return self._store.settings.timeout + size / self._pace.slowest_link

    async def _pause(self, seconds: float) -> None:
        await aio.sleep(seconds, cancel=self._cancel)
