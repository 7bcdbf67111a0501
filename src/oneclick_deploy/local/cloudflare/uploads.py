"""Uploading assets by their hashes, with an upload token."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account, bearer
from oneclick_deploy.local.cloudflare.envelope import read_json, read_object, success
from oneclick_deploy.local.cloudflare.errors import Refusal, malformed, upload_unauthorized
from oneclick_deploy.local.cloudflare.tokens import ExpiredTokenError, InvalidTokenError

MAX_FILE_SIZE = 25 * 1024 * 1024
# A hash becomes a file name: nothing else is let through.
HASH = re.compile(r"[0-9a-f]{32}")


class UploadRoutes:
    """The operations. Their paths name no account: the token does.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> list[Route]:
        """Paths and methods."""
        return [
            Route("/pages/assets/check-missing", self.check_missing, methods=["POST"]),
            Route("/pages/assets/upload", self.upload, methods=["POST"]),
            Route("/pages/assets/upsert-hashes", self.upsert_hashes, methods=["POST"]),
        ]

    async def check_missing(self, request: Request) -> Response:
        """Tell which hashes were not uploaded yet."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        hashes = _hashes(await read_object(request))
        present = self._account.state.content_types(hashes)
        return success([name for name in dict.fromkeys(hashes) if name not in present])

    async def upload(self, request: Request) -> Response:
        """Keep a bucket of assets."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        entries = await read_json(request)
        if not isinstance(entries, list):
            raise malformed("The request body must be a list.")
        # All are checked before the first is kept.
        assets = [_read_asset(entry) for entry in entries]
        for name, content, content_type in assets:
            self._account.state.add_asset(name, content=content, content_type=content_type)
        return success({"successful_key_count": len(assets), "unsuccessful_keys": []})

    async def upsert_hashes(self, request: Request) -> Response:
        """Renew hashes, so that their content is kept. Nothing is ever dropped here."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        _hashes(await read_object(request))
        return success(None)

    def _refused(self, request: Request) -> Response | None:
        """Check the upload token.

        Raises:
            Refusal: It is not good.
        """
        try:
            self._account.tokens.read(bearer(request))
        except ExpiredTokenError as error:
            if self._account.options.plain_expired_token:
                return PlainTextResponse("Expired JWT", status_code=403)
            raise upload_unauthorized() from error
        except InvalidTokenError as error:
            raise upload_unauthorized() from error
        return None


def _hashes(document: dict[str, Any]) -> list[str]:
    hashes = document.get("hashes")
    if not isinstance(hashes, list) or not all(isinstance(name, str) for name in hashes):
        raise malformed('The field "hashes" must be a list of texts.')
    return hashes


def _read_asset(entry: Any) -> tuple[str, bytes, str]:
    """Read one entry of the bulk form: key, value, and the content type in the metadata."""
    if not isinstance(entry, dict):
        raise malformed("Every entry must be an object.")
    key, value = entry.get("key"), entry.get("value")
    metadata = entry.get("metadata")
    content_type = metadata.get("contentType") if isinstance(metadata, dict) else None
    if not isinstance(key, str) or not HASH.fullmatch(key):
        raise malformed("Every key must be an asset hash of 32 hexadecimal digits.")
    if not isinstance(value, str) or entry.get("base64") is not True:
        raise malformed(f"The value of {key} must be base64 text.")
    if not isinstance(content_type, str) or not re.fullmatch(r"[\x20-\x7e]+", content_type):
        raise malformed(f"The metadata of {key} must have a contentType.")
    try:
        content = base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error) as error:
        raise malformed(f"The value of {key} is not base64.") from error
    if len(content) > MAX_FILE_SIZE:
        raise Refusal(413, 8000011, f"The asset {key} is larger than 25 MiB.")
    return key, content, content_type
