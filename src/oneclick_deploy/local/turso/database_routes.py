"""Databases of the Platform API (specification: Databases)."""

from __future__ import annotations

from typing import Any, Final

import attrs

from oneclick_deploy.local.turso.calls import Call, Route
from oneclick_deploy.local.turso.errors import ApiRefusalError, bad_request
from oneclick_deploy.local.turso.models import Group
from oneclick_deploy.local.turso.requests import flag_field, list_field, read_object, text_field
from oneclick_deploy.local.turso.seeds import (
    read_encryption,
    read_seed,
    read_size_limit,
    read_time,
)
from oneclick_deploy.local.turso.tokens import expiration_seconds
from oneclick_deploy.local.turso.views import (
    configuration_view,
    created_view,
    database_view,
    instance_view,
    usage_view,
)

_BASE: Final = "/v1/organizations/{organization}/databases"
_ONE: Final = _BASE + "/{database}"


async def _list(call: Call) -> Any:
    group, parent = call.query("group"), call.query("parent")
    found = [
        database
        for database in call.account.state.databases.values()
        if (not group or database.group == group)
        and (not parent or parent in {database.parent_id, database.parent_name} - {""})
        and (not call.caller.group or database.group == call.caller.group)
    ]
    return {"databases": [database_view(item, _group_of(call, item.group)) for item in found]}


async def _create(call: Call) -> Any:
    body = await read_object(call.request)
    name, group = text_field(body, "name"), text_field(body, "group")
    call.caller.need("db:create", group)
    database = await call.account.create_database(
        name,
        group,
        seed=read_seed(body.get("seed")),
        size_limit=read_size_limit(body.get("size_limit")),
        encryption_cipher=read_encryption(body.get("remote_encryption")),
    )
    return {"database": created_view(database)}


async def _get(call: Call) -> Any:
    database = call.database("read")
    return {"database": database_view(database, _group_of(call, database.group))}


async def _delete(call: Call) -> Any:
    database = call.database("db:delete")
    await call.account.delete_database(database)
    return {"database": database.name}


async def _get_configuration(call: Call) -> Any:
    return configuration_view(call.database("read"))


async def _change_configuration(call: Call) -> Any:
    database = call.database("db:configure")
    body = await read_object(call.request)
    limit = body.get("size_limit")
    flags = ("allow_attach", "block_reads", "block_writes", "delete_protection")
    lists = ("allowed_ips", "allowed_aws_vpc_ids")
    changes: dict[str, Any] = {
        name: flag_field(body, name, otherwise=getattr(database, name)) for name in flags
    }
    changes |= {name: list_field(body, name, otherwise=getattr(database, name)) for name in lists}
    changes["size_limit"] = database.size_limit if limit is None else read_size_limit(limit)
    # Read again: the body was awaited, and another call may have changed the database meanwhile.
    current = call.account.database(database.name)
    return configuration_view(call.account.save_database(attrs.evolve(current, **changes)))


async def _list_instances(call: Call) -> Any:
    database = call.database("read")
    group = _group_of(call, database.group)
    return {
        "instances": [
            instance_view(database, location, primary=location == group.primary)
            for location in group.locations
        ]
    }


async def _get_instance(call: Call) -> Any:
    database = call.database("read")
    group = _group_of(call, database.group)
    location = call.path("instance")
    if location not in group.locations:
        raise ApiRefusalError(404, f"could not find instance {location}")
    return {"instance": instance_view(database, location, primary=location == group.primary)}


async def _create_token(call: Call) -> Any:
    database = call.database("db:mint-token")
    await read_object(call.request, required=False)
    token = call.signer.mint(
        rotation=database.rotation,
        database=database.id,
        can_write=_can_write(call),
        seconds=expiration_seconds(call.query("expiration")),
    )
    return {"jwt": token}


async def _rotate(call: Call) -> Any:
    call.account.rotate_database(call.database("db:rotate-creds"))


async def _usage(call: Call) -> Any:
    database = call.database("read")
    for name in ("from", "to"):
        _check_time(name, call.query(name))
    usage = await call.account.usage(database)
    locations = _group_of(call, database.group).locations
    return {"database": usage_view(database, locations, usage)}


async def _stats(call: Call) -> Any:
    call.database("read")
    return {"top_queries": None}


def _group_of(call: Call, name: str) -> Group:
    return call.account.group(name)


def _can_write(call: Call) -> bool:
    authorization = call.query("authorization") or "full-access"
    if authorization not in {"full-access", "read-only"}:
        raise bad_request("Invalid authorization")
    return authorization == "full-access"


def _check_time(name: str, text: str | None) -> None:
    if not text:
        return
    try:
        # A plus sign arrives as a blank in a query.
        read_time(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        raise bad_request(
            f'invalid {name} parameter: parsing time "{text[:60]}" as '
            '"2006-01-02T15:04:05Z07:00": cannot parse it'
        ) from None


def mint_for_group(call: Call, group: Group) -> str:
    """Make a token for all databases of a group."""
    return call.signer.mint(
        rotation=group.rotation,
        group=group.uuid,
        can_write=_can_write(call),
        seconds=expiration_seconds(call.query("expiration")),
    )


ROUTES: Final[tuple[Route, ...]] = (
    ("GET", _BASE, _list),
    ("POST", _BASE, _create),
    ("GET", _ONE, _get),
    ("DELETE", _ONE, _delete),
    ("GET", _ONE + "/configuration", _get_configuration),
    ("PATCH", _ONE + "/configuration", _change_configuration),
    ("GET", _ONE + "/instances", _list_instances),
    ("GET", _ONE + "/instances/{instance}", _get_instance),
    ("POST", _ONE + "/auth/tokens", _create_token),
    ("POST", _ONE + "/auth/rotate", _rotate),
    ("GET", _ONE + "/usage", _usage),
    ("GET", _ONE + "/stats", _stats),
)
