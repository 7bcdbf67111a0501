"""From an output directory to what Cloudflare receives, without a network.

:func:`read_site` lists, hashes and checks a build's output; :func:`buckets` shares the files out
over upload requests; :func:`build_bundle` writes the worker. Requests are made elsewhere.
"""

from __future__ import annotations

from oneclick_deploy.site.buckets import Bucket, buckets, missing_files
from oneclick_deploy.site.content_types import content_type, workers_content_type
from oneclick_deploy.site.hashing import asset_hash, read
from oneclick_deploy.site.limits import MAX_FILE_SIZE, MAX_FILES, MAX_WORKER_BUNDLE
from oneclick_deploy.site.models import Site, SiteFile
from oneclick_deploy.site.reading import read_site
from oneclick_deploy.site.worker_bundle import (
    WorkerBundle,
    WorkerModule,
    build_bundle,
    parse_bundle,
)

__all__ = [
    "MAX_FILES",
    "MAX_FILE_SIZE",
    "MAX_WORKER_BUNDLE",
    "Bucket",
    "Site",
    "SiteFile",
    "WorkerBundle",
    "WorkerModule",
    "asset_hash",
    "buckets",
    "build_bundle",
    "content_type",
    "missing_files",
    "parse_bundle",
    "read",
    "read_site",
    "workers_content_type",
]
