"""The client of Cloudflare Pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from attrs import evolve

from oneclick_deploy.errors import (
    ApiError,
    ConfigurationError,
    OneClickError,
    TransportError,
)
from oneclick_deploy.http.values import CallKind, Request
from oneclick_deploy.providers.cloudflare.codes import UNKNOWN_FAILURE
from oneclick_deploy.providers.cloudflare.pages.assets._async import AsyncAssetUpload
from oneclick_deploy.providers.cloudflare.pages.models import (
    DeploymentState,
    LogLine,
    PagesDeployment,
    Stage,
    UploadProgress,
    UploadReport,
)
from oneclick_deploy.providers.cloudflare.pages.projects._async import AsyncPagesProjects
from oneclick_deploy.providers.cloudflare.pages.upload import Tally
from oneclick_deploy.providers.cloudflare.pages.wire import (
    WHOLE_LOG,
    DeploymentForm,
    deployment_failure,
    deployment_request,
    deployment_timeout,
    outcome_unknown,
    read_deployment,
    read_log,
)
from oneclick_deploy.providers.cloudflare.wire import as_object
from oneclick_deploy.runtime import aio
from oneclick_deploy.site.models import Site

_SHORTEST_LOOK: Final = 10.0  # seconds that one look may take when the wait is nearly over


class AsyncCloudflarePagesClient(AsyncPagesProjects):
    """Projects, deployments and domains of Cloudflare Pages, by direct upload.

    ::

        async with AsyncCloudflarePagesClient(token, account_id=account) as pages:
            await pages.create_project("guestbook")
            deployment = await pages.deploy("guestbook", site)

    Args:
        token: A token with the permission Account > Cloudflare Pages > Edit.
        account_id: The account's id.
        base_url: The API's address.
        settings: Timeouts, retries, routes.
        cancel: Ends waits and keeps further requests from leaving.
        transport: A replacement for the network; for tests.
        pace: How patient uploads and polls are.

    Raises:
        ConfigurationError: The token or the account is empty, or the base URL is not an address.
    """

    async def upload_assets(
        self,
        project: str,
        site: Site,
        *,
        on_progress: Callable[[UploadProgress], None] | None = None,
        concurrency: int = 3,
    ) -> UploadReport:
        """Upload the files that the host does not have. May be repeated at any time.

        Args:
            project: The project's name.
            site: What to upload.
            on_progress: Called as files arrive; blocking clients call it from worker threads.
            concurrency: Most uploading requests at a time.

        Raises:
            SiteError: A file changed since the site was read, or the account's limit is exceeded.
            NotFoundError: There is no such project.
        """
        upload = AsyncAssetUpload(
            api=self._http,
            store=self._store,
            address=self._address,
            project=project,
            site=site,
            tally=Tally(site, on_progress),
            pace=self._pace,
            redactor=self._redactor,
            cancel=self._cancel,
        )
        return await upload.run(concurrency=concurrency)

    async def create_deployment(
        self,
        project: str,
        site: Site,
        *,
        branch: str | None = None,
        commit_hash: str | None = None,
        commit_message: str = "",
        commit_dirty: bool | None = None,
    ) -> PagesDeployment:
        """Make a deployment of a site whose assets are uploaded.

        A failure without a reason (code 8000000) is tried again; an answer that was lost is not:
        look with `find_deployment` before another try.

        Args:
            project: The project's name.
            site: What was uploaded.
            branch: The production branch, or ``None``, for production; another for a preview.
            commit_hash: What to find the deployment by.
            commit_message: Its first line is sent, as ASCII.
            commit_dirty: Whether files were changed since the commit.

        Raises:
            TransportError: The answer was lost; ``outcome_unknown`` tells whether it was sent.
            SiteError: The Worker is too large.
        """
        form = DeploymentForm(
            branch=branch,
            commit_hash=commit_hash,
            commit_message=commit_message,
            commit_dirty=commit_dirty,
        )
        return await self._create(await self._deployment_request(project, site, form))

    async def deploy(
        self,
        project: str,
        site: Site,
        *,
        branch: str | None = None,
        commit_hash: str | None = None,
        commit_message: str = "",
        commit_dirty: bool | None = None,
        on_progress: Callable[[UploadProgress], None] | None = None,
        on_stage: Callable[[Stage], None] | None = None,
        concurrency: int = 3,
        timeout: float = 300.0,  # noqa: ASYNC109, RUF100 - a wait for the deployment, not for the call
    ) -> PagesDeployment:
        """Upload, make the deployment, and wait until it is live.

        With a ``commit_hash``, a deployment whose answer was lost is looked for and used.
        The arguments are those of `upload_assets`, `create_deployment`, `wait_for_deployment`.

        Raises:
            DeployError: The deployment did not succeed.
        """
        form = DeploymentForm(
            branch=branch,
            commit_hash=commit_hash,
            commit_message=commit_message,
            commit_dirty=commit_dirty,
        )
        # Built first: what cannot be deployed is refused before anything is sent.
        request = await self._deployment_request(project, site, form)
        before = await self.project(project)
        await self.upload_assets(project, site, on_progress=on_progress, concurrency=concurrency)
        try:
            made = await self._create(request)
        except OneClickError as failure:
            if not commit_hash or not outcome_unknown(failure):
                raise
            newest = before.latest_deployment.id if before.latest_deployment else None
            found = await self.find_deployment(project, commit_hash=commit_hash, newer_than=newest)
            if found is None:
                raise
            made = found
        return await self.wait_for_deployment(project, made.id, timeout=timeout, on_stage=on_stage)

    async def deployment(self, project: str, deployment_id: str) -> PagesDeployment:
        """Read a deployment."""
        return await self._deployment_call("GET", project, deployment_id)

    async def deployments(
        self, project: str, *, environment: str | None = None
    ) -> list[PagesDeployment]:
        """List a project's deployments, newest first.

        Args:
            project: The project's name.
            environment: Only those of ``production`` or of ``preview``.
        """
        return await self._list(
            self._place(project, "deployments"), read_deployment, first={"env": environment}
        )

    async def find_deployment(
        self, project: str, *, commit_hash: str, newer_than: str | None = None
    ) -> PagesDeployment | None:
        """Find the newest deployment that was made with a commit hash.

        Args:
            project: The project's name.
            commit_hash: What `create_deployment` was given.
            newer_than: The id of a deployment where the search ends.
        """
        if not commit_hash:
            raise ConfigurationError("a commit hash is needed", hint="Pass the one you deployed.")
        seen = await self._list(
            self._place(project, "deployments"),
            read_deployment,
            first={},
            until=lambda item: item.id == newer_than or item.commit_hash == commit_hash,
        )
        last = seen[-1] if seen else None
        found = last is not None and last.id != newer_than and last.commit_hash == commit_hash
        return last if found else None

    async def wait_for_deployment(
        self,
        project: str,
        deployment_id: str,
        *,
        timeout: float = 300.0,  # noqa: ASYNC109, RUF100 - a wait for the deployment, not for the call
        on_stage: Callable[[Stage], None] | None = None,
    ) -> PagesDeployment:
        """Wait until a deployment is live.

        Args:
            project: The project's name.
            deployment_id: The deployment's id.
            timeout: Seconds to wait.
            on_stage: Called when the stage or its status changes.

        Raises:
            DeployError: It failed, was canceled or skipped; the message has the log's last line.
            DeadlineExceededError: It is still running.
        """
        deadline = time.monotonic() + timeout
        looks = 0
        told: tuple[str, str] | None = None
        while True:
            looks += 1
            left = max(0.0, deadline - time.monotonic())
            await aio.sleep(min(self._pace.poll(looks), left), cancel=self._cancel)
            seen = await self._look(project, deployment_id, left)
            stage = seen.latest_stage if seen else None
            if stage is not None and (stage.name, stage.status) != told:
                told = stage.name, stage.status
                if on_stage is not None:
                    on_stage(stage)
            if seen is not None and seen.state is DeploymentState.SUCCEEDED:
                return seen
            if seen is not None and seen.state is not DeploymentState.RUNNING:
                raise deployment_failure(seen, await self._log_if_any(project, deployment_id))
            if time.monotonic() >= deadline:
                raise deployment_timeout(deployment_id, timeout, told)

    async def delete_deployment(
        self, project: str, deployment_id: str, *, force: bool = False
    ) -> None:
        """Delete a deployment.

        Args:
            project: The project's name.
            deployment_id: The deployment's id.
            force: Delete it although an alias leads to it.
        """
        query = {"force": "true"} if force else {}
        place = self._place(project, "deployments", deployment_id)
        await self._call(self._address.request("DELETE", place, query=query))

    async def rollback_deployment(self, project: str, deployment_id: str) -> PagesDeployment:
        """Let production serve an earlier deployment, which must be a successful production one."""
        return await self._deployment_call("POST", project, deployment_id, "rollback")

    async def retry_deployment(self, project: str, deployment_id: str) -> PagesDeployment:
        """Make a deployment again, as a new one."""
        return await self._deployment_call("POST", project, deployment_id, "retry")

    async def deployment_logs(self, project: str, deployment_id: str) -> list[LogLine]:
        """Read the log of a deployment."""
        place = self._place(project, "deployments", deployment_id, "history", "logs")
        return read_log(await self._call(self._address.request("GET", place, query=WHOLE_LOG)))

    async def _deployment_request(self, project: str, site: Site, form: DeploymentForm) -> Request:
        request = await aio.to_thread(deployment_request, self._address, project, site, form)
        patience = len(request.content) / self._pace.slowest_link
        return evolve(request, timeout=self._settings.timeout + patience)

    async def _create(self, request: Request) -> PagesDeployment:
        number = 0
        while True:
            number += 1
            try:
                envelope = await self._call(request)
            except ApiError as failure:
                # The official client repeats this code only, twice.
                known = failure.code == str(UNKNOWN_FAILURE)
                if not known or number >= self._pace.deployment_attempts:
                    raise
                await aio.sleep(self._pace.back_off(number), cancel=self._cancel)
            else:
                return read_deployment(as_object(envelope, "deployment"), envelope.response)

    async def _deployment_call(
        self, method: str, project: str, deployment_id: str, *action: str
    ) -> PagesDeployment:
        kind = CallKind.READ if method == "GET" else CallKind.CREATE
        place = self._place(project, "deployments", deployment_id, *action)
        envelope = await self._call(self._address.request(method, place, kind=kind))
        return read_deployment(as_object(envelope, "deployment"), envelope.response)

    async def _look(self, project: str, deployment_id: str, left: float) -> PagesDeployment | None:
        """Read a deployment that is waited for; trouble on the way to it is not its failure."""
        place = self._place(project, "deployments", deployment_id)
        patience = min(self._settings.timeout, max(left, _SHORTEST_LOOK))
        try:
            envelope = await self._call(self._address.request("GET", place, timeout=patience))
        except (ApiError, TransportError) as trouble:
            if not trouble.retryable:
                raise
            return None
        return read_deployment(as_object(envelope, "deployment"), envelope.response)

    async def _log_if_any(self, project: str, deployment_id: str) -> list[LogLine]:
        try:
            return await self.deployment_logs(project, deployment_id)
        except (ApiError, TransportError):
            return []
