"""Compares a simulated provider with a gateway in front of one, from words to report, with all that was observed."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.loop_thread import LoopThread

from routeproof.config.settings import EvidenceSettings
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.proving.comparing import Compared, CompareWords, compare_to_the_end, plan_comparison
from routeproof.operations.proving.running import ProvenRun
from routeproof.prover.comparison.facets import ComparedFacet, FacetComparison
from routeproof.prover.packs import Pack
from routeproof.simulator.faults import Fault
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

DIRECT_KEY, GATEWAY_KEY = "sk-sim-direct-0123456789abcdef", "sk-sim-gateway-0123456789abcdef"
ENVIRON = {"DIRECT_KEY": DIRECT_KEY, "GATEWAY_KEY": GATEWAY_KEY}


class Comparison:
    """What a comparison told, beside what went over the wire."""

    def __init__(self, compared: Compared, proven: ProvenRun) -> None:
        self.compared = compared
        self.observations = {one.id: one for one in proven.observations}
        (self.check,) = proven.run.results
        """What X04 came to."""

    def row(self, facet: ComparedFacet) -> FacetComparison:
        """One facet's."""
        return next(row for row in self.compared.facets if row.facet is facet)

    def paths(self, facet: ComparedFacet) -> dict[str, tuple[str | None, str | None]]:
        """What differs in a facet: path to direct and gateway."""
        return {one.path: (one.direct, one.gateway) for one in self.row(facet).differences}

    def bodies(self, case: str, arm: str) -> list[bytes]:
        """The answers of a case by one way, as they came."""
        return [
            one.transcript.body.data
            for one in self.observations.values()
            if one.case == f"compare-{case}" and one.arm == arm
        ]


def compared(
    direct: str,
    gateway: str,
    *,
    model: str = "deepseek-flash",
    dialect: str = "deepseek",
    gateway_model: str | None = None,
    environ: Mapping[str, str] = ENVIRON,
    pack: Pack = Pack.SMOKE,
    simulated: bool = True,
    concurrency: int = 8,
) -> Comparison:
    """Compare two URLs."""
    words = CompareWords(
        direct=direct,
        gateway=gateway,
        api_key="env:DIRECT_KEY",
        model=model,
        dialect=dialect,
        gateway_api_key="env:GATEWAY_KEY",
        gateway_model=gateway_model,
        allow_plain=True,
        pack=pack,
        seed=7,
        concurrency=concurrency,
        simulated=simulated,
    )
    place = EvidencePlace(Path("nowhere"), EvidenceSettings(), None)
    told, proven = compare_to_the_end(plan_comparison(words, place, environ, Path()))
    return Comparison(told, proven)


def compared_with_newapi(fault: Fault | None = None, *, simulated: bool | None = None) -> Comparison:
    """A simulated DeepSeek against a simulated new-api gateway in front of the same, honest or with a fault."""
    settings = SimulatorSettings(
        providers=(
            ProviderSettings(name="deepseek", kind=Kind.DEEPSEEK, keys=(DIRECT_KEY,)),
            ProviderSettings(name="newapi", kind=Kind.NEWAPI, keys=(GATEWAY_KEY,)),
        )
    )
    with LoopThread() as thread:
        simulator = thread.run(start_simulator(settings))
        if fault is not None:
            simulator.server("newapi").faults.add(fault, times=None)
        urls = simulator.base_url("deepseek"), simulator.base_url("newapi")
        # What a prompt directs goes before the scheduled fault, so only an honest gateway is directed.
        found = compared(*urls, simulated=fault is None if simulated is None else simulated)
        thread.run(simulator.stop())
    return found
