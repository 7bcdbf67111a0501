"""The blocking clients are the asynchronous ones without the waiting."""

from __future__ import annotations

import inspect

import pytest

from oneclick_deploy.providers import libsql
from oneclick_deploy.providers.libsql import client_adapter

PAIRS = [
    (libsql.AsyncLibsqlClient, libsql.LibsqlClient),
    (libsql.AsyncTransaction, libsql.Transaction),
    (client_adapter.AsyncLibsqlClientAdapter, client_adapter.LibsqlClientAdapter),
    (client_adapter.AsyncTransactionAdapter, client_adapter.TransactionAdapter),
]


@pytest.mark.parametrize(("asynchronous", "blocking"), PAIRS)
def test_both_clients_have_the_same_methods_and_signatures(asynchronous, blocking):
    assert _face(asynchronous) == _face(blocking)


def _face(client: type) -> dict[str, str]:
    return {
        {"aclose": "close"}.get(name, name): str(inspect.signature(member)).replace("Async", "")
        for name, member in inspect.getmembers(client, callable)
        if not name.startswith("_")
    }
