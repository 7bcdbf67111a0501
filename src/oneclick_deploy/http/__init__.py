"""One HTTP client for all providers; the only folder that imports httpx.

`values` holds requests and answers, `retry` what may be sent again, `budget` how often a provider
may be asked, `redaction` what must never be printed, `statuses` which error an answer becomes, and
`observe` a tap for tests. `AsyncHttp` and `Http` put them together.
"""

from oneclick_deploy.http._async import AsyncHttp
from oneclick_deploy.http._sync import Http
from oneclick_deploy.http.budget import RequestBudget
from oneclick_deploy.http.redaction import Redactor
from oneclick_deploy.http.retry import RetryPolicy
from oneclick_deploy.http.settings import HttpSettings
from oneclick_deploy.http.values import CallKind, Headers, Request, Response

__all__ = [
    "AsyncHttp",
    "CallKind",
    "Headers",
    "Http",
    "HttpSettings",
    "Redactor",
    "Request",
    "RequestBudget",
    "Response",
    "RetryPolicy",
]
