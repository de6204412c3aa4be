"""Routes by the names of the configuration, or by family, region and model."""

from pathlib import Path

import pytest
from tests.unit.operations.price_scene import desk_of

from routeproof.errors import OperatorError
from routeproof.operations.prices.priced_routes import PriceDesk, PricedRoute


def test_a_route_of_the_configuration_has_its_providers_prices(tmp_path: Path) -> None:
    """Family, region and dialect are the provider's; one without a price list has no family."""
    desk = desk_of(tmp_path)

    assert desk.route("sg/qwen3-max") == PricedRoute("sg/qwen3-max", "qwen", "qwen3-max", "singapore", None, "qwen")
    assert desk.route("acme/m") == PricedRoute("acme/m", "acme", "m", None, None, "openai")
    assert desk.route("other/org/m") == PricedRoute("other/org/m", None, "org/m", None, None, "openai")
    assert desk.sheet(desk.route("other/org/m")) is None


@pytest.mark.parametrize(
    ("text", "region", "scope"),
    [("qwen@/m", None, None), ("qwen@frankfurt/m", "frankfurt", None), ("qwen@frankfurt:eu/m", "frankfurt", "eu")],
)
def test_a_route_needs_no_configuration(text: str, region: str | None, scope: str | None) -> None:
    """Where the family, and if need be region and deployment scope, are named."""
    assert PriceDesk(None).route(text) == PricedRoute(text, "qwen", "m", region, scope, "qwen")


def test_a_family_of_own_facts_is_named_alike(tmp_path: Path) -> None:
    """Its dialect is the common one."""
    route = desk_of(tmp_path).route("acme@/m")

    assert (route.family, route.dialect) == ("acme", "openai")


def test_the_scope_chooses_among_the_prices_of_a_region() -> None:
    """In Frankfurt the EU's price is not the global one."""
    desk = PriceDesk(None)
    inputs = []
    for scope in ("eu", "global"):
        sheet = desk.sheet(desk.route(f"qwen@frankfurt:{scope}/qwen3-max-2026-01-23"))
        assert sheet is not None
        tariff = sheet.at(1_795_000_000 * 10**9)
        assert tariff is not None
        inputs.append(tariff.tiers[0].input.nano)

    assert inputs[0] > inputs[1]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("deepseek-flash", "provider/model-id"),
        ("assistant", "name one of its routes: ds/deepseek-flash, sg/qwen3-max"),
        ("dz/deepseek-flash", "use one of acme, ds, other, sg, or ask by family"),
        ("ds/deep seek", "printable ASCII"),
        ("qwem@singapore/qwen3-max", "did you mean 'qwen'?"),
    ],
)
def test_what_is_no_route_is_refused_with_a_remedy(tmp_path: Path, text: str, remedy: str) -> None:
    """By name."""
    with pytest.raises(OperatorError) as caught:
        desk_of(tmp_path).route(text)

    assert remedy in caught.value.message
    assert repr(text) in caught.value.message


def test_without_a_configuration_a_providers_name_means_nothing() -> None:
    """And the message says how to do without."""
    with pytest.raises(OperatorError, match="family@region/model-id"):
        PriceDesk(None).route("ds/deepseek-flash")
