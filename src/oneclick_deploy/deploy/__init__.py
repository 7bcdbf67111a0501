"""Deployments: the plan, the journal, the steps, and the orchestrator that runs them."""
