"""Both prices of a request that began under one tariff and ended under another."""

import msgspec

from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.tariff import Cost
from routeproof.usage import Usage


class Straddle(msgspec.Struct, frozen=True):
    """The two bills; the one at the start is the row's."""

    at_start: Cost
    at_end: Cost


def straddle(sheet: PriceSheet, start_ns: int, end_ns: int, usage: Usage, thinking: bool) -> Straddle | None:
    """The usage priced at the start and at the end (instants in nanoseconds since the epoch).

    None where one and the same price holds at both instants, or where no fact prices one of them.
    """
    first = sheet.at(start_ns)
    if first is None or first.valid_from_ns <= end_ns < first.valid_until_ns:
        return None
    last = sheet.at(end_ns)
    if last is None or last.digest == first.digest:
        return None
    return Straddle(first.itemise(usage, thinking), last.itemise(usage, thinking))
