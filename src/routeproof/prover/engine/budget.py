"""A budget that a run can't exceed: the worst case of a request is set aside before it is sent, and settled after.

What is set aside and what was used never add up to more than the ceilings, as long as no request uses more than its
worst case. One that does (a provider that ignores `max_tokens`) is counted as it is, and then less is left to send.
"""

import msgspec

from routeproof.evidence.plan import Ceilings
from routeproof.evidence.results import Spent
from routeproof.prover.engine.worst_cases import NOTHING, Worst


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What one request used. None: nobody knows, so its worst case counts."""

    input_tokens: int | None
    output_tokens: int | None
    money_nanousd: int | None


UNKNOWN_USE = Used(input_tokens=None, output_tokens=None, money_nanousd=None)


class Budget:
    """Counts requests, tokens and money against the ceilings of a plan. Money that has no ceiling is only counted."""

    def __init__(self, ceilings: Ceilings) -> None:
        self._ceilings = ceilings
        self._committed = NOTHING
        self._requests = 0
        self.in_flight = 0
        """Requests that are set aside and not settled."""
        self._input: int | None = 0
        self._output: int | None = 0
        self._money: int | None = 0

    def reserve(self, worst: Worst) -> str | None:
        """Set a request's worst case aside: None. Or give back which ceiling it would go over, and change nothing."""
        after = _plus(self._committed, worst)
        over = self._over(after)
        if over is None:
            self._committed = after
            self._requests += 1
            self.in_flight += 1
        return over

    def settle(self, worst: Worst, used: Used) -> None:
        """Replace what was set aside for a request by what it used."""
        self.in_flight -= 1
        assert self.in_flight >= 0
        self._committed = _plus(_minus(self._committed, worst), _counted(used, worst))
        self._input = _sum(self._input, used.input_tokens)
        self._output = _sum(self._output, used.output_tokens)
        self._money = _sum(self._money, used.money_nanousd)

    def recall(self, worst: Worst, used: Used) -> None:
        """Count a request of an earlier part of the same run, whether or not it fits."""
        self._committed = _plus(self._committed, worst)
        self._requests += 1
        self.in_flight += 1
        self.settle(worst, used)

    @property
    def spent(self) -> Spent:
        """What was used so far; a sum is None once one of its parts is unknown."""
        return Spent(
            requests=self._requests,
            input_tokens=self._input,
            output_tokens=self._output,
            money_nanousd=self._money,
        )

    @property
    def committed(self) -> Worst:
        """What was used, and what is set aside: never more than the ceilings."""
        return self._committed

    def _over(self, after: Worst) -> str | None:
        ceilings = self._ceilings
        if self._requests + 1 > ceilings.requests:
            return f"{ceilings.requests} requests"
        if after.input_tokens > ceilings.input_tokens:
            return f"{ceilings.input_tokens} tokens of input"
        if after.output_tokens > ceilings.output_tokens:
            return f"{ceilings.output_tokens} tokens of output"
        if ceilings.money_nanousd is not None and (after.money_nanousd or 0) > ceilings.money_nanousd:
            return "the money that was agreed to"
        return None


def _counted(used: Used, worst: Worst) -> Worst:
    return Worst(
        input_tokens=worst.input_tokens if used.input_tokens is None else used.input_tokens,
        output_tokens=worst.output_tokens if used.output_tokens is None else used.output_tokens,
        money_nanousd=worst.money_nanousd if used.money_nanousd is None else used.money_nanousd,
    )


def _plus(left: Worst, right: Worst) -> Worst:
    return Worst(
        input_tokens=left.input_tokens + right.input_tokens,
        output_tokens=left.output_tokens + right.output_tokens,
        money_nanousd=(left.money_nanousd or 0) + (right.money_nanousd or 0),
    )


def _minus(left: Worst, right: Worst) -> Worst:
    return Worst(
        input_tokens=left.input_tokens - right.input_tokens,
        output_tokens=left.output_tokens - right.output_tokens,
        money_nanousd=(left.money_nanousd or 0) - (right.money_nanousd or 0),
    )


def _sum(total: int | None, part: int | None) -> int | None:
    return None if total is None or part is None else total + part
