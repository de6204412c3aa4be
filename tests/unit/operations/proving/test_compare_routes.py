"""From words to the plan of a comparison: which sides there are, and what is said where one is not described."""

from pathlib import Path

import pytest

from routeproof.config.loading import parse_settings
from routeproof.config.settings import EvidenceSettings
from routeproof.errors import OperatorError
from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import planned_keys
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.proving.comparing import CompareWords, plan_comparison
from routeproof.prover.packs import Pack

ROUTE, URL = "deepseek/deepseek-flash", "https://gateway.example/v1"
CONFIG = """
[server]
listen = "127.0.0.1:8400"
direct_routes = true
[providers.deepseek]
dialect = "deepseek"
api_key = "env:KEY"
"""
ENVIRON = {"KEY": "sk-provider-0123456789abcdef", "GATEWAY": "rp-gateway-0123456789abcdef"}
CONFIGURED = EvidencePlace(
    Path("nowhere"), EvidenceSettings(), parse_settings(CONFIG, Path("routeproof.toml"), ENVIRON)
)
BARE = EvidencePlace(Path("nowhere"), EvidenceSettings(), None)


def words(direct: str = ROUTE, gateway: str = URL, **more: object) -> CompareWords:
    """What somebody asks for."""
    return CompareWords(direct=direct, gateway=gateway, concurrency=4, **more)  # type: ignore[arg-type]


def test_a_route_against_a_url() -> None:
    """Every question goes three ways; the gateway's model is called as the direct one unless it has a name."""
    asked = words(gateway_api_key="env:GATEWAY")
    planned = plan_comparison(asked, CONFIGURED, ENVIRON, Path())
    arms = [key.arm for key in planned.plan.cases and planned_keys(planned.plan)]

    assert arms.count(Arm.DIRECT) == arms.count(Arm.DIRECT_AGAIN) == arms.count(Arm.GATEWAY) > 20
    assert planned.endpoints[Arm.GATEWAY].base_url == URL
    assert planned.endpoints[Arm.GATEWAY].model == "deepseek-flash"
    assert not planned.endpoints[Arm.GATEWAY].tapped
    named = plan_comparison(words(gateway_model="ds"), CONFIGURED, ENVIRON, Path())
    assert named.endpoints[Arm.GATEWAY].model == "ds"


def test_a_route_through_our_own_gateway() -> None:
    """At the address of the configuration, by the name that leads to the route alone, and with its tap."""
    asked = words(gateway=ROUTE, gateway_api_key="env:GATEWAY")
    endpoint = plan_comparison(asked, CONFIGURED, ENVIRON, Path()).endpoints[Arm.GATEWAY]

    assert (endpoint.base_url, endpoint.model, endpoint.tapped) == ("http://127.0.0.1:8400/v1", ROUTE, True)


def test_two_urls_without_a_configuration() -> None:
    """All that is needed stands in the words."""
    asked = words("https://api.deepseek.com", api_key="env:KEY", model="deepseek-flash", dialect="deepseek")
    planned = plan_comparison(asked, BARE, ENVIRON, Path())

    assert planned.endpoints[Arm.DIRECT].base_url == "https://api.deepseek.com"
    assert planned.plan.route.dialect == "deepseek"


def test_the_qualify_pack_asks_more_often() -> None:
    """Three times as often, and streams thirty times."""
    few, many = (
        plan_comparison(words(pack=pack), CONFIGURED, ENVIRON, Path()).plan for pack in (Pack.SMOKE, Pack.QUALIFY)
    )
    repeats = [{case.id: case.repeats for case in plan.cases} for plan in (few, many)]

    assert (repeats[0]["compare-plain"], repeats[1]["compare-plain"]) == (2, 6)
    assert (repeats[0]["compare-stream"], repeats[1]["compare-stream"]) == (6, 30)


@pytest.mark.parametrize(
    ("asked", "place", "remedy"),
    [
        (words(gateway=ROUTE), CONFIGURED, "--gateway-api-key"),
        (words(gateway=ROUTE, gateway_api_key="none"), CONFIGURED, "keys create"),
        (words(URL), CONFIGURED, "--model"),
        (words("nobody/x"), CONFIGURED, "deepseek"),
        (words(gateway="http://127.0.0.1:9/v1"), CONFIGURED, "allow_plain"),
        (words(), BARE, "routeproof init"),
        (words(URL, gateway=ROUTE, model="m"), BARE, "URL"),
    ],
)
def test_what_is_missing_is_named(asked: CompareWords, place: EvidencePlace, remedy: str) -> None:
    """With what to do about it, before anything is sent."""
    with pytest.raises(OperatorError, match=remedy):
        plan_comparison(asked, place, ENVIRON, Path())
