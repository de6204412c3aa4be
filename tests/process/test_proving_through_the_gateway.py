"""A route is proven through our own gateway, as its users reach it, with the rows that it leaves."""

from pathlib import Path

from tests.support.ports import free_port
from tests.support.site import MODELS, PROVIDER_CANARY, Site

from routeproof.config.loading import load_settings
from routeproof.evidence.observations import Arm
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.gateway import own_gateway
from routeproof.operations.proving.running import ARMS, ProveOptions, plan_route, run_to_the_end
from routeproof.operations.proving.targets import configured_target
from routeproof.prover.engine.running import RunSettings
from routeproof.secret import Secret

ROUTE = "deepseek/deepseek-flash"


def test_both_ways_are_proven_and_each_request_has_its_row(tmp_path: Path) -> None:
    """The same questions, the model named as each side names it, and no key in anything that is kept."""
    with Site(tmp_path) as site:
        site.configure(MODELS, port=free_port())
        site.serve().wait_ready()
        settings = load_settings(site.config, site.environ)
        access = own_gateway(settings, ROUTE, Secret(site.key))
        options = ProveOptions(
            checks=("P01", "R04", "U01"), arms=ARMS["both"], gateway=access, run=RunSettings(ask_again=False)
        )
        planned = plan_route(configured_target(settings, ROUTE), options, desk=PriceDesk(settings))
        proven = run_to_the_end(planned)
    ways = {arm: [one for one in proven.observations if one.arm is arm] for arm in ARMS["both"]}

    assert planned.plan.via == "both"
    assert {one.check: one.verdict for one in proven.run.results} == dict.fromkeys(options.checks, Verdict.PASS)
    assert len(ways[Arm.DIRECT]) == len(ways[Arm.GATEWAY]) > 0
    assert not any(one.ledger for one in ways[Arm.DIRECT])
    for one in ways[Arm.GATEWAY]:
        exchange, attempt = one.ledger
        assert exchange.columns["model_asked"] == "deepseek"
        assert attempt.columns["route"] == ROUTE
        assert attempt.columns["upstream_request_id"] == one.provider_request_id
    kept = str(proven.observations)
    assert PROVIDER_CANARY not in kept
    assert site.key not in kept
