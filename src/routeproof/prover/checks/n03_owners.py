"""N03: every row says whose key it was, who uses it, and who pays."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult, Part, refers_to
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.common_cases import plain_case, stream_case
from routeproof.prover.check import Check
from routeproof.prover.judges.rows import exchange_rows, shown_rows, text_in
from routeproof.prover.judges.rulings import Trouble, rule_det
from routeproof.prover.judges.trials import Trial
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_OWNERS: Final = {"key_id": "key", "key_owner": "key owner", "account": "quota owner"}
_NEXT: Final = "Give the key an owner and an account (`routeproof keys`), then run again."


def cases(setup: Setup) -> Sequence[Case]:
    """A plain answer and a streamed one."""
    return (plain_case(setup, "N03"), stream_case(setup, "N03"))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Key, key owner and quota owner on the row of every exchange that went through the gateway."""
    own = [one for one in observations if one.arm is Arm.GATEWAY]

    def look(trial: Trial) -> Iterator[Trouble]:
        for step in trial.steps:
            rows = exchange_rows(step)
            if not rows:
                yield _trouble(step, "the request left no row")
            for row in rows:
                missing = [words for column, words in _OWNERS.items() if not (text_in(row, column) or "").strip()]
                if missing:
                    yield _trouble(step, f"the row has no {' and no '.join(missing)}")

    result = rule_det(plan, check, own, look, held="Every row names its key, the key's owner and the quota's owner.")
    return refers_to(result, observations)


def _trouble(observation: Observation, words: str) -> Trouble:
    return Trouble(
        observation=observation,
        words=words,
        cause=Cause.GATEWAY,
        next_step=_NEXT,
        part=Part.LEDGER,
        excerpt=shown_rows(observation),
    )


CHECK = Check(
    id="N03",
    title="owners",
    proves="who pays is known",
    severity=Severity.B,
    method=Method.LED,
    packs=LATER,
    cases=cases,
    judge=judge,
    needs_rows=True,
)
