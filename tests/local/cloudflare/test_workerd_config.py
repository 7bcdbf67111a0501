"""The configuration text that is given to workerd."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.local.workerd.config import (
    D1Binding,
    KvBinding,
    Module,
    ModuleKind,
    ServiceBinding,
    TextBinding,
    WorkerConfig,
    render,
    text,
)

MODULE = Module(name="index.js", kind=ModuleKind.ES_MODULE, content=b"export default {}")
HOSTILE = 'x"), (name = "evil", text = "\\\n\x00é\U0001f600'


def config(**changes):
    values = {
        "modules": [MODULE],
        "compatibility_date": "2026-01-01",
        "bindings_address": "127.0.0.1:1",
        "outbound_address": "127.0.0.1:2",
        "outbound_capability": "cap",
        **changes,
    }
    return WorkerConfig(**values)


@given(st.text())
def test_a_literal_is_one_line_of_plain_ascii_and_cannot_be_left(value):
    literal = text(value)
    assert re.fullmatch(r'"(?:[^"\\\n]|\\x[0-9a-f]{2})*"', literal)
    assert literal.isascii()
    decoded = re.sub(rb"\\x(..)", lambda m: bytes([int(m[1], 16)]), literal[1:-1].encode())
    assert decoded == value.encode("utf-8", errors="surrogatepass")


def test_every_part_is_escaped():
    rendered = render(
        config(
            modules=[Module(name=HOSTILE, kind=ModuleKind.TEXT, content=b"")],
            compatibility_date=HOSTILE,
            compatibility_flags=[HOSTILE],
            bindings=[
                TextBinding(name=HOSTILE, value=HOSTILE),
                ServiceBinding(name=HOSTILE, capability=HOSTILE),
                KvBinding(name=HOSTILE, capability=HOSTILE),
                D1Binding(name=HOSTILE, capability=HOSTILE),
            ],
            outbound_capability=HOSTILE,
        )
    )
    assert '"evil"' not in rendered
    assert rendered.isascii()


def test_modules_are_embedded_from_files_that_are_not_named_after_them():
    rendered = render(
        config(modules=[MODULE, Module(name="../../x", kind=ModuleKind.WASM, content=b"")])
    )
    assert 'embed "module-0"' in rendered
    assert 'embed "module-1"' in rendered
    assert 'embed "../../x"' not in rendered


@pytest.mark.parametrize(
    ("binding", "written"),
    [
        (TextBinding(name="A", value="1"), '(name = "A", text = "1")'),
        (ServiceBinding(name="A", capability="c"), '(name = "A", service = "binding-0")'),
        (KvBinding(name="A", capability="c"), '(name = "A", kvNamespace = "binding-0")'),
        (D1Binding(name="A", capability="c"), 'moduleName = "cloudflare-internal:d1-api"'),
    ],
)
def test_a_binding_is_written_in_its_own_way(binding, written):
    assert written in render(config(bindings=[binding]))
