"""In which order trials begin: cases mixed, and the arms of one trial side by side, each first equally often."""

import random
from typing import NamedTuple

from routeproof.evidence.observations import Arm, ObservationKey
from routeproof.evidence.plan import Case, Plan


class Unit(NamedTuple):
    """One trial on one arm: its steps are sent one after another."""

    case: Case
    trial: int
    arm: Arm

    @property
    def keys(self) -> tuple[ObservationKey, ...]:
        """Its requests, in their order."""
        return tuple(
            ObservationKey(self.case.id, self.trial, step, self.arm) for step in range(1, len(self.case.steps) + 1)
        )


def units_of(plan: Plan) -> tuple[Unit, ...]:
    """Every trial of the plan on every arm; a function of the plan and its seed.

    A case's trials are spread over the run, so that what changes meanwhile touches all cases alike. From one trial
    of a case to the next the arms take turns in going first.
    """
    order = random.Random(plan.seed)  # noqa: S311 - an order, not a secret
    turns = [(case, trial) for case in plan.cases for trial in range(1, case.repeats + 1)]
    order.shuffle(turns)
    return tuple(Unit(case, trial, arm) for case, trial in turns for arm in _turned(case.arms, trial + plan.seed))


def _turned(arms: tuple[Arm, ...], by: int) -> tuple[Arm, ...]:
    start = by % len(arms)
    return arms[start:] + arms[:start]
