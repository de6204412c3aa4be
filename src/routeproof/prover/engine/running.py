"""Runs a plan: every planned request once, a bounded number at a time, and an observation of each.

There are no retries: what a request met at its first attempt is what is judged. Requests that met a rate limit may be
asked once more when all first attempts are over; that is counted (`Attempts`) and never judged.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from routeproof.clock import Clock, SystemClock, format_instant
from routeproof.evidence.observations import Arm, Ending, Observation, ObservationKey, Transcript, never_sent
from routeproof.evidence.plan import Plan, Step, planned_keys
from routeproof.evidence.redaction import Redaction, redact
from routeproof.evidence.results import Attempts, Spent
from routeproof.prover.cases.templates import Unfillable, fill
from routeproof.prover.engine.accounting import Accounts
from routeproof.prover.engine.endpoints import Endpoint
from routeproof.prover.engine.follow_up import message_of
from routeproof.prover.engine.journal import Journal
from routeproof.prover.engine.ordering import Unit, units_of
from routeproof.prover.engine.pricing import UNPRICED, Pricing
from routeproof.prover.engine.second_attempts import SecondAttempts
from routeproof.prover.engine.sending import Sender
from routeproof.prover.engine.tapping import read_tap
from routeproof.prover.engine.watching import Unwatched, Watcher

CONCURRENCY: Final = 8
RUN_SECONDS_MAX: Final = 4 * 3_600.0
INTERRUPTED: Final = "the run was interrupted"
SILENT_MAX: Final = 16
"""Requests that may meet silence before anything was answered; then the run ends, for more would take hours."""


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is carried out; none of it decides a verdict."""

    concurrency: int = CONCURRENCY
    """Trials under way at once."""
    seconds_max: float = RUN_SECONDS_MAX
    """Of the whole run."""
    ask_again: bool = True
    """Ask requests that met a rate limit once more."""


class Outcome(NamedTuple):
    """What a run leaves."""

    observations: tuple[Observation, ...]
    """One for each planned request, redacted, in the plan's order."""
    attempts: Attempts
    spent: Spent
    started: str
    ended: str
    """RFC 3339."""
    stopped: str | None
    """Why it ended before all was asked; None where nothing is missing."""


async def run_plan(
    plan: Plan,
    endpoints: Mapping[Arm, Endpoint],
    sender: Sender,
    *,
    settings: RunSettings | None = None,
    pricing: Pricing = UNPRICED,
    journal: Journal | None = None,
    watcher: Watcher | None = None,
    stop: asyncio.Event | None = None,
    clock: Clock | None = None,
) -> Outcome:
    """Send what is missing; setting `stop` ends it early, and what was measured is kept.

    Needs an endpoint for each arm of the plan. Raises StoreError where the journal can't be written.
    """
    run = Run(plan, endpoints, sender, settings or RunSettings(), pricing, journal, watcher or Unwatched(), clock)
    try:
        return await run.carry_out(stop or asyncio.Event())
    except ExceptionGroup as group:
        raise _first(group) from group


