"""How projects, deployments and domains look in answers (``specs/cloudflare-sdk.json``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from oneclick_deploy.local.cloudflare.hosting import Hosting
from oneclick_deploy.local.cloudflare.models import Deployment, Domain, Json, Project
from oneclick_deploy.local.cloudflare.settings import public_settings
from oneclick_deploy.local.cloudflare.stages import Stage, latest_stage, stages_of


def time_text(moment: datetime | None) -> str | None:
    """Write a time as the API does."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def project_shape(
    project: Project,
    *,
    deployments: Sequence[Deployment],
    domains: Sequence[Domain],
    hosting: Hosting,
    stage_seconds: float,
) -> Json:
    """A project in an answer."""

    def shown(deployment: Deployment | None) -> Json | None:
        if deployment is None:
            return None
        return deployment_shape(
            deployment, project=project, hosting=hosting, stage_seconds=stage_seconds
        )

    latest = deployments[0] if deployments else None
    # The real host answers with a name under pages.dev, and that is where the site is. Here the
    # site is on a loopback port, so that is what the answer names: clients use it as it comes.
    subdomain = hosting.project_url(project.name).removeprefix("http://")
    return {
        "id": project.id,
        "name": project.name,
        "subdomain": subdomain,
        "domains": [subdomain, *(domain.name for domain in domains)],
        "source": None,
        "build_config": project.build_config,
        "deployment_configs": {
            environment: public_settings(settings)
            for environment, settings in project.deployment_configs.items()
        },
        "latest_deployment": shown(latest),
        "canonical_deployment": shown(hosting.canonical(project.name)),
        "production_branch": project.production_branch,
        "created_on": time_text(project.created_on),
        "framework": "",
        "framework_version": "",
        "preview_script_name": f"pages-worker--{project.id[:8]}-preview",
        "production_script_name": f"pages-worker--{project.id[:8]}-production",
        "uses_functions": latest.worker is not None if latest is not None else False,
    }


def deployment_shape(
    deployment: Deployment, *, project: Project, hosting: Hosting, stage_seconds: float
) -> Json:
    """A deployment in an answer."""
    stages = stages_of(deployment, seconds=stage_seconds)
    ended = stages[-1].ended_on or deployment.created_on
    return {
        "id": deployment.id,
        "short_id": deployment.short_id,
        "project_id": project.id,
        "project_name": project.name,
        "environment": deployment.environment,
        "url": hosting.deployment_url(deployment),
        "aliases": hosting.aliases(deployment) or None,
        "created_on": time_text(deployment.created_on),
        "modified_on": time_text(ended),
        "latest_stage": _stage_shape(latest_stage(stages)),
        "stages": [_stage_shape(stage) for stage in stages],
        "deployment_trigger": {
            "type": "ad_hoc",
            "metadata": {
                "branch": deployment.branch,
                "commit_hash": deployment.commit_hash,
                "commit_message": deployment.commit_message,
                "commit_dirty": deployment.commit_dirty,
            },
        },
        "env_vars": public_settings(deployment.settings).get("env_vars") or {},
        "build_config": project.build_config,
        "source": _no_source(project),
        "is_skipped": False,
        "skip_reason": None,
        "uses_functions": deployment.worker is not None,
    }


def domain_shape(domain: Domain) -> Json:
    """A custom domain in an answer."""
    return {
        "id": domain.id,
        "domain_id": domain.domain_id,
        "name": domain.name,
        "status": "pending",
        "verification_data": {"status": "pending"},
        "validation_data": {"status": "pending", "method": "http"},
        "certificate_authority": "google",
        "zone_tag": "",
        "created_on": time_text(domain.created_on),
    }


def _stage_shape(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "status": stage.status,
        "started_on": time_text(stage.started_on),
        "ended_on": time_text(stage.ended_on),
    }


def _no_source(project: Project) -> Json:
    """The repository of a deployment that has none; the contract demands the object."""
    return {
        "type": "github",
        "config": {
            "owner": "",
            "owner_id": "",
            "repo_id": "",
            "repo_name": "",
            "production_branch": project.production_branch,
            "deployments_enabled": False,
            "production_deployments_enabled": False,
            "pr_comments_enabled": False,
            "preview_deployment_setting": "none",
            "preview_branch_excludes": [],
            "preview_branch_includes": [],
            "path_excludes": [],
            "path_includes": [],
        },
    }
