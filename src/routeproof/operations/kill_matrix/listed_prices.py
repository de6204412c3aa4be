"""What the simulated new-api gateway asks, as facts: read from its own price list, as `routeproof prices pull` does."""

from decimal import Decimal
from typing import Final

from routeproof.catalog.fact_base import Confidence
from routeproof.catalog.newapi.price_list import parse_pricing
from routeproof.operations.facts.file import Draft, Origin, facts_text
from routeproof.operations.pulling.drafts import price_draft
from routeproof.simulator.newapi_account import encode
from routeproof.simulator.newapi_prices import pricing

FAMILY: Final = "newapi"
_GROUP: Final = "default"
_SOURCE: Final = "https://newapi.example/api/pricing"


def listed_prices(wall_ns: int) -> str:
    """A facts file with a price for every model that it sells, in force from this instant."""
    listed = parse_pricing(encode(pricing(Decimal(1))))
    drafts = [price_draft(row, _GROUP, listed.group_ratio(_GROUP, row.model), FAMILY, wall_ns) for row in listed.rows]
    sold = [draft for draft in drafts if isinstance(draft, Draft)]
    return facts_text(sold, Origin(_SOURCE, Confidence.PROVIDER_PAGE, wall_ns))
