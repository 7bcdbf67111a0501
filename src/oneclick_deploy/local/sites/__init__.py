"""How Cloudflare Pages serves the files of a deployment: pure rules and a small ASGI app."""

from __future__ import annotations
