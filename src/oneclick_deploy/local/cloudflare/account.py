"""What every group of operations works on."""

from __future__ import annotations

import hmac

from attrs import define
from starlette.requests import Request

from oneclick_deploy.local.cloudflare.errors import (
    authentication_failed,
    project_not_found,
    wrong_account,
)
from oneclick_deploy.local.cloudflare.hosting import Hosting
from oneclick_deploy.local.cloudflare.models import Project
from oneclick_deploy.local.cloudflare.options import CloudflareOptions
from oneclick_deploy.local.cloudflare.state import State
from oneclick_deploy.local.cloudflare.storage import Storage
from oneclick_deploy.local.cloudflare.tokens import UploadTokens
from oneclick_deploy.secrets import Secret


@define(kw_only=True)
class Account:
    """The emulated account.

    Args:
        id: The account id that paths must name.
        token: The API token that requests must carry.
        state: What the account holds.
        storage: The open databases.
        hosting: Serves the sites.
        tokens: Issues upload tokens.
        options: Limits and faults.
    """

    id: str
    token: Secret
    state: State
    storage: Storage
    hosting: Hosting
    tokens: UploadTokens
    options: CloudflareOptions

    def has_token(self, request: Request) -> bool:
        """Whether a request carries the account's API token."""
        offered = bearer(request).encode(errors="replace")
        return hmac.compare_digest(offered, self.token.reveal().encode())

    def admit(self, request: Request) -> None:
        """Let a request pass that carries the token and names this account, if it names one.

        Raises:
            Refusal: It does not.
        """
        if not self.has_token(request):
            raise authentication_failed()
        if request.path_params.get("account", self.id) != self.id:
            raise wrong_account()

    def project(self, request: Request) -> Project:
        """The project that a path names.

        Raises:
            Refusal: There is none.
        """
        project = self.state.project(request.path_params["project"])
        if project is None:
            raise project_not_found()
        return project


def bearer(request: Request) -> str:
    """The token in the Authorization header, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
