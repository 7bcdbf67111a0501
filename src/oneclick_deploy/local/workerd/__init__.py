"""Running a worker in Cloudflare's own runtime, ``workerd``, driven from Python."""

from __future__ import annotations
