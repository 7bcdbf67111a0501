"""A process with a local cloud of its own that deploys one app and may kill itself on the way.

``python -m tests.deploy.deploy_once '{"state": …, "source": …, "site": …, "kill": 7, "after": true}'``
prints the number of requests it made and what the world looks like when it is done.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import oneclick_deploy as od
from tests.deploy.faults import FaultyDoor
from tests.deploy.world import end_state

CANARY = "sk_canary_4711_keep_this_out"


def main() -> None:
    """Deploy, unless killed first."""
    order = json.loads(sys.argv[1])
    door = FaultyDoor()
    if order.get("kill"):
        door.kill_at(int(order["kill"]), after=bool(order.get("after")))
    source = Path(order["source"])
    app = od.App(
        name="guestbook",
        source=source,
        site=order.get("site"),
        preview_data=source / "preview.db",
        env={"STRIPE_SECRET_KEY": od.Secret(CANARY)},
    )
    with od.LocalCloud(order["state"], data_plane="python", wrap=door.wrap) as cloud:
        with od.DeploymentOrchestrator.local(cloud) as orchestrator:
            deployment = orchestrator.deploy(app)
            requests = door.count
            state = end_state(cloud, deployment)
        sys.stdout.write(json.dumps({"requests": requests, "state": state}))


if __name__ == "__main__":
    main()
