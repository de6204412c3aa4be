"""What a check is: when it runs, what it asks, and how it judges what comes back."""

from collections.abc import Callable, Sequence

import msgspec

from routeproof.evidence.plan import Case, Threshold
from routeproof.evidence.results import Judge
from routeproof.evidence.verdicts import Facet, Method, Severity, facet_of
from routeproof.prover.packs import Pack
from routeproof.prover.setup import Setup


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One assertion about a route. Its module is named after it, and its source is part of its hash."""

    id: str
    title: str
    proves: str
    """In plain words, for reports."""
    severity: Severity
    method: Method
    packs: frozenset[Pack]
    cases: Callable[[Setup], Sequence[Case]]
    """Pure. A case of the same id and content may come from several checks: it is sent once for all of them."""
    judge: Judge
    """Pure: called with the observations of all cases that name the check; see `rulings.py` for what it builds on."""
    thresholds: tuple[Threshold, ...] = ()
    needs: tuple[str, ...] = ()
    """Declared names (`facet.tools`). Where the route declares one absent, the check is SKIP and sends nothing."""
    needs_rows: bool = False
    """Reads ledger rows, so it runs only through our own gateway, and is not planned elsewhere."""
    needs_tap: bool = False
    """Reads what went upstream, so it runs only through our own gateway with the tap."""
    reads_all: bool = False
    """Reads every observation of the run: all cases of the plan name it, whoever asks them."""
    needs_simulator: bool = False
    """Directs the endpoint by words that only the simulator follows, so it is planned nowhere else."""
    needs_arms: bool = False
    """Compares arms: planned only where there is more than one."""

    @property
    def facet(self) -> Facet:
        """The capability that it speaks about."""
        return facet_of(self.id)
