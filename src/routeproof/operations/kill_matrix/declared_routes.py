"""The honest routes of the kill matrix as plans know them: what facts declare, what they cost, which keys there are."""

from collections.abc import Sequence
from typing import Final

import msgspec

from routeproof.catalog.facts import merge_facts, parse_facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.clock import format_instant
from routeproof.config.facts_files import load_facts
from routeproof.evidence.canonical import digest_of
from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Credential, Declared, FactRef, Plan, SelfTest
from routeproof.evidence.route import RouteIdentity, key_fingerprint
from routeproof.operations.kill_matrix.gateways import TappedGateway, name_of
from routeproof.operations.kill_matrix.listed_prices import listed_prices
from routeproof.prover.check import Check
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.engine.declaring import Route as FactsRoute
from routeproof.prover.engine.declaring import declare, facts_about, references
from routeproof.prover.engine.endpoints import Endpoint, keys_for
from routeproof.prover.engine.planning import make_plan
from routeproof.prover.kill_matrix.matrix import Route, Via, World
from routeproof.prover.kill_matrix.rows.routes import ROUTES
from routeproof.prover.oracle.overlays import overlay_digest
from routeproof.prover.packs import Pack
from routeproof.prover.prices import PriceList, declared_prices, planned_prices
from routeproof.prover.setup import Setup
from routeproof.secret import Secret
from routeproof.simulator.relay_errand import PREFIX

KEYS: Final = ("sk-sim-canary-0123456789abcdef", "sk-sim-second-0123456789abcdef")
"""What every simulated provider accepts."""
RELAY_KEY: Final = "rp-relay-canary-0123456789abcdef"
REVOKED_KEY: Final = "sk-sim-revoked-0123456789abcdef"
OTHER_REGION_KEY: Final = "sk-sim-region-0123456789abcdef"
SEED: Final = 20_261_124
_HOUR_NS: Final = 3_600_000_000_000
_ARMS: Final = {
    Via.DIRECT: (Arm.DIRECT,),
    Via.GATEWAY: (Arm.GATEWAY,),
    Via.BOTH: (Arm.DIRECT, Arm.DIRECT_AGAIN, Arm.GATEWAY),
}


class DeclaredRoutes:
    """Everything that plans of the matrix have in common. Reads the shipped facts once."""

    def __init__(self) -> None:
        shipped = load_facts()
        self.at_ns = max(fact.checked_at_ns for fact in shipped) + _HOUR_NS
        """The instant of all plans, and that of the simulated providers: none of the shipped facts is of later."""
        self.listed = listed_prices(self.at_ns)
        """Facts that are not shipped, as TOML: what the gateway in front asks."""
        self._facts = merge_facts(shipped, parse_facts(self.listed, "listed prices"))
        self._book = PriceBook.compile(self._facts)

    def plan(self, world: World, checks: Sequence[Check], base_url: str, *, pack: Pack = Pack.QUALIFY) -> Plan:
        """What these checks ask in this world, as the pack repeats it."""
        route = route_named(world.route)
        limited = [_limited(check, world) for check in checks]
        prices = planned_prices(self._sheet(route), self.at_ns)
        declared = {**self._declared(route), **declared_prices(prices, self.at_ns), **world.declared}
        return make_plan(
            _identity(route, base_url, digest_of(prices) if prices else None),
            limited,
            _setup(route, world, pack, declared),
            created=format_instant(self.at_ns),
            facts=(*self._references(route), *references(PriceList(prices).facts)),
            prices=prices,
            self_test=_supposed(limited),
        )

    def _sheet(self, route: Route) -> PriceSheet | None:
        return self._book.sheet(route.prices, route.model, route.region)

    def _declared(self, route: Route) -> dict[str, Declared]:
        return declare(self._facts, _as_facts_have_it(route), self.at_ns)

    def _references(self, route: Route) -> tuple[FactRef, ...]:
        return references(facts_about(self._facts, _as_facts_have_it(route), self.at_ns))


def route_named(name: str) -> Route:
    """One of the honest routes."""
    return next(route for route in ROUTES if route.name == name)


def endpoint_at(base_url: str) -> Endpoint:
    """A simulated provider as the prover reaches it."""
    return Endpoint(base_url=base_url, keys=_credentials(*KEYS), request_id_headers=("x-request-id", "x-ds-trace-id"))


def endpoint_behind(gateway: TappedGateway, route: Route) -> Endpoint:
    """The same route by way of our own gateway."""
    return Endpoint(
        base_url=gateway.base_url,
        keys=_credentials(*gateway.keys),
        model=name_of(route),
        is_gateway=True,
        tapped=True,
    )


def endpoint_of_relay(base_url: str, model: str) -> Endpoint:
    """A route by way of another gateway, which accepts one key."""
    keys = keys_for(RELAY_KEY, seed=SEED)
    return Endpoint(base_url=base_url, keys=keys, model=PREFIX + model, is_gateway=True, tapped=True)


def _credentials(own: str, other: str) -> dict[Credential, Secret]:
    return keys_for(own, other=other, revoked=REVOKED_KEY, other_region=OTHER_REGION_KEY, seed=SEED)


def _as_facts_have_it(route: Route) -> FactsRoute:
    return FactsRoute(family=route.family, model=route.model, region=route.region, dialect=route.dialect)


def _supposed(checks: Sequence[Check]) -> SelfTest:
    """The self-test of a build whose matrix is complete: what R09 is to see in a plan that is as it should be."""
    return SelfTest(digest="0" * 64, complete=True, check_hashes={check.id: check_hash(check) for check in checks})


def _limited(check: Check, world: World) -> Check:
    """The check with the thresholds that the world has other than usual."""
    limits = tuple(
        msgspec.structs.replace(one, value=world.limits.get(one.name, one.value)) for one in check.thresholds
    )
    return msgspec.structs.replace(check, thresholds=limits) if world.limits else check


def _identity(route: Route, base_url: str, price_facts_digest: str | None) -> RouteIdentity:
    return RouteIdentity(
        name=f"{route.dialect}/{route.model}",
        base_url=base_url,
        region=route.region,
        key_fingerprint=key_fingerprint(KEYS[0]),
        model=route.model,
        dialect=route.dialect,
        overlay_digest=overlay_digest(route.dialect),
        price_facts_digest=price_facts_digest,
    )


def _setup(route: Route, world: World, pack: Pack, declared: dict[str, Declared]) -> Setup:
    return Setup(
        model=route.model,
        dialect=route.dialect,
        pack=pack,
        seed=SEED,
        declared=declared,
        arms=_ARMS[world.via],
        has_other_key=True,
        has_revoked_key=True,
        has_other_region_key=route.region is not None,
        simulated=True,
        over_our_gateway=world.via is not Via.DIRECT,
    )
