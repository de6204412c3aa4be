"""Keeps a run within its plan's ceilings: waits for room, sets requests' worst cases aside, settles by their usage."""

import asyncio

import msgspec

from routeproof.clock import Clock
from routeproof.dialects.registry import dialect_named
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan
from routeproof.evidence.results import Spent
from routeproof.prover.engine.budget import UNKNOWN_USE, Budget, Used
from routeproof.prover.engine.follow_up import usage_of
from routeproof.prover.engine.journal import Journal
from routeproof.prover.engine.pricing import Pricing
from routeproof.prover.engine.worst_cases import Worst, WorstCases


class Accounts:
    """The budget of one run, shared by all that send."""

    def __init__(self, plan: Plan, pricing: Pricing, clock: Clock) -> None:
        self._plan = plan
        self._pricing = pricing
        self._clock = clock
        self._worst_cases = WorstCases(plan.route.dialect, plan.route.model, plan.declared, pricing)
        self._known: dict[tuple[str, int], Worst] = {}
        self._budget = Budget(plan.ceilings)
        self._changed = asyncio.Condition()

    @property
    def spent(self) -> Spent:
        """What was used so far."""
        return self._budget.spent

    async def reserve(self, case: Case, step: int, halt: asyncio.Event) -> str | None:
        """Set a request aside; gives back None, or why it may not be sent.

        Where it does not fit yet, it waits until what is under way has been settled, or until the run is halted.
        """
        worst = self._worst(case, step)
        async with self._changed:
            while not halt.is_set():
                over = self._budget.reserve(worst)
                if over is None:
                    return None
                if not self._budget.in_flight:
                    return f"it could have gone over the ceiling of {over}"
                await self._changed.wait()
        return "the run is halted"

    async def settle(self, case: Case, step: int, observation: Observation) -> None:
        """Count what a request used."""
        self._budget.settle(self._worst(case, step), self.use_of(observation))
        await self.wake()

    async def wake(self) -> None:
        """Have everyone who waits look again."""
        async with self._changed:
            self._changed.notify_all()

    def recall(self, journal: Journal) -> None:
        """Count what earlier parts of the run sent: by its usage where that was kept, else at its worst."""
        cases = {case.id: case for case in self._plan.cases}
        kept = dict(journal.kept)
        # The latest first: of a request that was sent again, what was kept is of the last time.
        for key in reversed(journal.sent):
            observation = kept.pop(key, None)
            used = UNKNOWN_USE if observation is None else self.use_of(observation)
            self._budget.recall(self._worst(cases[key.case], key.step), used)

    def use_of(self, observation: Observation) -> Used:
        """What a request used, by what its answer reports."""
        usage = usage_of(self._plan, observation)
        if usage is None:
            return UNKNOWN_USE
        if not usage.input_tokens and not usage.output_tokens:
            return Used(input_tokens=0, output_tokens=0, money_nanousd=0)
        cost = self._pricing.cost_nanousd(usage, self._clock.wall_ns(), thinking=self._thinks(observation))
        return Used(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, money_nanousd=cost)

    def _thinks(self, observation: Observation) -> bool:
        try:
            fields = msgspec.json.decode(observation.transcript.request.body.data, type=dict[str, msgspec.Raw])
        except (ValueError, RecursionError):
            return True
        return dialect_named(self._plan.route.dialect).thinking(fields, self._plan.route.model)

    def _worst(self, case: Case, step: int) -> Worst:
        found = self._known.get((case.id, step))
        if found is None:
            found = self._known[case.id, step] = self._worst_cases.of(case, step)
        return found
