"""Compares two ways to one model: straight to the provider, and through a gateway, ours or somebody else's.

planned = plan_comparison(CompareWords(...), place, os.environ, folder)     # sends nothing; `planned.plan` to show
compared = compare_to_the_end(planned, watcher)                             # a row for each facet, and an exit code
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from routeproof.config.problems import Problems
from routeproof.config.secrets import read_secret
from routeproof.config.table import Table
from routeproof.errors import OperatorError
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.gateway import GatewayAccess, own_gateway
from routeproof.operations.proving.running import ARMS, PlannedRun, ProvenRun, ProveOptions, plan_route, run_to_the_end
from routeproof.operations.proving.targets import EndpointWords, Target, configured_target, endpoint_target
from routeproof.prover.checks.x04_a_a_b import CHECK
from routeproof.prover.comparison.asking import all_cases
from routeproof.prover.comparison.facets import FacetComparison, Outcome
from routeproof.prover.comparison.report import compare, outcome_of
from routeproof.prover.engine.running import RunSettings
from routeproof.prover.engine.watching import Watcher
from routeproof.prover.packs import Pack
from routeproof.secret import Secret

_ASKING_ALL: Final = msgspec.structs.replace(CHECK, cases=all_cases)
"""The check of parity, with the questions that gateways answer by themselves besides."""
_EXITS: Final = {Outcome.SAME: 0, Outcome.DIFFERENT: 1, Outcome.NOT_COMPARABLE: 2}
_STOPPED: Final = 2


class CompareWords(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants compared. Keys are references, never keys."""

    direct: str
    """A route of the configuration, or a URL."""
    gateway: str
    """A route, which then is asked through our own gateway, or a URL."""
    api_key: str | None = None
    model: str | None = None
    dialect: str = "openai"
    """Of the direct side, where it is a URL."""
    gateway_api_key: str | None = None
    gateway_model: str | None = None
    """What the gateway calls the model; None: as the direct side does."""
    allow_plain: bool = False
    pack: Pack = Pack.SMOKE
    seed: int | None = None
    concurrency: int
    simulated: bool = False


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What `compare --json` writes."""

    direct: str
    gateway: str
    model: str
    pack: str
    plan: str
    """The plan's digest."""
    seed: int
    outcome: Outcome
    facets: tuple[FacetComparison, ...]
    requests: int
    cost_nanousd: int | None
    """None: not known."""
    stopped: str | None
    """Why it ended before all was asked."""

    @property
    def exit_code(self) -> int:
        """0: nothing differs; 1: something does; 2: nothing could be compared, or it was interrupted."""
        return _STOPPED if self.stopped is not None else _EXITS[self.outcome]


def plan_comparison(words: CompareWords, place: EvidencePlace, environ: Mapping[str, str], folder: Path) -> PlannedRun:
    """The plan of a comparison; nothing is sent. Raises OperatorError with the remedy."""
    target = _direct(words, place, environ, folder)
    options = ProveOptions(
        own_checks=(_ASKING_ALL,),
        repeats=words.pack,
        simulated=words.simulated,
        arms=ARMS["both"],
        gateway=_gateway(words, target, place, environ, folder),
        seed=words.seed,
        run=RunSettings(concurrency=words.concurrency, ask_again=False),
        begin_anew=True,
    )
    return plan_route(target, options, desk=PriceDesk(place.settings))


def compare_to_the_end(planned: PlannedRun, watcher: Watcher | None = None) -> tuple[Compared, ProvenRun]:
    """Carry it out until it is done or until SIGINT or SIGTERM; with all that was observed."""
    proven = run_to_the_end(planned, watcher=watcher)
    rows = compare(proven.plan, proven.observations)
    gateway = planned.options.gateway
    assert gateway is not None
    return Compared(
        direct=proven.plan.route.name,
        gateway=gateway.base_url,
        model=gateway.model,
        pack=proven.plan.pack,
        plan=proven.plan.digest,
        seed=proven.plan.seed,
        outcome=outcome_of(rows),
        facets=rows,
        requests=proven.run.spent.requests,
        cost_nanousd=proven.run.spent.money_nanousd,
        stopped=proven.stopped,
    ), proven


def _direct(words: CompareWords, place: EvidencePlace, environ: Mapping[str, str], folder: Path) -> Target:
    if not _is_url(words.direct):
        if place.settings is None:
            raise OperatorError(
                f"there is no configuration here that names {words.direct!r}; run `routeproof init`, "
                "or give the URL of the direct side with --api-key, --model and --dialect"
            )
        return configured_target(place.settings, words.direct)
    if words.model is None:
        raise OperatorError("the direct side is a URL, so its model has to be named: give --model")
    endpoint = _endpoint(words.direct, words.api_key, words.model, words.dialect, words.allow_plain)
    return endpoint_target(endpoint, dict(environ), folder)


def _gateway(
    words: CompareWords, target: Target, place: EvidencePlace, environ: Mapping[str, str], folder: Path
) -> GatewayAccess:
    if not _is_url(words.gateway):
        return _own(words, place, environ, folder)
    model = words.gateway_model or target.model
    endpoint = _endpoint(words.gateway, words.gateway_api_key, model, "openai", words.allow_plain)
    provider = endpoint_target(endpoint, dict(environ), folder).provider
    return GatewayAccess(
        base_url=provider.base_url, key=provider.api_key or Secret(""), model=model, ca_file=provider.ca_file
    )


def _own(words: CompareWords, place: EvidencePlace, environ: Mapping[str, str], folder: Path) -> GatewayAccess:
    """Our own gateway. With a key of `keys create --tap` the request bodies are compared too."""
    if place.settings is None:
        raise OperatorError(f"there is no configuration here, so {words.gateway!r} is no route; give the gateway's URL")
    if words.gateway_api_key is None:
        raise OperatorError("our own gateway wants a key: give --gateway-api-key env:NAME or file:PATH")
    problems = Problems("command line")
    table = Table({"gateway-api-key": words.gateway_api_key}, "", problems)
    key = read_secret(table, "gateway-api-key", environ, folder)
    problems.raise_if_any()
    if key is None:
        raise OperatorError("our own gateway always wants a key; `routeproof keys create` makes one")
    return own_gateway(place.settings, words.gateway, key)


def _endpoint(url: str, api_key: str | None, model: str, dialect: str, allow_plain: bool) -> EndpointWords:
    return EndpointWords(base_url=url, api_key=api_key or "none", model=model, dialect=dialect, allow_plain=allow_plain)


def _is_url(text: str) -> bool:
    return urlsplit(text).scheme in ("http", "https")
