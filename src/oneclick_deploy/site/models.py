"""A site that is ready to be uploaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from blake3 import blake3

from oneclick_deploy.site.worker_bundle import WorkerBundle, build_bundle


@frozen(kw_only=True)
class SiteFile:
    """One asset.

    Args:
        path: The path in the manifest: a leading slash, not percent-encoded.
        absolute: Where the content is; links are resolved.
        size: Bytes that were hashed.
        content_type: The type it is stored and served with.
        hash: The name the host knows the content by.
    """

    path: str
    absolute: Path
    size: int
    content_type: str
    hash: str


@frozen(kw_only=True)
class Site:
    """An output directory, read and checked.

    Args:
        root: The directory, with links resolved.
        files: The assets, in the order the official client sends them.
        ignored: What is not an asset, relative to the root; a folder ends with a slash and stands
            for all it holds.
        worker: The code that answers requests, if any.
        headers: The content of ``_headers``.
        redirects: The content of ``_redirects``.
        routes: The content of ``_routes.json``; only with a worker, as the host expects.
        warnings: What will be deployed and may not be what was meant.
    """

    root: Path
    files: tuple[SiteFile, ...]
    ignored: tuple[str, ...] = ()
    worker: WorkerBundle | None = None
    headers: bytes | None = None
    redirects: bytes | None = None
    routes: bytes | None = None
    warnings: tuple[str, ...] = ()

    def manifest(self) -> dict[str, str]:
        """Map each path to its hash, in the order of :attr:`files`."""
        return {file.path: file.hash for file in self.files}

    @property
    def total_bytes(self) -> int:
        """The size of all assets together."""
        return sum(file.size for file in self.files)

    @property
    def fingerprint(self) -> str:
        """64 hex digits that are equal exactly when the same site would be deployed."""
        digest = blake3()
        for part in self._deployed():
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.hexdigest()

    def _deployed(self) -> Iterator[bytes]:
        for control in (self.headers, self.redirects, self.routes):
            yield control or b""
        yield build_bundle(self.worker) if self.worker else b""
        for path, digest in sorted(self.manifest().items()):
            yield path.encode()
            yield digest.encode()
