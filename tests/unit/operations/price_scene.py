"""A configuration with own facts, and the desk that finds prices in it, for tests of what prices are used for."""

from pathlib import Path

from routeproof.config.loading import parse_settings
from routeproof.operations.prices.priced_routes import PriceDesk

CONFIG = """
[server]
data_dir = "data"
facts = ["own.toml"]
[providers.ds]
dialect = "deepseek"
api_key = "none"
[providers.sg]
dialect = "qwen"
region = "singapore"
api_key = "none"
[providers.acme]
dialect = "openai"
base_url = "https://api.example.com/v1"
api_key = "none"
prices = "acme"
[providers.other]
dialect = "openai"
base_url = "https://other.example.com/v1"
api_key = "none"
[models.assistant]
routes = ["ds/deepseek-flash"]
fallbacks = ["sg/qwen3-max"]
"""
PRICE = """
[[fact]]
id = "{id}"
kind = "price"
subject = {{ family = "acme", model = "{model}" }}
unit = "per 1M tokens"
currency = "{currency}"
value = [{{ {value} }}]
effective_from = "2026-01-01T00:00:00Z"
{until}
source = "https://example.com/pricing"
checked_at = "{checked}"
confidence = "provider page"
"""
RATE = """
[[fact]]
id = "usd/cny"
kind = "exchange_rate"
subject = { base = "USD", quote = "CNY" }
unit = "quote per base"
value = { rate = "8" }
effective_from = "2026-01-01T00:00:00Z"
source = "https://example.com/rates"
checked_at = "2026-11-24"
confidence = "provider page"
"""


def price(model: str, *, currency: str = "USD", value: str = 'input = "1", output = "2"', **more: str) -> str:
    """One price fact of the made-up family; `until` and `checked` where they matter."""
    until = more.get("until")
    return PRICE.format(
        id=f"acme/{model}/{currency.lower()}",
        model=model,
        currency=currency,
        value=value,
        until="" if until is None else f'effective_until = "{until}"',
        checked=more.get("checked", "2026-11-20"),
    )


def desk_of(folder: Path, *facts: str) -> PriceDesk:
    """The desk of the configuration above with these facts of its own."""
    (folder / "own.toml").write_text("".join(facts) or price("m"))
    return PriceDesk(parse_settings(CONFIG, folder / "routeproof.toml", {}))
