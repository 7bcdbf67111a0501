"""Organizations, members and platform tokens (specification: Organizations, API Tokens)."""

from __future__ import annotations

import uuid
from typing import Any, Final

from oneclick_deploy.local.turso.access import PlatformTokens
from oneclick_deploy.local.turso.calls import Call, Route
from oneclick_deploy.local.turso.errors import ApiRefusalError, bad_request, organization_not_found
from oneclick_deploy.local.turso.models import ApiToken
from oneclick_deploy.local.turso.requests import list_field, read_object
from oneclick_deploy.local.turso.views import api_token_view, usage_view

_ONE: Final = "/v1/organizations/{organization}"
_PLAN: Final = "starter"
# The quotas of the specification's example of a plan.
_QUOTAS: Final = {
    "rowsRead": 1_000_000_000,
    "rowsWritten": 25_000_000,
    "databases": 500,
    "locations": 3,
    "storage": 9_000_000_000,
    "groups": 1,
    "bytesSynced": 3_000_000_000,
}


async def _list(call: Call) -> Any:
    return [_organization(call)]


async def _get(call: Call) -> Any:
    return {"organization": _organization(call)}


async def _plans(_call: Call) -> Any:
    return {"plans": [{"name": _PLAN, "price": "0", "prices": [], "quotas": _QUOTAS}]}


async def _subscription(_call: Call) -> Any:
    return {
        "subscription": {"name": _PLAN, "overages": False, "plan": _PLAN, "timeline": "monthly"}
    }


async def _usage(call: Call) -> Any:
    databases = []
    total = {"rows_read": 0, "rows_written": 0, "storage_bytes": 0, "bytes_synced": 0}
    for database in list(call.account.state.databases.values()):
        usage = await call.account.usage(database)
        group = call.account.state.groups.get(database.group)
        databases.append(usage_view(database, group.locations if group else (), usage))
        total = {name: count + usage[name] for name, count in total.items()}
    groups = call.account.state.groups.values()
    return {
        "organization": {
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, call.account.organization)),
            "usage": {
                **total,
                "databases": len(databases),
                "groups": len(groups),
                "locations": len({place for group in groups for place in group.locations}),
            },
            "databases": databases,
        }
    }


async def _members(call: Call) -> Any:
    return {"members": [_owner(call)]}


async def _member(call: Call) -> Any:
    if call.path("username") != call.account.organization:
        raise ApiRefusalError(404, "could not find member")
    return {"member": _owner(call)}


async def _user(call: Call) -> Any:
    name = call.account.organization
    return {
        "user": {
            "username": name,
            "name": name,
            "email": _owner(call)["email"],
            "avatarUrl": "",
            "plan": _PLAN,
            "mfa": False,
            "has_pending_invites": False,
        }
    }


async def _validate(_call: Call) -> Any:
    """Platform tokens of this emulator do not expire."""
    return {"exp": -1}


async def _list_tokens(call: Call) -> Any:
    return {"tokens": [api_token_view(token) for token in _tokens(call)]}


async def _list_organization_tokens(call: Call) -> Any:
    owner = {"username": call.account.organization, "email": _owner(call)["email"]}
    return {"tokens": [{**api_token_view(token), "owner": owner} for token in _tokens(call)]}


async def _create_token(call: Call) -> Any:
    call.caller.need_account()
    body = await read_object(call.request, required=False)
    organization, group = _text(body, "organization"), _text(body, "group")
    if organization not in {"", call.account.organization}:
        raise organization_not_found()
    if group:
        call.account.group(group)
    tokens: PlatformTokens = call.tokens
    token, text = tokens.mint(
        call.path("name"),
        organization=organization,
        group=group,
        scopes=list_field(body, "scopes", otherwise=()),
    )
    return {"name": token.name, "id": token.id, "token": text}


async def _revoke_by_name(call: Call) -> Any:
    return _revoke(call, call.path("name"), by="name")


async def _revoke_by_id(call: Call) -> Any:
    return _revoke(call, call.path("token"), by="id")


def _revoke(call: Call, key: str, *, by: str) -> Any:
    call.caller.need_account()
    for token in _tokens(call):
        if getattr(token, by) == key:
            call.account.state.remove(token)
            return {"token": key}
    raise ApiRefusalError(404, "could not find token")


def _tokens(call: Call) -> list[ApiToken]:
    return list(call.account.state.api_tokens.values())


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise bad_request(f"{name} must be a string")
    return value


def _organization(call: Call) -> dict[str, Any]:
    return {
        "name": "personal",
        "slug": call.account.organization,
        "type": "personal",
        "overages": False,
        "require_mfa": False,
        "blocked_reads": False,
        "blocked_writes": False,
        "plan_id": _PLAN,
        "plan_timeline": "monthly",
        "platform": "",
    }


def _owner(call: Call) -> dict[str, str]:
    name = call.account.organization
    return {"username": name, "role": "owner", "email": f"{name}@example.com"}


ROUTES: Final[tuple[Route, ...]] = (
    ("GET", "/v1/organizations", _list),
    ("GET", _ONE, _get),
    ("GET", _ONE + "/plans", _plans),
    ("GET", _ONE + "/subscription", _subscription),
    ("GET", _ONE + "/usage", _usage),
    ("GET", _ONE + "/members", _members),
    ("GET", _ONE + "/members/{username}", _member),
    ("GET", _ONE + "/api-tokens", _list_organization_tokens),
    ("DELETE", _ONE + "/api-tokens/{token}", _revoke_by_id),
    ("GET", "/v1/user", _user),
    ("GET", "/v1/auth/validate", _validate),
    ("GET", "/v1/auth/api-tokens", _list_tokens),
    ("POST", "/v1/auth/api-tokens/{name}", _create_token),
    ("DELETE", "/v1/auth/api-tokens/{name}", _revoke_by_name),
)
