"""An emulator of the parts of Cloudflare that a deploy needs: Pages, D1 and KV."""

from __future__ import annotations
