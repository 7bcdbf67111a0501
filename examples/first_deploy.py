"""The README's program: deploy the guestbook to the embedded cloud, show it, remove it again.

Run it in the checkout: ``python examples/first_deploy.py``.
"""

from __future__ import annotations

from pathlib import Path

import oneclick_deploy as od

GUESTBOOK = Path(__file__).resolve().parent / "guestbook"

app = od.App(
    name="guestbook",
    source=GUESTBOOK,
    site="public",
    preview_data=GUESTBOOK / "preview.db",
    env={"STRIPE_SECRET_KEY": od.Secret("sk_test_...")},
)

# For real accounts: with od.DeploymentOrchestrator.from_env() as orchestrator.
with od.LocalCloud() as cloud, od.DeploymentOrchestrator.local(cloud) as orchestrator:
    plan = orchestrator.plan(app, od.Web(database=od.Turso(), hosting=od.CloudflarePages()))
    print(plan)
    with od.progress_view() as view:
        deployment = orchestrator.deploy(plan, on_event=view)
    print(deployment.url)
    print(deployment.report)
    orchestrator.destroy(deployment.id)
