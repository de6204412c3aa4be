"""Evidence of a run on a simulated provider, for whatever shows evidence."""

from collections.abc import Mapping, Sequence

from tests.support.prover_runs import KEY, SimulatedRun, prove_simulated
from tests.support.sample_evidence import BUILD, ENDED_NS, SIGNER

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import NS_PER_S, format_instant, parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.evidence.bundle import Bundle, read_bundle, write_bundle
from routeproof.evidence.dsse import Signer
from routeproof.evidence.expiry import expiry_of
from routeproof.evidence.plan import Declared, PlannedPrices
from routeproof.evidence.results import RunResult, Spent, facets_of
from routeproof.evidence.statement import Statement, seal, state
from routeproof.prover.prices import planned_prices

SIMULATED_KEY = KEY
PRICES_AT = "2026-11-24T12:00:00Z"


def prices_of(family: str, model: str, region: str | None = None) -> tuple[PlannedPrices, ...]:
    """The shipped prices of a model as a plan has them."""
    sheet = PriceBook.compile(load_facts()).sheet(family, model, region)
    return planned_prices(sheet, parse_instant(PRICES_AT))


def simulated_run(
    checks: Sequence[str],
    kind: str = "deepseek",
    *,
    faults: Sequence[str | Mapping[str, object]] = (),
    declared: Mapping[str, Declared] | None = None,
) -> SimulatedRun:
    """A run of these checks with the shipped prices in its plan."""
    model, region = ("deepseek-flash", None) if kind == "deepseek" else ("qwen-plus", "singapore")
    return prove_simulated(checks, kind, faults=faults, declared=declared, prices=prices_of(kind, model, region))


def statement_of_run(run: SimulatedRun, *, ended_ns: int = ENDED_NS) -> Statement:
    """What is signed about a run."""
    results = tuple(run.values())
    result = RunResult(
        plan=run.plan.digest,
        results=results,
        facets=facets_of(run.plan, results),
        spent=Spent(requests=len(run.observations), input_tokens=900, output_tokens=400, money_nanousd=123_450),
        started=format_instant(ended_ns - 30 * NS_PER_S),
        ended=format_instant(ended_ns),
    )
    return state(run.plan, result, run.observations, BUILD, expiry_of(ended_ns))


def bundle_of_run(run: SimulatedRun, *, signer: Signer = SIGNER, ended_ns: int = ENDED_NS) -> bytes:
    """The file of evidence of a run."""
    envelope = seal(statement_of_run(run, ended_ns=ended_ns), signer)
    return write_bundle(envelope, [signer.public_key], run.observations)


def read_back(data: bytes) -> Bundle:
    """The bundle in a file."""
    return read_bundle(data)