def _first(error: Exception) -> Exception:
    """What ended the run: everything else was cancelled because of it."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


class Run:
    """One run of one plan."""

    def __init__(
        self,
        plan: Plan,
        endpoints: Mapping[Arm, Endpoint],
        sender: Sender,
        settings: RunSettings,
        pricing: Pricing,
        journal: Journal | None,
        watcher: Watcher,
        clock: Clock | None,
    ) -> None:
        self._plan = plan
        self._digest = plan.digest
        self._endpoints = endpoints
        self._sender = sender
        self._settings = settings
        self._journal = journal
        self._watcher = watcher
        self._clock = clock or SystemClock()
        self._accounts = Accounts(plan, pricing, self._clock)
        secrets = tuple(secret for endpoint in endpoints.values() for secret in endpoint.secrets)
        self._redaction = Redaction(secrets)
        self._done: dict[ObservationKey, Observation] = {}
        self._halt = asyncio.Event()
        self._stopped: str | None = None
        self._answered = False
        self._silent = 0

    async def carry_out(self, stop: asyncio.Event) -> Outcome:
        """Send everything that is missing, then put the outcome together."""
        started = format_instant(self._clock.wall_ns())
        if self._journal is not None:
            self._journal.start(started)
            started = self._journal.started or started
            self._recall(self._journal)
        planned = tuple(planned_keys(self._plan))
        self._watcher.began(len(planned), len(self._done))
        attempts = await self._until_stopped(stop, len(planned))
        for key in planned:
            if key not in self._done:
                self._put(self._unsent(key, self._stopped or INTERRUPTED), keep=False)
        if self._journal is not None and self._stopped is None:
            self._journal.finish()
        return Outcome(
            observations=tuple(self._done[key] for key in planned),
            attempts=attempts,
            spent=self._accounts.spent,
            started=started,
            ended=format_instant(self._clock.wall_ns()),
            stopped=self._stopped,
        )

    async def _until_stopped(self, stop: asyncio.Event, planned: int) -> Attempts:
        async with asyncio.TaskGroup() as group:
            guard = group.create_task(self._guard(stop))
            try:
                await self._first_attempts()
                return await self._second_attempts(planned)
            finally:
                guard.cancel()

    async def _guard(self, stop: asyncio.Event) -> None:
        """Break off what is under way when somebody says so, or when the run's own time is over."""
        why = INTERRUPTED
        try:
            async with asyncio.timeout(self._settings.seconds_max):
                await stop.wait()
        except TimeoutError:
            why = f"the run's time of {self._settings.seconds_max:g} s was over"
        self._end(why)
        await self._accounts.wake()

    def _end(self, why: str) -> None:
        """Send nothing more, and break off what is under way."""
        if self._stopped is None:
            self._stopped = why
            self._halt.set()
            self._watcher.stopping(why)
            self._sender.leave_all(why)

    def _listen(self, transcript: Transcript) -> None:
        """Give up on an endpoint that never says a word."""
        self._answered = self._answered or transcript.status is not None
        self._silent += transcript.ending is Ending.TIMED_OUT
        if not self._answered and self._silent >= SILENT_MAX:
            self._end(f"the first {self._silent} requests met silence")

    async def _first_attempts(self) -> None:
        missing = [unit for unit in units_of(self._plan) if not self._is_done(unit)]
        together = iter(unit for unit in missing if not unit.case.alone)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._settings.concurrency):
                group.create_task(self._work(together))
        await self._work(iter(unit for unit in missing if unit.case.alone))

    async def _second_attempts(self, planned: int) -> Attempts:
        second = SecondAttempts(self._plan, self._done.values())
        if self._settings.ask_again and self._stopped is None and second.waiting:
            self._watcher.asking_again(len(second.waiting), second.wait_s)
            await second.ask(self._sender, self._endpoints, self._accounts, self._halt)
        return second.counted(planned)

    async def _work(self, missing: Iterator[Unit]) -> None:
        for unit in missing:
            if self._stopped is not None:
                return
            await self._try(unit)

    async def _try(self, unit: Unit) -> None:
        """One trial: its steps in order, each filled in from the answers to those before."""
        answers: dict[int, dict[str, object]] = {}
        for number, step in enumerate(unit.case.steps, 1):
            key = ObservationKey(unit.case.id, unit.trial, number, unit.arm)
            endpoint = self._endpoints[key.arm]
            try:
                body = fill(step.body, seed=self._plan.seed, case=key.case, trial=key.trial, answers=answers)
                endpoint.require(step.credential)
            except (Unfillable, LookupError) as error:
                self._put(self._unsent(key, str(error)), keep=True)
                continue
            observation = await self._ask(unit, key, step, endpoint.named(body, self._plan.route.model))
            is_last = number == len(unit.case.steps)
            message = None if observation is None or is_last else message_of(self._plan, observation)
            if message is not None:
                answers[number] = message

    async def _ask(self, unit: Unit, key: ObservationKey, step: Step, body: bytes) -> Observation | None:
        """Send one request within the budget, and keep what came of it; None where it was not sent."""
        refused = await self._accounts.reserve(unit.case, key.step, self._halt)
        if refused is not None:
            self._put(self._unsent(key, self._stopped or refused), keep=False)
            return None
        if self._journal is not None:
            self._journal.sending(key)
        endpoint = self._endpoints[key.arm]
        transcript = await self._sender.send(endpoint, step, body)
        observation = Observation(
            plan=self._digest,
            transcript=transcript,
            provider_request_id=endpoint.provider_request_id(transcript),
            gateway_request_id=(request_id := endpoint.gateway_request_id(transcript)),
            tap=await read_tap(self._sender, endpoint, request_id),
            **key._asdict(),
        )
        self._listen(transcript)
        await self._accounts.settle(unit.case, key.step, observation)
        self._put(redact(observation, self._redaction), keep=transcript.ending is not Ending.INTERRUPTED)
        return observation

    def _put(self, observation: Observation, *, keep: bool) -> None:
        """Take an observation down; with `keep` it is final, else a resumed run asks for it again."""
        self._done[observation.key] = observation
        if keep and self._journal is not None:
            self._journal.keep(observation)
        self._watcher.observed(observation, self._accounts.spent)

    def _unsent(self, key: ObservationKey, why: str) -> Observation:
        case = next(case for case in self._plan.cases if case.id == key.case)
        step = case.steps[key.step - 1]
        return never_sent(self._digest, key, step.method, step.path, why, self._sender.offset_ns())

    def _recall(self, journal: Journal) -> None:
        """Go on from what is on disk. A trial that broke off between steps begins anew: its answers are redacted."""
        self._accounts.recall(journal)
        for unit in units_of(self._plan):
            keys = unit.keys
            if all(key in journal.kept for key in keys):
                self._done.update((key, journal.kept[key]) for key in keys)

    def _is_done(self, unit: Unit) -> bool:
        return all(key in self._done for key in unit.keys)
