"""When evidence stops counting: never later than the facts that it rests on."""

from enum import StrEnum
from typing import Final, NamedTuple

from routeproof.clock import NS_PER_S

_DAY_NS: Final = 86_400 * NS_PER_S
EVIDENCE_DAYS: Final = 30
MUTABLE_ALIAS_DAYS: Final = 7
"""For a name that the provider may point at another model without a word."""


class ExpiryCause(StrEnum):
    """What sets the end."""

    AGE = "age"
    MUTABLE_ALIAS = "mutable-alias"
    ALIAS_RETIRES = "alias-retires"
    PRICE_STALE = "price-stale"


class Expiry(NamedTuple):
    """From this instant on, evidence no longer counts."""

    at_ns: int
    because: ExpiryCause


def expiry_of(
    ended_ns: int,
    *,
    mutable_alias: bool = False,
    alias_retires_ns: int | None = None,
    price_stale_ns: int | None = None,
    days: int = EVIDENCE_DAYS,
    mutable_alias_days: int = MUTABLE_ALIAS_DAYS,
) -> Expiry:
    """When evidence of a run that ended at this instant expires; instants are nanoseconds since the epoch.

    A number of days may shorten its life, never lengthen it.

    An end that lies before the run's own means that the evidence never counts.
    """
    if mutable_alias:
        ends = [Expiry(ended_ns + min(mutable_alias_days, MUTABLE_ALIAS_DAYS) * _DAY_NS, ExpiryCause.MUTABLE_ALIAS)]
    else:
        ends = [Expiry(ended_ns + min(days, EVIDENCE_DAYS) * _DAY_NS, ExpiryCause.AGE)]
    if alias_retires_ns is not None:
        ends.append(Expiry(alias_retires_ns, ExpiryCause.ALIAS_RETIRES))
    if price_stale_ns is not None:
        ends.append(Expiry(price_stale_ns, ExpiryCause.PRICE_STALE))
    return min(ends, key=lambda end: end.at_ns)
