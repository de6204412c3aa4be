"""E04: every failure is blamed on whom the tap shows: client, gateway, provider or network.

What was refused without a request upstream is the client's or the gateway's; what the tap shows as refused for its
content is the client's, for its key or money the operator's; a 5xx, a rate limit, a silence or a break in the middle
is the provider's; no connection or a reset before any answer is the network's.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from routeproof.errors import Fault
from routeproof.evidence.observations import Ending, Observation, Transcript
from routeproof.evidence.plan import Case, Credential, Plan, PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.check import Check
from routeproof.prover.judges.rows import exchange_rows, text_in
from routeproof.prover.judges.rulings import Trouble, conclude, not_run
from routeproof.prover.judges.tapped import gateways_fault, gather_tapped, on_gateway
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_FAULT: Final = "x-routeproof-fault"
_HERE: Final = frozenset((Fault.CLIENT, Fault.GATEWAY))
_CLIENTS: Final = frozenset((Fault.CLIENT, Fault.OPERATOR))
"""A 4xx about the request: some families tell of unpaid bills and unknown models with one, too."""
_OPERATORS: Final = frozenset((Fault.OPERATOR,))
_PROVIDERS: Final = frozenset((Fault.UPSTREAM,))
_NETWORKS: Final = frozenset((Fault.NETWORK,))
_BY_ENDING: Final[Mapping[Ending, frozenset[Fault]]] = {
    Ending.CONNECT_FAILED: _NETWORKS,
    Ending.RESET: _NETWORKS,
    Ending.TIMED_OUT: _PROVIDERS,
    Ending.TRUNCATED: _PROVIDERS,
    Ending.MALFORMED: _PROVIDERS,
}
_BY_STATUS: Final[Mapping[int, frozenset[Fault]]] = {
    400: _CLIENTS, 404: _CLIENTS, 409: _CLIENTS, 413: _CLIENTS, 422: _CLIENTS,
    401: _OPERATORS, 402: _OPERATORS, 403: _OPERATORS,
}  # fmt: skip
_OUTCOMES: Final[Mapping[Fault, frozenset[str]]] = {
    Fault.CLIENT: frozenset(("client_error",)),
    Fault.GATEWAY: frozenset(("gateway_error", "interrupted")),
}
_THEIRS: Final = frozenset(("upstream_error", "truncated"))
_DIRECTED: Final = {"busy": "[[sim:status_503]]", "limited": "[[sim:status_429]]", "reset": "[[sim:reset]]"}


def cases(setup: Setup) -> Sequence[Case]:
    """A request that no provider takes, one that the gateway does not take, and of a simulator failures of its own."""
    hello = [user("Say the word @@nonce@@ and nothing else.")]
    found = [
        case(setup, "blame-value", "E04", chat(setup, hello, temperature=-7.5)),
        case(setup, "blame-body", "E04", b'{"model":'),
        case(setup, "blame-key", "E04", chat(setup, hello), credential=Credential.WRONG),
    ]
    if setup.simulated:
        found += [case(setup, f"blame-{name}", "E04", chat(setup, [user(text)])) for name, text in _DIRECTED.items()]
        cut = stream(setup, [user("[[sim:cut_before_done]]")])
        found.append(case(setup, "blame-cut", "E04", cut))
    return (plain_case(setup, "E04"), *on_gateway(found))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Each failure's header and row against what went upstream and came back."""
    seen = gather_tapped(plan, observations, answers_expected=False)
    if seen.obstacles and not any(one.tap for one in observations):
        return not_run(check, observations, seen.obstacles)  # without a tap every failure looks like the gateway's
    for trial in seen.trials:
        seen.troubles.extend(_look(trial.last))
    return conclude(check, observations, seen, held="Every failure is blamed on whom the tap shows.")


def _look(seen: Observation) -> Iterator[Trouble]:
    upstream = seen.tap[-1] if seen.tap else None
    expected = _blamed(upstream)
    rows = exchange_rows(seen)
    outcome = text_in(rows[0], "outcome") if len(rows) == 1 else None
    if seen.transcript.status == 200:
        broke = upstream is not None and upstream.ending is not Ending.COMPLETE
        if broke and outcome not in _THEIRS:
            yield gateways_fault(seen, f"the provider broke off, and the row says {outcome!r}", excerpt="")
        return
    told = seen.transcript.header(_FAULT)
    if told not in {fault.value for fault in expected}:
        names = " or ".join(sorted(fault.value for fault in expected))
        yield gateways_fault(seen, f"the failure is blamed on {told!r}, the tap shows {names}", excerpt="")
    elif outcome is not None and outcome not in _OUTCOMES.get(Fault(told), _THEIRS):
        yield gateways_fault(seen, f"the failure is blamed on {told!r}, and its row says {outcome!r}", excerpt="")


def _blamed(upstream: Transcript | None) -> frozenset[Fault]:
    """Whose fault a failure is, by what went upstream and came back."""
    if upstream is None:
        return _HERE
    if upstream.ending in _BY_ENDING:
        return _BY_ENDING[upstream.ending]
    return _BY_STATUS.get(upstream.status or 0, _PROVIDERS)


CHECK = Check(
    id="E04",
    title="taxonomy",
    proves="blame is right",
    severity=Severity.M,
    method=Method.TAP,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_rows=True,
    needs_tap=True,
)
