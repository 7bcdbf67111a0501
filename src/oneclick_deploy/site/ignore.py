"""Which entries of an output directory are not assets.

The decisions are those of ``wrangler pages deploy`` (facts/cloudflare.md section 1, "Ignore list").
It uses glob patterns whose ``**`` does not enter folders that start with a dot, so
``.well-known/.DS_Store`` is uploaded while ``sub/.DS_Store`` is not.
"""

from __future__ import annotations

WORKER_SCRIPT = "_worker.js"
WORKER_BUNDLE = "_worker.bundle"
HEADERS = "_headers"
REDIRECTS = "_redirects"
ROUTES = "_routes.json"
FUNCTIONS = "functions"

_AT_ROOT = frozenset({WORKER_SCRIPT, HEADERS, REDIRECTS, ROUTES, FUNCTIONS, ".wrangler"})
_ANYWHERE = frozenset({".DS_Store", "node_modules", ".git"})
# wrangler publishes a file of this name; here it is the prebuilt worker, whose source is private.
_OURS = frozenset({WORKER_BUNDLE})


def is_ignored(path: str) -> bool:
    """Tell whether a file or folder is left out, with everything below it.

    Args:
        path: Relative to the output directory, with ``/`` between the names.
    """
    *folders, name = path.split("/")
    if not folders and (name in _AT_ROOT or name in _OURS):
        return True
    return name in _ANYWHERE and not any(folder.startswith(".") for folder in folders)
