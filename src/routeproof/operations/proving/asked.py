"""From what somebody asks to have proven to a plan, and from a plan to kept evidence."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from routeproof.config.problems import Problems
from routeproof.config.secrets import read_secret
from routeproof.config.table import Table
from routeproof.errors import OperatorError
from routeproof.evidence.dsse import Signer
from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import SelfTest
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.gateway import GatewayAccess, own_gateway
from routeproof.operations.proving.running import ARMS, PlannedRun, ProvenRun, ProveOptions, plan_route, run_to_the_end
from routeproof.operations.proving.targets import EndpointWords, Target, configured_target, endpoint_target
from routeproof.prover.check import Check
from routeproof.prover.engine.running import RunSettings
from routeproof.prover.engine.watching import Watcher
from routeproof.prover.packs import Pack
from routeproof.secret import Secret
from routeproof.store.evidence_store import Stored, keep_evidence

_HOW: Final = "name a route of the configuration, or an endpoint with --base-url, --api-key, --model and --dialect"


class ProofWords(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for, as on a command line. Keys are references, never keys."""

    route: str | None = None
    endpoint: EndpointWords | None = None
    """Instead of a route."""
    pack: Pack = Pack.SMOKE
    checks: tuple[str, ...] = ()
    via: str = "direct"
    gateway_key: str | None = None
    other_key: str | None = None
    revoked_key: str | None = None
    other_region_key: str | None = None
    seed: int | None = None
    concurrency: int
    money_max_nanousd: int | None = None
    begin_anew: bool = False


SelfTests = Callable[[tuple[Check, ...]], SelfTest | None]
"""The record of a self-test of these checks, made now where there is none."""


def plan_proof(
    words: ProofWords, place: EvidencePlace, environ: Mapping[str, str], folder: Path, self_tests: SelfTests
) -> PlannedRun:
    """The plan of what is asked for; nothing is sent. Raises OperatorError with the remedy."""
    target = _target(words, place, environ, folder)
    desk = PriceDesk(place.settings)

    def given(option: str, reference: str | None) -> Secret | None:
        return None if reference is None else _secret(option, reference, environ, folder)

    options = ProveOptions(
        pack=words.pack,
        checks=words.checks,
        arms=ARMS[words.via],
        gateway=_gateway(words, place, environ, folder),
        other_key=given("other-key", words.other_key),
        revoked_key=given("revoked-key", words.revoked_key),
        other_region_key=given("other-region-key", words.other_region_key),
        seed=words.seed,
        money_max_nanousd=words.money_max_nanousd,
        run=RunSettings(concurrency=words.concurrency),
        begin_anew=words.begin_anew,
    )
    untested = plan_route(target, options, desk=desk)
    tested = msgspec.structs.replace(options, self_test=self_tests(untested.checks))
    return plan_route(target, tested, desk=desk, data_dir=place.data_dir)


def carry_out(
    planned: PlannedRun, place: EvidencePlace, signer: Signer, watcher: Watcher
) -> tuple[ProvenRun, Stored | None]:
    """Run a plan and keep what it came to; nothing is kept as evidence of a run that was interrupted."""
    proven = run_to_the_end(planned, watcher=watcher, signer=signer, evidence=place.rules)
    bundle = proven.bundle()
    return proven, None if bundle is None else keep_evidence(place.data_dir, bundle)


def _target(words: ProofWords, place: EvidencePlace, environ: Mapping[str, str], folder: Path) -> Target:
    if (words.route is None) == (words.endpoint is None):
        raise OperatorError(f"there must be one thing to prove; {_HOW}")
    if words.endpoint is not None:
        if words.via != "direct":
            raise OperatorError("an endpoint that stands in no configuration is behind no gateway; leave --via out")
        return endpoint_target(words.endpoint, dict(environ), folder)
    assert words.route is not None
    if place.settings is None:
        raise OperatorError(f"there is no configuration here; run `routeproof init`, or {_HOW}")
    target = configured_target(place.settings, words.route)
    key_place = place.settings.key_places.get(target.provider.name)
    if target.key is None and key_place is not None and key_place.kind != "none":
        where = f"{key_place.kind}:{key_place.place}"
        raise OperatorError(f"the key of provider {target.provider.name!r} is not here; put it where {where} says")
    return target


def _gateway(words: ProofWords, place: EvidencePlace, environ: Mapping[str, str], folder: Path) -> GatewayAccess | None:
    if Arm.GATEWAY not in ARMS[words.via] or words.route is None or place.settings is None:
        return None
    if words.gateway_key is None:
        raise OperatorError(
            "requests are to go through the gateway, and no key of it is named; "
            "give --gateway-key (`routeproof keys create` makes one)"
        )
    key = _secret("gateway-key", words.gateway_key, environ, folder)
    if key is None:
        raise OperatorError("the gateway always wants a key; give --gateway-key env:NAME or file:PATH")
    return own_gateway(place.settings, words.route, key)


def _secret(option: str, reference: str, environ: Mapping[str, str], folder: Path) -> Secret | None:
    problems = Problems("command line")
    secret = read_secret(Table({option: reference}, "", problems), option, environ, folder)
    problems.raise_if_any()
    return secret
