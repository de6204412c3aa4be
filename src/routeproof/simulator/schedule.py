"""Which fault strikes which connection or request: rules in order, so many times, by a seeded chance."""

from collections.abc import Callable

import msgspec

from routeproof.simulator.draws import Draws
from routeproof.simulator.faults import Fault, FaultCall

_CHANCES = 1_000_000


class Match(msgspec.Struct, frozen=True):
    """Which requests a rule is for. None matches any."""

    model: str | None = None
    stream: bool | None = None


class FaultRule(msgspec.Struct, frozen=True):
    """One rule of a schedule."""

    call: FaultCall
    match: Match = Match()
    times: int | None = None
    """How often it strikes. None: always."""
    chance_ppm: int = _CHANCES
    """Parts per million of the matching requests that it strikes, drawn from the seed."""


class _Peek(msgspec.Struct):
    model: str = ""
    stream: bool | None = None


class FaultSchedule:
    """The rules of one server. The first that matches, has times left and draws its chance decides."""

    def __init__(self, rules: tuple[FaultRule, ...] = (), seed: int = 0) -> None:
        self._seed = seed
        self._rules: list[tuple[FaultRule, int]] = []
        for rule in rules:
            self.add_rule(rule)

    def add_rule(self, rule: FaultRule) -> None:
        """Put a rule behind the others."""
        self._rules.append((rule, -1 if rule.times is None else rule.times))

    def add(
        self,
        fault: Fault | str,
        *,
        times: int | None = 1,
        model: str | None = None,
        stream: bool | None = None,
        after_events: int | None = None,
        seconds: float | None = None,
        count: int | None = None,
        control: str | None = None,
    ) -> None:
        """Put a rule behind the others; by default it strikes once."""
        call = FaultCall(fault=Fault(fault), after_events=after_events, seconds=seconds, count=count, control=control)
        self.add_rule(FaultRule(call, Match(model, stream), times))

    def clear(self) -> None:
        """Forget all rules."""
        self._rules.clear()

    def strikes_connection(self, number: int) -> bool:
        """Whether connection `number` is refused."""
        return self._take(lambda rule: rule.call.fault is Fault.REFUSE, number) is not None

    def for_request(self, body: bytes, number: int) -> FaultCall | None:
        """The fault for request `number`, if any."""
        if not self._rules:
            return None
        peek = _peek(body)
        return self._take(lambda rule: rule.call.fault is not Fault.REFUSE and _matches(rule.match, peek), number)

    def _take(self, suits: Callable[[FaultRule], bool], number: int) -> FaultCall | None:
        for index, (rule, left) in enumerate(self._rules):
            if left == 0 or not suits(rule) or not self._drawn(rule, index, number):
                continue
            self._rules[index] = (rule, left - 1 if left > 0 else left)
            return rule.call
        return None

    def _drawn(self, rule: FaultRule, index: int, number: int) -> bool:
        if rule.chance_ppm >= _CHANCES:
            return True
        return Draws("fault", self._seed, index, number).below(_CHANCES) < rule.chance_ppm


def _matches(match: Match, peek: _Peek) -> bool:
    model_suits = match.model is None or match.model == peek.model
    return model_suits and (match.stream is None or match.stream == bool(peek.stream))


def _peek(body: bytes) -> _Peek:
    try:
        return msgspec.json.decode(body, type=_Peek)
    except (msgspec.DecodeError, RecursionError):
        return _Peek()
