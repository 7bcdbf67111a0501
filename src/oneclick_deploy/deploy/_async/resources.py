"""Creates remote resources so that none is ever lost: journal first, and read back in doubt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from oneclick_deploy.deploy._async.context import AsyncContext
from oneclick_deploy.deploy.ownership import taken
from oneclick_deploy.errors import (
    AlreadyExistsError,
    OneClickError,
    ServerError,
    TransportError,
    UnexpectedAnswerError,
)
from oneclick_deploy.events import ResourceChanged
from oneclick_deploy.runtime import aio
from oneclick_deploy.store.records import ResourceRecord, ResourceStatus

T = TypeVar("T")
# A create whose answer was lost may still be on its way through the provider.
READ_BACK_WAITS: Final = (0.0, 0.5, 2.0, 5.0)


async def ensure(
    context: AsyncContext,
    *,
    kind: str,
    name: str,
    find: Callable[[], Awaitable[T | None]],
    create: Callable[[], Awaitable[T]],
    remote_id: Callable[[T], str],
    ours: Callable[[T], bool] = lambda _: False,
    key: str = "",
) -> T:
    """Make sure that a resource exists and belongs to this deployment.

    It is taken when our journal says so or when it carries our tag; it is created when it does
    not exist. The journal's row is written before the create leaves. When the outcome of the
    create is unknown it is looked up, never repeated blindly.

    Args:
        context: The run.
        kind: Such as ``turso.database``.
        name: Its deterministic name.
        find: Looks it up; ``None`` when it does not exist.
        create: Creates it.
        remote_id: Reads the provider's id.
        ours: Whether an existing one carries the tag of this deployment.
        key: The idempotency key, where the provider takes one.

    Raises:
        NameTakenError: It exists and is not ours.
        OneClickError: The provider refused.
    """
    record = await aio.to_thread(context.journal.resource, kind, name)
    if record is not None and record.status is ResourceStatus.REMOVED:
        record = None
    found = await find()
    if found is not None:
        if record is None and not ours(found):
            raise taken(kind, name)
        return await _take(context, found, record, kind, name, remote_id(found))
    asked_before = record is not None
    record = await aio.to_thread(context.journal.resource_started, kind, name, key=key)
    made = await _create(context, record, find, create, asked_before=asked_before)
    await aio.to_thread(context.journal.resource_present, record, remote_id=remote_id(made))
    context.events.emit(
        ResourceChanged, change="created", kind=kind, name=name, remote_id=remote_id(made)
    )
    return made


async def _take(
    context: AsyncContext,
    found: T,
    record: ResourceRecord | None,
    kind: str,
    name: str,
    remote_id: str,
) -> T:
    """Write down that an existing resource is ours."""
    if record is not None and record.status is ResourceStatus.PRESENT:
        return found
    adopted = record is None
    if record is None:
        record = await aio.to_thread(context.journal.resource_started, kind, name)
    await aio.to_thread(
        context.journal.resource_present, record, remote_id=remote_id, adopted=adopted
    )
    context.events.emit(
        ResourceChanged, change="adopted", kind=kind, name=name, remote_id=remote_id
    )
    return found


async def _create(
    context: AsyncContext,
    record: ResourceRecord,
    find: Callable[[], Awaitable[T | None]],
    create: Callable[[], Awaitable[T]],
    *,
    asked_before: bool,
) -> T:
    try:
        return await create()
    except AlreadyExistsError as error:
        if asked_before:
            # The create of an earlier process arrived after we had looked.
            return await _read_back(context, find, error)
        # Nobody had it a moment ago and our create did not make it: somebody was faster.
        await aio.to_thread(context.journal.resource_removed, record)
        raise taken(record.kind, record.name) from None
    except (TransportError, ServerError, UnexpectedAnswerError) as error:
        if isinstance(error, TransportError) and not error.outcome_unknown:
            await aio.to_thread(context.journal.resource_removed, record)
            raise
        return await _read_back(context, find, error)
    except OneClickError:
        await aio.to_thread(context.journal.resource_removed, record)
        raise


async def _read_back(
    context: AsyncContext,
    find: Callable[[], Awaitable[T | None]],
    error: OneClickError,
) -> T:
    """Look for a resource whose create may or may not have worked.

    The row stays ``started`` when it cannot be found: the next run, or the undo, looks again.
    """
    for wait in READ_BACK_WAITS:
        await aio.sleep(wait, cancel=context.cancel)
        try:
            found = await find()
        except (TransportError, ServerError, UnexpectedAnswerError):
            continue
        if found is not None:
            return found
    raise error
