"""What a request can use at most, known before it is sent: the sum of these is the ceiling of a plan."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from routeproof.dialects.registry import dialect_named
from routeproof.evidence.plan import Case, Ceilings, Declared, Step
from routeproof.prover.cases.templates import written_bytes
from routeproof.prover.declared import declared_count
from routeproof.prover.engine.pricing import Pricing

INPUT_OVERHEAD_TOKENS: Final = 512
"""What a provider's chat template and its preamble for tools may add to what was written."""
OUTPUT_TOKENS_UNBOUNDED: Final = 32_768
"""Of a request without `max_tokens`, where the route declares no limit of output."""
THINKING_TOKENS: Final = 81_920
"""Of thinking that `max_tokens` does not limit and for which the request gives no budget. An assumption, meant to be
above what models spend on questions as short as the checks'; more than that is counted once it is reported."""
SPARE_REQUESTS_PERCENT: Final = 10
"""For requests whose answers an interruption lost, and for asking again after a 429 ..."""
SPARE_REQUESTS_MIN: Final = 8
"""... but as many as may be under way at once, or as there are."""

_LIMITS: Final = ("max_tokens", "max_completion_tokens")
_EARLIER: Final = re.compile(rb"@@message:(\d+)@@")


class Worst(msgspec.Struct, frozen=True, kw_only=True):
    """The most that one request can use."""

    input_tokens: int
    output_tokens: int
    money_nanousd: int | None


NOTHING: Final = Worst(input_tokens=0, output_tokens=0, money_nanousd=0)


class WorstCases:
    """The worst cases of one route's requests."""

    def __init__(self, dialect: str, model: str, declared: Mapping[str, Declared], pricing: Pricing) -> None:
        self._dialect = dialect_named(dialect)
        self._model = model
        self._output_max = declared_count(declared, "output-tokens") or OUTPUT_TOKENS_UNBOUNDED
        self._pricing = pricing

    def of(self, case: Case, step: int) -> Worst:
        """The most that a step (from 1) of a case can use.

        A token of text has at least one byte, so a body has no more tokens than bytes; an earlier answer that is
        sent again has no more than it was allowed.
        """
        body = case.steps[step - 1].body
        if not body:
            return NOTHING
        earlier = {int(number) for number in _EARLIER.findall(body)}
        repeated = sum(self._output(case.steps[number - 1]) for number in earlier if 1 <= number <= len(case.steps))
        tokens = written_bytes(body) + INPUT_OVERHEAD_TOKENS + repeated
        output = self._output(case.steps[step - 1])
        return Worst(
            input_tokens=tokens, output_tokens=output, money_nanousd=self._pricing.bound_nanousd(tokens, output)
        )

    def ceilings(self, cases: Sequence[Case], *, money_max_nanousd: int | None = None) -> Ceilings:
        """The most that the run of these cases can use, with some spare requests of their average size.

        Of money it is less where somebody said so.
        """
        requests = input_tokens = output_tokens = money = 0
        unknown = self._pricing.unknown
        for case in cases:
            times = case.repeats * len(case.arms)
            for step in range(1, len(case.steps) + 1):
                worst = self.of(case, step)
                requests += times
                input_tokens += times * worst.input_tokens
                output_tokens += times * worst.output_tokens
                money += times * (worst.money_nanousd or 0)
        money = _with_spare(money, requests)
        if money_max_nanousd is not None:
            money = min(money, money_max_nanousd)
        return Ceilings(
            requests=_with_spare(requests, requests),
            input_tokens=_with_spare(input_tokens, requests),
            output_tokens=_with_spare(output_tokens, requests),
            money_nanousd=money if unknown is None else None,
            money_unknown=unknown,
        )

    def _output(self, step: Step) -> int:
        fields = _members(step.body)
        if fields is None:
            return 0
        given = [limit for name in _LIMITS if (limit := _number(fields, name)) is not None and limit > 0]
        limit = min(max(given), self._output_max) if given else self._output_max
        if given and not self._dialect.max_tokens_covers_thinking and self._dialect.thinking(fields, self._model):
            budget = _number(fields, "thinking_budget")
            limit += THINKING_TOKENS if budget is None or budget < 0 else min(budget, THINKING_TOKENS)
        return limit * max(1, _number(fields, "n") or 1)


def _with_spare(amount: int, requests: int) -> int:
    """What so many requests use together, and what the spare ones use of it, rounded up."""
    spare = max(-(-requests * SPARE_REQUESTS_PERCENT // 100), min(requests, SPARE_REQUESTS_MIN))
    return amount + -(-amount * spare // requests) if requests else 0


def _members(template: bytes) -> Mapping[str, msgspec.Raw] | None:
    """The members of a body, each of which may be wrong on purpose; None where it asks nothing, having no messages.

    A provider that answers such a body all the same is counted once it has.
    """
    try:
        members = msgspec.json.decode(_EARLIER.sub(b"null", template), type=dict[str, msgspec.Raw])
        asked = msgspec.json.decode(members.get("messages", b"null"), type=list[msgspec.Raw])
    except (ValueError, RecursionError):
        return None
    return members if asked else None


def _number(fields: Mapping[str, msgspec.Raw], name: str) -> int | None:
    try:
        return msgspec.json.decode(fields.get(name, b"null"), type=int | None)
    except (ValueError, RecursionError):
        return None
