"""What Cloudflare Pages answers to a request for a file: one pure function.

The rules are those of Cloudflare's own local asset server (``wrangler pages dev``), compared with
it request by request in ``tests/local/cloudflare/test_sites_against_wrangler.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from attrs import evolve, field, frozen

from oneclick_deploy.local.sites.headers_file import HeaderRule, apply_headers
from oneclick_deploy.local.sites.redirects_file import NO_REDIRECTS, Redirect, Redirects
from oneclick_deploy.local.sites.urls import Url, decode_component, encode_path, resolve

_LEADING_SLASHES = re.compile(r"^(?:/|%2F|%2f|%5C|%5c|%09|\s|\\)+(.*)", re.DOTALL)
_TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_BAD_VALUE = re.compile(r"[\x00\r\n]|[^\x00-\xff]")


@frozen(kw_only=True)
class Site:
    """The files of one deployment.

    Args:
        assets: Path (decoded, with its leading slash) to asset hash.
        content_types: Asset hash to content type, as uploaded.
        headers: The rules of ``_headers``.
        redirects: The rules of ``_redirects``.
        preview: Whether the URL is a preview's: search engines are kept away.
    """

    assets: Mapping[str, str]
    content_types: Mapping[str, str]
    headers: tuple[HeaderRule, ...] = ()
    redirects: Redirects = NO_REDIRECTS
    preview: bool = False


@frozen(kw_only=True)
class Request:
    """A request, as far as the serving rules read it.

    Args:
        method: In any case.
        url: With a normalized path.
        headers: Lower-case names.
    """

    method: str
    url: Url
    headers: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Answer:
    """An answer whose body is an asset, or a short text, or nothing.

    Args:
        status: The HTTP status.
        headers: Lower-case names.
        asset: Hash of the asset that is the body.
        text: The body when it is not an asset.
    """

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    asset: str | None = None
    text: str = ""


def answer(site: Site, request: Request) -> Answer:
    """Return what Pages answers to ``request``."""
    plain = _route(site, request)
    if plain.status >= 500:
        return plain
    dressed = _with_headers(site, request, plain)
    if dressed.status == 404:
        return evolve(dressed, headers={**dressed.headers, "cache-control": "no-store"})
    return dressed


def _route(site: Site, request: Request) -> Answer:
    """Redirects first, for every method; then the files, for GET and HEAD only."""
    path = request.url.path
    redirect = site.redirects.find(request.url)
    if redirect is not None:
        destination = resolve(redirect.target, base=request.url)
        if redirect.status != 200:
            return _redirect(redirect, destination, request)
        path = destination.path
    if request.method.upper() not in ("GET", "HEAD"):
        return Answer(status=405)
    return _serve_path(site, request, decode_component(path))


def _redirect(redirect: Redirect, destination: Url, request: Request) -> Answer:
    # The request's query is kept unless the target has one.
    search = destination.search or request.url.search
    location = f"{destination.path}{search}{destination.fragment}"
    if destination.origin != request.url.origin:
        location = f"{destination.origin}{location}"
    if redirect.status == 308:
        return Answer(status=308, headers={"location": location})
    return Answer(
        status=redirect.status,
        headers={"location": location, "content-type": "text/plain;charset=UTF-8"},
        text=f"Redirecting to {location}",
    )


def _serve_path(site: Site, request: Request, path: str) -> Answer:
    """Html handling: pages have no extension, folders end with a slash; other forms are moved."""
    if path.endswith("/"):
        return _serve_folder(site, request, path)
    if path in site.assets:
        return _serve_file(site, request, path)
    if path.endswith("/index"):
        return _moved(path[: -len("index")], request)
    if f"{path}.html" in site.assets:
        return _serve_asset(site, request, f"{path}.html")
    if f"{path}/index.html" in site.assets:
        return _moved(f"{path}/", request)
    return _not_found(site, request, path)


def _serve_folder(site: Site, request: Request, path: str) -> Answer:
    if f"{path}index.html" in site.assets:
        return _serve_asset(site, request, f"{path}index.html")
    if path.endswith("/index/"):
        return _moved(path[: -len("index/")], request)
    if f"{path[:-1]}.html" in site.assets:
        return _moved(path[:-1], request)
    return _not_found(site, request, path)


def _serve_file(site: Site, request: Request, path: str) -> Answer:
    if not path.endswith(".html"):
        return _serve_asset(site, request, path)
    bare = path[: -len(".html")]
    if bare.endswith("/index"):
        return _moved(bare[: -len("index")], request)
    # "/.html" has no shorter name, and a file of that name would hide the page.
    if bare in site.assets or bare == "/":
        return _serve_asset(site, request, path)
    return _moved(bare, request)


def _moved(path: str, request: Request) -> Answer:
    location = f"{encode_path(path)}{request.url.search}"
    # Never "//host": a path must not become a host.
    return Answer(status=308, headers={"location": _LEADING_SLASHES.sub(r"/\1", location)})


def _serve_asset(site: Site, request: Request, path: str) -> Answer:
    if not _accepts_identity(request.headers.get("accept-encoding", "")):
        return Answer(status=406)
    asset = site.assets[path]
    # Only these two exact spellings match; a list or "*" does not.
    if request.headers.get("if-none-match") in (f'"{asset}"', f'W/"{asset}"'):
        return Answer(status=304)
    headers = {"etag": f'"{asset}"', "content-type": _content_type(site, asset)}
    if "authorization" not in request.headers and "range" not in request.headers:
        headers["cache-control"] = "public, max-age=0, must-revalidate"
    if site.preview:
        headers["x-robots-tag"] = "noindex"
    return Answer(status=200, headers=headers, asset=asset)


def _not_found(site: Site, request: Request, path: str) -> Answer:
    """The nearest 404.html up the path; without any, the site is a single-page app."""
    folder = path
    while folder:
        folder = folder[: folder.rindex("/")]
        asset = site.assets.get(f"{folder}/404.html")
        if asset is not None:
            if not _accepts_identity(request.headers.get("accept-encoding", "")):
                return Answer(status=406)
            headers = {"content-type": _content_type(site, asset)}
            return Answer(status=404, headers=headers, asset=asset)
    if "/index.html" in site.assets:
        return _serve_asset(site, request, "/index.html")
    return Answer(status=404)


def _content_type(site: Site, asset: str) -> str:
    content_type = site.content_types.get(asset) or "application/octet-stream"
    if content_type.startswith("text/") and "charset" not in content_type:
        return f"{content_type}; charset=utf-8"
    return content_type


def _accepts_identity(accept_encoding: str) -> bool:
    weights: dict[str, float] = {}
    for item in re.sub(r"\s", "", accept_encoding).split(","):
        name, _, weight = item.partition(";q=")
        try:
            weights[name] = float(weight) if weight else 1.0
        except ValueError:
            weights[name] = 1.0
    identity = weights.get("identity", weights.get("*"))
    return identity is None or identity > 0


def _with_headers(site: Site, request: Request, plain: Answer) -> Answer:
    headers = dict(plain.headers)
    headers["access-control-allow-origin"] = "*"
    headers["referrer-policy"] = "strict-origin-when-cross-origin"
    if "content-type" in headers:
        headers["x-content-type-options"] = "nosniff"
    matching = [rule for rule in site.headers if rule.pattern.match(request.url) is not None]
    # A name that is no HTTP token makes the asset server fail for the paths of that rule.
    broken = _first(lambda name: not _TOKEN.match(name), _names(matching))
    if broken is not None:
        return Answer(status=500, text=f"_headers holds a header that cannot be sent: {broken!r}")
    headers = apply_headers(site.headers, url=request.url, headers=headers)
    broken = _first(lambda name: _BAD_VALUE.search(headers[name]) is not None, list(headers))
    if broken is not None:
        return Answer(status=500, text=f"_headers holds a value that cannot be sent: {broken!r}")
    return evolve(plain, headers=headers)


def _names(rules: list[HeaderRule]) -> list[str]:
    return [name for rule in rules for name in (*rule.unset, *rule.set)]


def _first(test: Callable[[str], bool], names: list[str]) -> str | None:
    return next((name for name in names if test(name)), None)
