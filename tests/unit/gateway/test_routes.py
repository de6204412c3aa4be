"""A route keeps the prices that it has looked up."""

from tests.unit.gateway.assembly_support import with_snapshot

from routeproof.catalog.pricing.price_book import Tariff
from routeproof.clock import parse_instant
from routeproof.gateway.routes import TARIFFS_MAX
from routeproof.gateway.snapshot import Snapshot

BEFORE, AFTER = parse_instant("2026-05-01T00:00:00Z"), parse_instant("2026-07-01T00:00:00Z")
CHANGE = "2026-06-01T00:00:00Z"


def price(model: str, amount: int, *, begins: str = "2026-01-01T00:00:00Z", ends: str = "") -> str:
    """One price fact."""
    until = f'effective_until = "{ends}"\n' if ends else ""
    return (
        f'[[fact]]\nid = "acme/{model}/{amount}"\nkind = "price"\nsubject = {{ family = "acme", model = "{model}" }}\n'
        f'unit = "per 1M tokens"\ncurrency = "USD"\nvalue = [{{ input = "{amount}", output = "2" }}]\n'
        f'effective_from = "{begins}"\n{until}source = "https://example.com/pricing"\n'
        'checked_at = "2026-11-24"\nconfidence = "provider page"\n'
    )


CHANGING = price("changing", 1, ends=CHANGE) + price("changing", 3, begins=CHANGE)


def test_a_price_is_looked_up_once_while_it_holds() -> None:
    """And again once another one does."""

    def look(snapshot: Snapshot) -> None:
        (route,) = snapshot.plan_for("assistant").routes
        first, second = route.tariff("changing", BEFORE), route.tariff("changing", AFTER)
        assert first is not None
        assert second is not None
        assert first.digest != second.digest
        assert route.tariff("changing", AFTER + 1) is second
        assert route.tariff("nobody", AFTER) is None

    with_snapshot(look, CHANGING)


def test_a_full_table_still_follows_the_prices_of_its_models() -> None:
    """A model that is in the table keeps its place when its price changes; further ones are looked up each time."""
    others = [f"m{number}" for number in range(TARIFFS_MAX)]

    def look(snapshot: Snapshot) -> None:
        (route,) = snapshot.plan_for("assistant").routes

        def kept(model: str, wall_ns: int) -> bool:
            found: Tariff | None = route.tariff(model, wall_ns)
            assert found is not None
            return route.tariff(model, wall_ns) is found

        assert kept("changing", BEFORE)
        assert [model for model in others if not kept(model, BEFORE)] == others[-1:]
        assert kept("changing", AFTER)

    with_snapshot(look, CHANGING + "".join(price(model, 1) for model in others))
