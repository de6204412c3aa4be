"""Facts and price books for the catalog's tests, in one call."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.facts_files import load_facts
from routeproof.errors import FactsError

PRICE = {
    "id": '"acme/m"',
    "kind": '"price"',
    "subject": '{ family = "acme", model = "m" }',
    "unit": '"per 1M tokens"',
    "currency": '"USD"',
    "value": '[{ input = "1", output = "2" }]',
    "effective_from": '"2026-01-01T00:00:00Z"',
    "source": '"https://example.com/pricing"',
    "checked_at": '"2026-11-24"',
    "confidence": '"provider page"',
}
OTHER_KINDS = {
    "alias": {"unit": '"model id"', "value": '{ state = "alias", target = "m" }'},
    "cache_rule": {
        "unit": '"percent of the input price"',
        "value": '{ hit_implicit = "20", hit_explicit = "10", write = "125" }',
        "subject": '{ family = "acme" }',
    },
    "peak_windows": {
        "unit": '"UTC time of day"',
        "value": '{ zone = "Asia/Shanghai", weekdays = [1, 2, 3, 4, 5], windows = [["01:00", "04:00"]] }',
        "subject": '{ family = "acme" }',
    },
    "calendar": {
        "unit": '"local dates"',
        "value": '{ days_off = [["2026-10-01", "2026-10-07"]] }',
        "subject": '{ calendar = "acme-days" }',
    },
    "limit": {"unit": '"tokens"', "value": '{ name = "context_tokens", amount = 131072 }'},
    "concurrency": {"unit": '"requests in flight"', "value": '{ max = 500, per = ["account", "model"] }'},
    "control": {"unit": '"request parameter"', "value": '{ control = "thinking", support = "supported" }'},
    "endpoint": {"unit": '"path"', "value": '{ method = "POST", path = "/completions", answers = "served" }'},
    "region": {
        "unit": '"host"',
        "value": '{ region = "eu", shared_host = "eu.example.com", key_scope = "region" }',
        "subject": '{ family = "acme" }',
    },
    "fee": {"unit": '"per 1000 calls"', "value": '{ item = "search", amount = "5" }', "currency": '"CNY"'},
    "exchange_rate": {
        "unit": '"quote per base"',
        "value": '{ rate = "7.1" }',
        "subject": '{ base = "USD", quote = "CNY" }',
    },
}

FactText = Callable[..., str]


@pytest.fixture(scope="session")
def fact() -> FactText:
    """Writes one fact as TOML: a good price unless told otherwise; a key set to None is left out."""

    def write(kind: str = "price", **changes: str | None) -> str:
        keys: dict[str, str | None] = {**PRICE}
        if kind != "price":
            keys |= {"kind": f'"{kind}"', "id": f'"acme/{kind}"', "currency": None, **OTHER_KINDS[kind]}
        keys |= changes
        lines = [f"{key} = {value}" for key, value in keys.items() if value is not None]
        return "\n".join(["[[fact]]", *lines, ""])

    return write


@pytest.fixture(scope="session")
def problems_of() -> Callable[[str], list[str]]:
    """What is wrong with a facts file."""

    def problems(text: str) -> list[str]:
        with pytest.raises(FactsError) as caught:
            parse_facts(text, "prices.toml")
        return caught.value.problems

    return problems


@pytest.fixture(scope="session")
def refused(fact: FactText, problems_of: Callable[[str], list[str]]) -> Callable[..., list[str]]:
    """What is wrong with one fact of a kind after some of its keys were changed."""

    def problems(kind: str, changes: dict[str, str | None]) -> list[str]:
        if kind == "alias":
            changes = {"subject": '{ family = "acme", model = "old" }', **changes}
        return problems_of(fact(kind, **changes))

    return problems


@pytest.fixture(scope="session")
def book_of() -> Callable[..., PriceBook]:
    """A price book of facts written as TOML."""

    def compile_book(*texts: str) -> PriceBook:
        return PriceBook.compile(parse_facts("\n".join(texts), "prices.toml"))

    return compile_book


@pytest.fixture(scope="session")
def shipped_facts() -> Facts:
    """The facts that the package carries."""
    return load_facts()


@pytest.fixture(scope="session")
def shipped(shipped_facts: Facts) -> PriceBook:
    """The price book of the facts that the package carries."""
    return PriceBook.compile(shipped_facts)
