"""What tokens cost while a run lasts: the most that a request can cost, and what one did cost."""

from collections.abc import Iterable
from typing import Final, Protocol

from routeproof.catalog.pricing.tariff import PAYABLE_CURRENCY, Tariff
from routeproof.usage import Usage


class Pricing(Protocol):
    """The prices that may be in force during a run."""

    @property
    def unknown(self) -> str | None:
        """Why nobody knows them, None where they are known."""
        ...

    def bound_nanousd(self, input_tokens: int, output_tokens: int) -> int | None:
        """The most that so many tokens can cost at any time of the run; None where it is unknown."""
        ...

    def cost_nanousd(self, usage: Usage, wall_ns: int, *, thinking: bool) -> int | None:
        """What a usage costs at an instant; None where it is unknown."""
        ...


class Unpriced:
    """No price is known."""

    def __init__(self, unknown: str) -> None:
        self.unknown = unknown

    def bound_nanousd(self, input_tokens: int, output_tokens: int) -> None:
        """Unknown."""
        del input_tokens, output_tokens

    def cost_nanousd(self, usage: Usage, wall_ns: int, *, thinking: bool) -> None:
        """Unknown."""
        del usage, wall_ns, thinking


UNPRICED: Final = Unpriced("no fact states what this route costs")


class Tariffs:
    """The tariffs that are in force at some instant of the run, in the order of time, all of them in dollars."""

    unknown: None = None

    def __init__(self, tariffs: tuple[Tariff, ...]) -> None:
        self._tariffs = tariffs

    def bound_nanousd(self, input_tokens: int, output_tokens: int) -> int | None:
        """The dearest of them: nobody knows yet at which hour a request will be sent."""
        bounds = [one.cost_bound_nanousd(input_tokens, output_tokens) for one in self._tariffs]
        known = [bound for bound in bounds if bound is not None]
        return max(known) if len(known) == len(bounds) else None

    def cost_nanousd(self, usage: Usage, wall_ns: int, *, thinking: bool) -> int | None:
        """By the tariff in force then; by the dearest bound where none of them is."""
        for one in self._tariffs:
            if one.valid_from_ns <= wall_ns < one.valid_until_ns:
                return one.cost_nanousd(usage, thinking)
        return self.bound_nanousd(usage.input_tokens, usage.output_tokens)


def pricing_of(tariffs: Iterable[Tariff]) -> Pricing:
    """The prices of a run. Unknown where there are none, or where one is not in the ledger's currency."""
    known = tuple(tariffs)
    foreign = next((one.currency for one in known if one.currency != PAYABLE_CURRENCY), None)
    if foreign is not None:
        return Unpriced(f"the price is in {foreign}, and {PAYABLE_CURRENCY} are counted")
    return Tariffs(known) if known else UNPRICED
