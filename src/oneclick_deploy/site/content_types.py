"""Content types as Cloudflare's own client derives them from names.

Pages and Workers static assets disagree on some of them, and both differ from Python's
:mod:`mimetypes` for more than half of the extensions of the web. Cloudflare stores what the
uploading client says, so a wrong type here is a wrong type on the deployed site.
"""

from __future__ import annotations

from typing import Final

from oneclick_deploy.site.content_type_table import PAGES, WORKERS_ASSETS

PAGES_FALLBACK: Final = "application/octet-stream"
WORKERS_FALLBACK: Final = "application/null"


def content_type(path: str) -> str:
    """Give the type of a Pages asset. No charset is added.

    Args:
        path: The path in the manifest, such as ``/assets/app.js``.
    """
    return PAGES.get(_extension(path), PAGES_FALLBACK)


def workers_content_type(path: str) -> str:
    """Give the type of an asset of Workers static assets, with the charset of text types.

    Args:
        path: The path in the manifest, such as ``/assets/app.js``.
    """
    extension = _extension(path)
    known = WORKERS_ASSETS.get(extension) or PAGES.get(extension, WORKERS_FALLBACK)
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def _extension(path: str) -> str:
    # The client looks the path up without its first slash, and takes a bare word for an extension:
    # a file `json` or `.txt` in the root folder has a type, the same file in a folder has none.
    path = path.removeprefix("/")
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, _, extension = name.rpartition(".")
    return extension.lower() if stem or name == path else ""
