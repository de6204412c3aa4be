"""S06: a long silence survives: keep-alives only, then tokens, and the client is still served.

The simulator keeps the silence, so this is planned where the simulator answers, here or behind a gateway. It lasts as
long as the plan declares (`silence-seconds`), a second otherwise: what decides is how it compares with the deadlines
on the way, not its length.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, stream, user
from routeproof.prover.check import Check
from routeproof.prover.declared import declared_count
from routeproof.prover.judges.latencies import latency_of
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.stream_rulings import stream_troubles
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

COMMENTS: Final = 8
SILENCE_S: Final = 1
_DECLARED: Final = "silence-seconds"
_S_NS: Final = 1_000_000_000
_NEXT: Final = "Raise the idle deadlines of every layer on the way above the provider's longest silence."


def cases(setup: Setup) -> Sequence[Case]:
    """A stream that begins with nothing but keep-alives."""
    silence_s = declared_count(setup.declared, _DECLARED) or SILENCE_S
    directions = f"[[sim:keepalives_then_answer]] [[sim:count={COMMENTS}]] [[sim:seconds={silence_s / COMMENTS}]]"
    body = stream(setup, [user(f"Begin with the word @@nonce@@. {directions}")])
    return (case(setup, "idle", "S06", body, repeats=1),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The stream comes whole after the silence, and its first delta is counted from behind it."""
    silence_s = declared_count(plan.declared, _DECLARED) or SILENCE_S

    def look(trial: Trial) -> Iterator[Trouble]:
        yield from stream_troubles(plan, trial.last, ("S01", "S02", "S03"), _NEXT)
        first_ns = latency_of(plan, trial.last).first_ns
        if first_ns is not None and first_ns < silence_s * _S_NS:
            yield Trouble(
                observation=trial.last,
                words="the first delta is counted before the silence was over",
                cause=Cause.PARSER,
                next_step=_NEXT,
            )

    held = f"After {silence_s} s of keep-alives the stream comes whole, and they are not counted as its beginning."
    return rule_det(plan, check, observations, look, held=held)


CHECK = Check(
    id="S06",
    title="idle",
    proves="a long silence survives",
    severity=Severity.B,
    method=Method.SIM,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_simulator=True,
)
