"""What a route costs as its plan has it: the facts in force at an instant, for judges that recompute a cost."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from routeproof.catalog.kinds import AnyFact
from routeproof.catalog.pricing.fact_sets import PinnedPrices, fact_set_of
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import NS_PER_S, parse_instant
from routeproof.errors import PinnedFactsError
from routeproof.evidence.plan import Declared, Plan, PlannedPrices
from routeproof.prover.judges.bill import bill_nanousd, tier_edges
from routeproof.usage import Usage

HOURS_AHEAD: Final = 24
"""How far ahead of its beginning a plan carries prices: longer than any run."""
TIER_EDGES: Final = "price.tier-edges"
"""Declared: the greatest input of each tier that another follows, in tokens, joined by commas."""
_HOUR_NS: Final = 3_600 * NS_PER_S
_decode: Final = msgspec.json.Decoder(list[AnyFact]).decode


class PriceInForce(NamedTuple):
    """One planned price at an instant at which it bills."""

    digest: str
    facts: tuple[AnyFact, ...]


class PriceList:
    """The planned prices, read back."""

    def __init__(self, prices: Iterable[PlannedPrices]) -> None:
        """Raises PinnedFactsError where facts are not those of their digest, or can't be read."""
        known = tuple(prices)
        self._pinned = {one.digest: PinnedPrices(one.digest, one.facts) for one in known}
        self._facts = {one.digest: _facts_in(one) for one in known}

    def at(self, wall_ns: int) -> PriceInForce | None:
        """The price in force at an instant; None where no planned facts give one."""
        for digest, pinned in self._pinned.items():
            if pinned.at(wall_ns) is not None:
                return PriceInForce(digest, self._facts[digest])
        return None

    @property
    def facts(self) -> tuple[AnyFact, ...]:
        """All facts behind the prices, each once, by id."""
        found = {fact.id: fact for facts in self._facts.values() for fact in facts}
        return tuple(found[fact_id] for fact_id in sorted(found))


def planned_prices(sheet: PriceSheet | None, from_ns: int) -> tuple[PlannedPrices, ...]:
    """Every price that is in force at some instant of the `HOURS_AHEAD`, each once, in the order of time."""
    found: dict[str, PlannedPrices] = {}
    for at_ns, tariff in _tariffs(sheet, from_ns):
        assert sheet is not None
        kept = fact_set_of(sheet.facts_behind(tariff), at_ns)
        found.setdefault(kept.digest, PlannedPrices(digest=kept.digest, facts=kept.facts))
    return tuple(found.values())


def tariffs_ahead(sheet: PriceSheet | None, from_ns: int) -> tuple[Tariff, ...]:
    """Every tariff that is in force at some instant of the `HOURS_AHEAD`, in the order of time."""
    return tuple(tariff for _, tariff in _tariffs(sheet, from_ns))


def _tariffs(sheet: PriceSheet | None, from_ns: int) -> Iterator[tuple[int, Tariff]]:
    """Each tariff with the first instant of the `HOURS_AHEAD` at which it is in force."""
    at_ns, end_ns = from_ns, from_ns + HOURS_AHEAD * _HOUR_NS
    while sheet is not None and at_ns < end_ns:
        tariff = sheet.at(at_ns)
        if tariff is None:
            at_ns += _HOUR_NS
            continue
        yield at_ns, tariff
        at_ns = tariff.valid_until_ns


def declared_prices(prices: Iterable[PlannedPrices], at_ns: int) -> dict[str, Declared]:
    """What cases depend on, as declared values: the tiers' edges at an instant. Raises PinnedFactsError."""
    price = PriceList(prices).at(at_ns)
    return {TIER_EDGES: ",".join(map(str, tier_edges(() if price is None else price.facts)))}


def price_at_start(plan: Plan) -> PriceInForce | None:
    """The one price that a whole plan is compared by: that of its making. None where none bills in dollars."""
    try:
        price = PriceList(plan.prices).at(parse_instant(plan.created))
    except PinnedFactsError:
        return None  # U09 tells of planned prices that can't be read
    bills = price is not None and bill_nanousd(price.facts, Usage(1, 1), thinking=False) is not None
    return price if bills else None


def _facts_in(planned: PlannedPrices) -> tuple[AnyFact, ...]:
    try:
        return tuple(_decode(planned.facts.encode("utf-8", "surrogatepass")))
    except msgspec.DecodeError as error:
        raise PinnedFactsError(f"the planned facts {planned.digest} can't be read ({error}); plan again") from error
