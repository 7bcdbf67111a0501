"""Projects of Cloudflare Pages and their custom domains."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from attrs import evolve

from oneclick_deploy.errors import ApiError, RateLimitedError, TransportError, UnexpectedAnswerError
from oneclick_deploy.http.settings import HttpSettings
from oneclick_deploy.http.values import CallKind
from oneclick_deploy.providers.cloudflare._async import AsyncCloudflareSession
from oneclick_deploy.providers.cloudflare.codes import TOO_MANY_DEPLOYMENTS
from oneclick_deploy.providers.cloudflare.pages.config import (
    Bindings,
    Variables,
    change_body,
    environment_config,
    project_body,
    secrets_in,
)
from oneclick_deploy.providers.cloudflare.pages.models import BOTH, PagesDomain, PagesProject
from oneclick_deploy.providers.cloudflare.pages.upload import PagesPace
from oneclick_deploy.providers.cloudflare.pages.wire import (
    project_path,
    read_deployment,
    read_domain,
    read_project,
)
from oneclick_deploy.providers.cloudflare.wire import (
    API_URL,
    already_there,
    as_object,
    as_objects,
)
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

_AT_A_TIME: Final = 4


class AsyncPagesProjects(AsyncCloudflareSession):
    """The part of the Pages client that is about projects; see `AsyncCloudflarePagesClient`."""

    def __init__(
        self,
        token: Secret | str,
        *,
        account_id: str,
        base_url: str = API_URL,
        settings: HttpSettings | None = None,
        cancel: CancelToken | None = None,
        transport: Any = None,
        pace: PagesPace | None = None,
    ) -> None:
        super().__init__(
            token,
            account_id=account_id,
            base_url=base_url,
            settings=settings,
            cancel=cancel,
            transport=transport,
        )
        self._address.account()  # refuses an empty account id
        self._pace = pace or PagesPace()
        once = evolve(self._settings.retry, attempts=1)
        self._store = self._open_http(evolve(self._settings, retry=once))

    async def aclose(self) -> None:
        """Close the connections. The next call opens new ones."""
        await self._store.aclose()
        await super().aclose()

    async def projects(self) -> list[PagesProject]:
        """List the account's projects."""
        place = self._address.account("pages", "projects")
        return await self._list(place, read_project, first={"per_page": "10", "page": "1"})

    async def project(self, name: str) -> PagesProject:
        """Read a project.

        Raises:
            NotFoundError: There is none of this name (code 8000007).
        """
        return await self._project_call("GET", name)

    async def create_project(
        self,
        name: str,
        *,
        production_branch: str = "main",
        compatibility_date: str | None = None,
        compatibility_flags: Sequence[str] = (),
        env: Mapping[str, str | Secret] | None = None,
    ) -> PagesProject:
        """Create a project for direct upload; the set-up goes to both environments.

        When the answer is lost the error says so (``outcome_unknown``): look with `project`.

        Args:
            name: 1 to 58 lowercase letters, digits and inner hyphens.
            production_branch: Deployments of this branch are production.
            compatibility_date: The Workers runtime's day, as YYYY-MM-DD.
            compatibility_flags: Such as ``nodejs_compat``, which Next.js needs.
            env: Variables; those that are `Secret` are stored as secrets.

        Raises:
            ConfigurationError: The name is unusable; nothing was sent.
            AlreadyExistsError: The account has a project of this name.
        """
        body = project_body(
            name,
            production_branch=production_branch,
            compatibility_date=compatibility_date,
            compatibility_flags=compatibility_flags,
            env=env,
        )
        self._redactor.add(*secrets_in(env))
        place = self._address.account("pages", "projects")
        try:
            envelope = await self._call(
                self._address.request("POST", place, body, kind=CallKind.CREATE)
            )
        except ApiError as refusal:
            raise await self._explained(refusal, self._place(name), f"project {name}") from None
        return read_project(as_object(envelope, "project"), envelope.response)

    async def update_project(
        self,
        name: str,
        *,
        env: Variables | None = None,
        environments: Iterable[str] = BOTH,
        d1: Bindings | None = None,
        kv: Bindings | None = None,
        compatibility_date: str | None = None,
        compatibility_flags: Sequence[str] | None = None,
        production_branch: str | None = None,
    ) -> PagesProject:
        """Change a project; what is not named stays. Applies from the next deployment on.

        Args:
            name: The project.
            env: Variables; `Secret` values are stored as secrets, ``None`` deletes.
            environments: Which environments are changed.
            d1: D1 database ids by binding; ``None`` deletes.
            kv: KV namespace ids by binding; ``None`` deletes.
            compatibility_date: The Workers runtime's day.
            compatibility_flags: Replaces all flags.
            production_branch: Replaces the production branch.

        Raises:
            ConfigurationError: A name or id is unusable; nothing was sent.
            NotFoundError: There is no such project.
        """
        config = environment_config(
            env=env,
            d1=d1,
            kv=kv,
            compatibility_date=compatibility_date,
            compatibility_flags=compatibility_flags,
        )
        body = change_body(
            environments=environments, production_branch=production_branch, config=config
        )
        self._redactor.add(*secrets_in(env))
        return await self._project_call("PATCH", name, body)

    async def set_env(
        self, project: str, env: Variables, *, environments: Iterable[str] = BOTH
    ) -> PagesProject:
        """Set variables and secrets; a value of ``None`` deletes. See `update_project`."""
        return await self.update_project(project, env=env, environments=environments)

    async def delete_project(self, name: str) -> None:
        """Delete a project with everything in it.

        A project with many deployments is refused (code 8000076); then they are deleted, a page
        at a time, until the project can go.

        Raises:
            NotFoundError: There is no such project, or no longer.
        """
        tried: set[str] = set()
        page = 1
        while True:
            try:
                await self._call(self._address.request("DELETE", self._place(name)))
            except ApiError as refusal:
                found = await self._deployments_in_the_way(refusal, name, page)
                if not found:
                    raise
            else:
                return
            # Deleted ones make room on the same page; it is left when nothing on it is new.
            fresh = [deployment for deployment in found if deployment not in tried]
            page += not fresh
            tried.update(fresh)
            deletes = [partial(self._delete_forced, name, deployment) for deployment in fresh]
            await aio.gather(deletes, limit=_AT_A_TIME)

    async def purge_build_cache(self, name: str) -> None:
        """Forget what builds have cached."""
        await self._call(self._address.request("POST", self._place(name, "purge_build_cache")))

    async def domains(self, project: str) -> list[PagesDomain]:
        """List the custom domains of a project."""
        return await self._list(self._place(project, "domains"), read_domain, first={})

    async def domain(self, project: str, name: str) -> PagesDomain:
        """Read a custom domain.

        Raises:
            NotFoundError: The project has none of this name.
        """
        return await self._domain_call("GET", project, name)

    async def add_domain(self, project: str, name: str) -> PagesDomain:
        """Attach a custom domain. Pages never creates its DNS record.

        Create a CNAME record to the project's ``subdomain`` afterwards, not before: until the
        domain is attached such a record answers with 522.

        Raises:
            AlreadyExistsError: The project has this domain.
        """
        request = self._address.request(
            "POST", self._place(project, "domains"), {"name": name}, kind=CallKind.CREATE
        )
        try:
            envelope = await self._call(request)
        except ApiError as refusal:
            place = self._place(project, "domains", name)
            raise await self._explained(refusal, place, f"domain {name}") from None
        return read_domain(as_object(envelope, "domain"), envelope.response)

    async def recheck_domain(self, project: str, name: str) -> PagesDomain:
        """Ask Cloudflare to check a pending custom domain again."""
        return await self._domain_call("PATCH", project, name)

    async def delete_domain(self, project: str, name: str) -> None:
        """Detach a custom domain. Its DNS record stays."""
        await self._call(self._address.request("DELETE", self._place(project, "domains", name)))

    def _place(self, project: str, *segments: str) -> str:
        return project_path(self._address, project, *segments)

    async def _project_call(self, method: str, name: str, body: object = None) -> PagesProject:
        envelope = await self._call(self._address.request(method, self._place(name), body))
        return read_project(as_object(envelope, "project"), envelope.response)

    async def _domain_call(self, method: str, project: str, name: str) -> PagesDomain:
        place = self._place(project, "domains", name)
        envelope = await self._call(self._address.request(method, place))
        return read_domain(as_object(envelope, "domain"), envelope.response)

    async def _deployments_in_the_way(self, refusal: ApiError, name: str, page: int) -> list[str]:
        if refusal.code != str(TOO_MANY_DEPLOYMENTS):
            return []
        # workers-sdk issue 12780 and cloudflare-docs issue 22193: 25 to a page.
        query = {"page": str(page), "per_page": "25"}
        place = self._place(name, "deployments")
        envelope = await self._call(self._address.request("GET", place, query=query))
        return [
            read_deployment(raw, envelope.response).id
            for raw in as_objects(envelope, "deployments")
        ]

    async def _delete_forced(self, name: str, deployment: str) -> None:
        place = self._place(name, "deployments", deployment)
        # The one that production serves is refused; it goes with the project.
        with contextlib.suppress(ApiError):
            await self._call(self._address.request("DELETE", place, query={"force": "true"}))

    async def _explained(self, refusal: ApiError, place: str, what: str) -> ApiError:
        """Find out whether a create was refused because the thing exists.

        No source names the code for a name that is taken, so the thing is looked for.
        """
        if refusal.status >= 500 or isinstance(refusal, RateLimitedError | UnexpectedAnswerError):
            return refusal
        try:
            await self._call(self._address.request("GET", place))
        except (ApiError, TransportError):
            return refusal
        return already_there(refusal, what)
