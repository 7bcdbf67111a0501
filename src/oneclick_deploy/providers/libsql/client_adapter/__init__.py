"""Runs SQL through a ``libsql_client`` instance that the host program has already.

Needs the extra ``oneclick-deploy[libsql-client]``. That package reaches ``file:`` databases and a
self-hosted sqld; Turso Cloud no longer speaks its protocols. It is imported only here.
"""

from oneclick_deploy.providers.libsql.client_adapter._async import (
    AsyncLibsqlClientAdapter,
    AsyncTransactionAdapter,
)
from oneclick_deploy.providers.libsql.client_adapter._sync import (
    LibsqlClientAdapter,
    TransactionAdapter,
)

__all__ = [
    "AsyncLibsqlClientAdapter",
    "AsyncTransactionAdapter",
    "LibsqlClientAdapter",
    "TransactionAdapter",
]
