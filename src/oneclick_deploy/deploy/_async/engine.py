"""Runs the steps: each as soon as what it needs is done, the first error stops the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from oneclick_deploy.deploy._async.context import AsyncContext
from oneclick_deploy.deploy.redact import cleaned
from oneclick_deploy.deploy.steps import Step, StepResult
from oneclick_deploy.errors import DeployCancelledError, OneClickError, StepError
from oneclick_deploy.events import Event
from oneclick_deploy.runtime import aio
from oneclick_deploy.store.records import StepStatus

StepFunction = Callable[[AsyncContext], Awaitable[StepResult]]
Outcome = tuple[Step, OneClickError | None]


class AsyncEngine:
    """One pass over a graph of steps.

    Args:
        steps: The steps; each stands after what it needs.
        functions: What each step does.
        context: The run.
        stop: Keeps running steps from sending more; used when another step has failed.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        functions: Mapping[str, StepFunction],
        context: AsyncContext,
        *,
        stop: Callable[[], None],
    ) -> None:
        self._waiting = list(steps)
        self._functions = functions
        self._context = context
        self._stop = stop
        self._inbox: aio.Channel[Event | Outcome] = aio.Channel()
        self._running = 0
        self._done: set[str] = set()
        self._failed: StepError | None = None
        self._cancelled: DeployCancelledError | None = None

    async def run(self) -> None:
        """Run all steps.

        Raises:
            StepError: A step failed; the running ones were stopped.
            DeployCancelledError: The run was cancelled.
        """
        with self._context.events.through(self._inbox.put):
            try:
                self._start_ready()
                while self._running:
                    self._take(await self._inbox.get())
                    self._start_ready()
            except aio.Cancelled:
                await self._wind_down()
                raise
        if self._failed is not None:
            raise self._failed
        if self._cancelled is not None:
            raise self._cancelled

    def _start_ready(self) -> None:
        if self._failed is not None or self._cancelled is not None:
            return
        for step in [each for each in self._waiting if self._done.issuperset(each.needs)]:
            self._waiting.remove(step)
            self._running += 1
            aio.Background(partial(self._guarded, step), name=f"oneclick-{step.id}")

    def _take(self, item: Event | Outcome) -> None:
        """Handle an event or the end of a step, here where ``deploy`` was called."""
        if isinstance(item, Event):
            self._context.events.hand_over(item)
        else:
            self._settle(item)

    def _settle(self, outcome: Outcome) -> None:
        step, error = outcome
        self._running -= 1
        if error is None:
            self._done.add(step.id)
        elif isinstance(error, DeployCancelledError):
            self._cancelled = self._cancelled or error
        elif self._failed is None:
            self._failed = StepError(step.id, error)
            self._stop()

    async def _wind_down(self) -> None:
        """The caller stopped waiting: let running steps end at their next safe point."""
        self._stop()
        while self._running:
            self._take(await self._inbox.get())

    async def _guarded(self, step: Step) -> None:
        error: OneClickError | None = None
        try:
            await self._execute(step)
        except Exception as caught:  # noqa: BLE001 - cleaned, journalled and raised by run()
            error = cleaned(caught, self._context.redactor)
            error = await self._record_failure(step, error)
        finally:
            # Whatever happens, run() must hear of the step's end, or it would wait for ever.
            self._inbox.put((step, error))

    async def _execute(self, step: Step) -> None:
        context, journal = self._context, self._context.journal
        record = await aio.to_thread(journal.step, step.id)
        if record is not None and record.status is StepStatus.DONE and not step.again:
            secrets = await aio.to_thread(journal.open_secrets, record)
            context.remember(step.id, record.output, secrets)
            context.events.step_finished(step.id, summary=record.summary, reused=True)
            return
        await aio.to_thread(journal.step_started, step.id)
        context.events.step_started(step)
        result = await self._functions[step.id](context)
        context.remember(step.id, result.output, result.secrets)
        await aio.to_thread(
            journal.step_done,
            step.id,
            output=result.output,
            secrets=result.secrets,
            summary=result.summary,
            seconds=context.events.seconds(step.id),
        )
        context.events.step_finished(step.id, summary=result.summary, reused=result.reused)

    async def _record_failure(self, step: Step, error: OneClickError) -> OneClickError:
        """Write the failure down; if even that fails, that error is the one to tell."""
        cancelled = isinstance(error, DeployCancelledError)
        try:
            await aio.to_thread(
                self._context.journal.step_ended,
                step.id,
                StepStatus.UNKNOWN if cancelled else StepStatus.FAILED,
                error=error.message,
            )
        except Exception as worse:  # noqa: BLE001 - told instead of the first error
            return cleaned(worse, self._context.redactor)
        if not cancelled:
            self._context.events.step_failed(step.id, error=error.message, hint=error.hint)
        return error
