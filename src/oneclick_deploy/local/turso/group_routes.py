"""Groups and locations of the Platform API (specification: Groups, Locations)."""

from __future__ import annotations

from typing import Any, Final

import attrs

from oneclick_deploy.local.turso.calls import Call, Route
from oneclick_deploy.local.turso.database_routes import mint_for_group
from oneclick_deploy.local.turso.errors import bad_request, organization_not_found
from oneclick_deploy.local.turso.models import LOCATIONS
from oneclick_deploy.local.turso.requests import flag_field, read_object, text_field
from oneclick_deploy.local.turso.views import group_view

_BASE: Final = "/v1/organizations/{organization}/groups"
_ONE: Final = _BASE + "/{group}"


async def _list(call: Call) -> Any:
    groups = call.account.state.groups.values()
    visible = [g for g in groups if not call.caller.group or g.name == call.caller.group]
    return {"groups": [group_view(group) for group in visible]}


async def _create(call: Call) -> Any:
    call.caller.need_account()
    body = await read_object(call.request)
    group = call.account.create_group(text_field(body, "name"), text_field(body, "location"))
    return {"group": group_view(group)}


async def _get(call: Call) -> Any:
    return {"group": group_view(call.group("read"))}


async def _delete(call: Call) -> Any:
    call.caller.need_account()
    group = call.group("read")
    await call.account.delete_group(group)
    return {"group": group_view(group)}


async def _get_configuration(call: Call) -> Any:
    return {"delete_protection": call.group("read").delete_protection}


async def _change_configuration(call: Call) -> Any:
    group = call.group("group:configure")
    body = await read_object(call.request)
    protected = flag_field(body, "delete_protection", otherwise=group.delete_protection)
    call.account.save_group(
        attrs.evolve(call.account.group(group.name), delete_protection=protected)
    )
    return {"delete_protection": protected}


async def _transfer(call: Call) -> Any:
    """There is one organization here: any other one is unknown."""
    call.caller.need_account()
    call.group("read")
    body = await read_object(call.request)
    if text_field(body, "organization") != call.account.organization:
        raise organization_not_found()
    raise bad_request("the group already belongs to this organization")


async def _unarchive(call: Call) -> Any:
    group = call.group("group:configure")
    return {"group": group_view(call.account.save_group(attrs.evolve(group, archived=False)))}


async def _add_location(call: Call) -> Any:
    group = call.group("group:configure")
    location = call.path("location")
    if location not in LOCATIONS:
        raise bad_request(f"invalid location: {location}")
    if location not in group.locations:
        group = attrs.evolve(group, locations=(*group.locations, location))
    return {"group": group_view(call.account.save_group(group))}


async def _remove_location(call: Call) -> Any:
    group = call.group("group:configure")
    location = call.path("location")
    if location not in group.locations:
        raise bad_request("Invalid location code")
    if location == group.primary:
        raise bad_request("the primary location cannot be removed")
    kept = tuple(item for item in group.locations if item != location)
    group = call.account.save_group(attrs.evolve(group, locations=kept))
    return {"group": group_view(group)}


async def _update(call: Call) -> Any:
    call.group("group:configure")


async def _create_token(call: Call) -> Any:
    group = call.group("group:mint-token")
    await read_object(call.request, required=False)
    return {"jwt": mint_for_group(call, group)}


async def _rotate(call: Call) -> Any:
    call.account.rotate_group(call.group("group:rotate-creds"))


async def _locations(_call: Call) -> Any:
    return {"locations": LOCATIONS}


ROUTES: Final[tuple[Route, ...]] = (
    ("GET", _BASE, _list),
    ("POST", _BASE, _create),
    ("GET", _ONE, _get),
    ("DELETE", _ONE, _delete),
    ("GET", _ONE + "/configuration", _get_configuration),
    ("PATCH", _ONE + "/configuration", _change_configuration),
    ("POST", _ONE + "/transfer", _transfer),
    ("POST", _ONE + "/unarchive", _unarchive),
    ("POST", _ONE + "/locations/{location}", _add_location),
    ("DELETE", _ONE + "/locations/{location}", _remove_location),
    ("POST", _ONE + "/update", _update),
    ("POST", _ONE + "/auth/tokens", _create_token),
    ("POST", _ONE + "/auth/rotate", _rotate),
    ("GET", "/v1/locations", _locations),
)
