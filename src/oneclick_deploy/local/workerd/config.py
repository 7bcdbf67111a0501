"""The configuration that ``workerd`` reads, written from values.

Everything that comes from outside (names, values) is written as an escaped text literal, so that
it cannot end the literal and become configuration.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

# The address part of a capability: workerd adds this header to every request of a binding, and the
# Python side refuses requests without it.
CAPABILITY_HEADER = "x-oneclick-capability"
# Carries the request's `cf` object as JSON into the worker.
CF_HEADER = "x-oneclick-cf"


class ModuleKind(StrEnum):
    """The kinds of modules that a worker is made of, named as in workerd's schema."""

    ES_MODULE = "esModule"
    COMMON_JS = "commonJsModule"
    TEXT = "text"
    DATA = "data"
    WASM = "wasm"
    JSON = "json"


@frozen(kw_only=True)
class Module:
    """One module of a worker.

    Args:
        name: The name that other modules import it by.
        kind: How workerd reads it.
        content: The bytes.
    """

    name: str
    kind: ModuleKind
    content: bytes


@frozen(kw_only=True)
class TextBinding:
    """An environment variable or a secret."""

    name: str
    value: str


@frozen(kw_only=True)
class ServiceBinding:
    """A binding that answers ``fetch``, such as ``ASSETS``."""

    name: str
    capability: str


@frozen(kw_only=True)
class KvBinding:
    """A KV namespace."""

    name: str
    capability: str


@frozen(kw_only=True)
class D1Binding:
    """A D1 database."""

    name: str
    capability: str


Binding = TextBinding | ServiceBinding | KvBinding | D1Binding


@frozen(kw_only=True)
class WorkerConfig:
    """A worker with everything it can reach.

    Args:
        modules: The modules, the main one first.
        compatibility_date: ``YYYY-MM-DD``.
        compatibility_flags: Such as ``nodejs_compat``.
        bindings: What ``env`` holds.
        bindings_address: ``host:port`` of the server behind all bindings but text.
        outbound_address: ``host:port`` of the proxy that every ``fetch`` of the worker goes to.
    """

    modules: Sequence[Module]
    compatibility_date: str
    compatibility_flags: Sequence[str] = ()
    bindings: Sequence[Binding] = ()
    bindings_address: str
    outbound_address: str
    outbound_capability: str


def module_file(number: int) -> str:
    """The file name of a module: its position, never its own name."""
    return f"module-{number}"


def render(worker: WorkerConfig) -> str:
    """Write the configuration; modules are embedded from the files :func:`module_file` names."""
    services = ['    (name = "worker", worker = .worker),\n', _outbound_service(worker)]
    services += [
        _binding_service(binding, number=number, address=worker.bindings_address)
        for number, binding in enumerate(worker.bindings)
        if not isinstance(binding, TextBinding)
    ]
    return (
        'using Workerd = import "/workerd/workerd.capnp";\n'
        "const config :Workerd.Config = (\n"
        f"  services = [\n{''.join(services)}  ],\n"
        "  sockets = [\n"
        '    (name = "http", address = "127.0.0.1:0", service = "worker",\n'
        f"     http = (cfBlobHeader = {text(CF_HEADER)})),\n"
        "  ],\n"
        ");\n"
        f"{_worker(worker)}"
    )


def text(value: str) -> str:
    """Write a text literal of the configuration language."""
    pieces = []
    for byte in value.encode("utf-8", errors="surrogatepass"):
        character = chr(byte)
        if character in '"\\' or not 0x20 <= byte < 0x7F:
            pieces.append(f"\\x{byte:02x}")
        else:
            pieces.append(character)
    return f'"{"".join(pieces)}"'


def _worker(worker: WorkerConfig) -> str:
    modules = "".join(
        f"    (name = {text(module.name)}, {module.kind} = embed {text(module_file(number))}),\n"
        for number, module in enumerate(worker.modules)
    )
    bindings = "".join(
        f"    {_binding(binding, number=number)},\n"
        for number, binding in enumerate(worker.bindings)
    )
    flags = ", ".join(map(text, worker.compatibility_flags))
    return (
        "const worker :Workerd.Worker = (\n"
        f"  modules = [\n{modules}  ],\n"
        f"  compatibilityDate = {text(worker.compatibility_date)},\n"
        f"  compatibilityFlags = [{flags}],\n"
        '  globalOutbound = "outbound",\n'
        f"  bindings = [\n{bindings}  ],\n"
        ");\n"
    )


def _binding(binding: Binding, *, number: int) -> str:
    name = f"name = {text(binding.name)}"
    service = f'"binding-{number}"'
    match binding:
        case TextBinding():
            return f"({name}, text = {text(binding.value)})"
        case ServiceBinding():
            return f"({name}, service = {service})"
        case KvBinding():
            return f"({name}, kvNamespace = {service})"
        case D1Binding():
            # The binding that the real runtime wraps around a fetcher.
            return (
                f'({name}, wrapped = (moduleName = "cloudflare-internal:d1-api", '
                f'innerBindings = [(name = "fetcher", service = {service})]))'
            )


def _binding_service(
    binding: ServiceBinding | KvBinding | D1Binding, *, number: int, address: str
) -> str:
    http = f"({_inject(binding.capability)})"
    return (
        f'    (name = "binding-{number}", external = (address = {text(address)}, http = {http})),\n'
    )


def _outbound_service(worker: WorkerConfig) -> str:
    # In proxy style workerd sends the absolute URL and no Host, which HTTP/1.1 servers must refuse
    # (RFC 9112, 3.2). The proxy goes by the URL, so any host will do.
    http = f"(style = proxy, {_inject(worker.outbound_capability, host='outbound.invalid')})"
    return (
        '    (name = "outbound", '
        f"external = (address = {text(worker.outbound_address)}, http = {http})),\n"
    )


def _inject(capability: str, *, host: str = "") -> str:
    headers = [(CAPABILITY_HEADER, capability), *([("Host", host)] if host else [])]
    written = ", ".join(f"(name = {text(name)}, value = {text(value)})" for name, value in headers)
    return f"injectRequestHeaders = [{written}]"
