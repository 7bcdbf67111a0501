# Generated from src/oneclick_deploy/deploy/_async/resources.py by tools/unasync.py. Do not edit.
"""Creates remote resources so that none is ever lost: journal first, and read back in doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from oneclick_deploy.deploy._sync.context import Context
from oneclick_deploy.deploy.ownership import taken
from oneclick_deploy.errors import (
    AlreadyExistsError,
    OneClickError,
    ServerError,
    TransportError,
    UnexpectedAnswerError,
)
from oneclick_deploy.events import ResourceChanged
from oneclick_deploy.runtime import threads
from oneclick_deploy.store.records import ResourceRecord, ResourceStatus

T = TypeVar("T")
# A create whose answer was lost may still be on its way through the provider.
READ_BACK_WAITS: Final = (0.0, 0.5, 2.0, 5.0)


def ensure(
    context: Context,
    *,
    kind: str,
    name: str,
    find: Callable[[], T | None],
    create: Callable[[], T],
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
    record = threads.to_thread(context.journal.resource, kind, name)
    if record is not None and record.status is ResourceStatus.REMOVED:
        record = None
    found = find()
    if found is not None:
        if record is None and not ours(found):
            raise taken(kind, name)
        return _take(context, found, record, kind, name, remote_id(found))
    asked_before = record is not None
    record = threads.to_thread(context.journal.resource_started, kind, name, key=key)
    made = _create(context, record, find, create, asked_before=asked_before)
    threads.to_thread(context.journal.resource_present, record, remote_id=remote_id(made))
    context.events.emit(
        ResourceChanged, change="created", kind=kind, name=name, remote_id=remote_id(made)
    )
    return made


def _take(
    context: Context,
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
        record = threads.to_thread(context.journal.resource_started, kind, name)
    threads.to_thread(
        context.journal.resource_present, record, remote_id=remote_id, adopted=adopted
    )
    context.events.emit(
        ResourceChanged, change="adopted", kind=kind, name=name, remote_id=remote_id
    )
    return found


def _create(
    context: Context,
    record: ResourceRecord,
    find: Callable[[], T | None],
    create: Callable[[], T],
    *,
    asked_before: bool,
) -> T:
    try:
        return create()
    except AlreadyExistsError as error:
        if asked_before:
            # The create of an earlier process arrived after we had looked.
            return _read_back(context, find, error)
        # Nobody had it a moment ago and our create did not make it: somebody was faster.
        threads.to_thread(context.journal.resource_removed, record)
        raise taken(record.kind, record.name) from None
    except (TransportError, ServerError, UnexpectedAnswerError) as error:
        if isinstance(error, TransportError) and not error.outcome_unknown:
            threads.to_thread(context.journal.resource_removed, record)
            raise
        return _read_back(context, find, error)
    except OneClickError:
        threads.to_thread(context.journal.resource_removed, record)
        raise


def _read_back(
    context: Context,
    find: Callable[[], T | None],
    error: OneClickError,
) -> T:
    """Look for a resource whose create may or may not have worked.

    The row stays ``started`` when it cannot be found: the next run, or the undo, looks again.
    """
    for wait in READ_BACK_WAITS:
        threads.sleep(wait, cancel=context.cancel)
        try:
            found = find()
        except (TransportError, ServerError, UnexpectedAnswerError):
            continue
        if found is not None:
            return found
    raise error
