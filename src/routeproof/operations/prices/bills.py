"""Bills as people and machines read them: every line with its tokens, its price and its exact amount."""

import msgspec

from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.pricing.straddle import Straddle
from routeproof.catalog.pricing.tariff import Cost, CostLine
from routeproof.money import format_nanousd


class BillLine(msgspec.Struct, frozen=True):
    """One part of a cost. None where no fact states its price."""

    part: str
    """`input`, `cache_hit`, `cache_hit_explicit`, `cache_write`, `output` or `output_thinking`."""
    tokens: int
    price: str | None
    """Per 1,000,000 tokens: an exact decimal of the bill's currency."""
    amount: str | None
    """An exact decimal of the bill's currency."""
    facts: list[str]


class Bill(msgspec.Struct, frozen=True):
    """A cost and what it is made of; the lines' sum, rounded once half to even, is the cost."""

    currency: str
    cost_nanousd: int | None
    cost_usd: str | None
    reason: str | None
    """Why the cost is unknown; None where it is known."""
    lines: list[BillLine]


class BothBills(msgspec.Struct, frozen=True):
    """What a request costs by the price at its start, which counts, and by the one at its end."""

    at_start: Bill
    at_end: Bill


def bill_of(cost: Cost) -> Bill:
    """The bill of a cost."""
    nanousd = cost.cost_nanousd
    usd = None if nanousd is None else format_nanousd(nanousd)
    return Bill(cost.currency, nanousd, usd, cost.reason, [_line(line) for line in cost.lines])


def both_bills(found: Straddle | None) -> BothBills | None:
    """The bills of a request that straddles two prices."""
    return None if found is None else BothBills(bill_of(found.at_start), bill_of(found.at_end))


def bill_text(bill: Bill) -> str:
    """The lines of a bill in one: `input 21 x 0.15 + output 29 x 0.6`, prices per 1,000,000 tokens."""
    parts = [f"{line.part} {line.tokens} x {line.price or 'no price'}" for line in bill.lines]
    return f"{' + '.join(parts) or 'no tokens'} {bill.currency} per 1M"


def _line(line: CostLine) -> BillLine:
    price, amount = line.unit_price_nano, line.amount_nano
    return BillLine(
        line.label,
        line.tokens,
        None if price is None else exact_decimal(units_of(price)),
        None if amount is None else exact_decimal(units_of(amount)),
        list(line.fact_ids),
    )
