"""SQL on Turso Cloud and other libSQL servers: the Hrana protocol over HTTP.

`values` keeps every value exact, `wire` builds pipelines and reads answers, `atomic` makes
all-or-nothing batches, `paging` walks through tables, `statements` splits scripts, `identifiers`
quotes names, `address` reads URLs, `errors` maps refusals. `AsyncLibsqlClient` and `LibsqlClient`
send.
"""

from oneclick_deploy.providers.libsql._async import AsyncLibsqlClient, AsyncTransaction
from oneclick_deploy.providers.libsql._sync import LibsqlClient, Transaction
from oneclick_deploy.providers.libsql.conditions import (
    Condition,
    all_of,
    any_of,
    error,
    negate,
    ok,
)
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.libsql.models import (
    Column,
    Description,
    Page,
    ResultSet,
    Statement,
    Step,
    StepOutcome,
)
from oneclick_deploy.providers.libsql.statements import first_keyword, split_script
from oneclick_deploy.providers.libsql.values import Args, Value, place

__all__ = [
    "Args",
    "AsyncLibsqlClient",
    "AsyncTransaction",
    "Column",
    "Condition",
    "Description",
    "LibsqlClient",
    "Page",
    "ResultSet",
    "Statement",
    "Step",
    "StepOutcome",
    "Transaction",
    "Value",
    "all_of",
    "any_of",
    "error",
    "first_keyword",
    "negate",
    "ok",
    "place",
    "quote_identifier",
    "split_script",
]
