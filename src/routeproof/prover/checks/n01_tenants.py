"""N01: what one key sends does not come out at another.

Three requests in turn: key A is told a code behind a long prefix; key B asks for the code; key B sends A's prefix.
A's code must be nowhere in what B gets, head and body. B's cached tokens on A's prefix must be 0 where the route
declares `cache-isolation` as `key`; where it does not (two keys of one account may share a cache) they are shown and
judged by nobody. Without a second key nothing can be seen, and nobody has declared that there is nothing: the check
comes to no verdict.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Credential, Plan, PlannedCheck, Step
from routeproof.evidence.results import Cause, CheckResult, Figure
from routeproof.evidence.verdicts import Method, Severity, Verdict
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.long_prefix import PREFIX_UNITS
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.cases.reference_text import units
from routeproof.prover.check import Check
from routeproof.prover.judges.answers import answer_of
from routeproof.prover.judges.rulings import Trouble, rule_det, undecided
from routeproof.prover.judges.trials import Trial
from routeproof.prover.judges.usage_counts import hits_in, reported_usage
from routeproof.prover.packs import LATER
from routeproof.prover.setup import Setup

_CASE: Final = "tenants"
_PREFIX: Final = "@@nonce:prefix@@" + units(PREFIX_UNITS)
_TOLD: Final = f"{_PREFIX}\nThe code of the old mill is @@nonce:code@@.\nSay the word one and nothing else."
_ASKED: Final = "What is the code of the old mill?"
_SAME: Final = f"{_PREFIX}\nSay the word two and nothing else."
_NEXT: Final = (
    "Stop sending anything confidential, and ask whoever stands between what answers and caches are keyed by."
)
_KEY_NEXT: Final = "Give a second key of the same provider, then run again."


def cases(setup: Setup) -> Sequence[Case]:
    """A tells, B asks, B repeats A's prefix; none without a second key."""
    if not setup.has_other_key:
        return ()
    bodies = [chat(setup, [user(text)], max_tokens=64) for text in (_TOLD, _ASKED, _SAME)]
    credentials = (Credential.ROUTE, Credential.OTHER, Credential.OTHER)
    steps = tuple(Step(body=body, credential=who) for body, who in zip(bodies, credentials, strict=True))
    return (msgspec.structs.replace(case(setup, _CASE, "N01"), steps=steps),)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """Nothing of A in what B gets."""
    if not plan.cases_of(check.id):
        why = "Whether keys are kept apart can't be seen with one key."
        return undecided(check, observations, why, _KEY_NEXT)
    hits: list[int] = []

    def look(trial: Trial) -> Iterator[Trouble]:
        code = nonce_of(plan.seed, trial.case, trial.number, "code")
        for step in trial.steps[1:]:
            if not answer_of(plan, step).messages:
                yield _trouble(step, "there is no answer to look into")
            if code in _all_text(step):
                place = max(step.transcript.body.data.find(code.encode()), 0)
                words = "another key's words are in this key's answer"
                yield _trouble(step, words, place)
        found = hits_in(reported_usage(plan, trial.last) or {})
        hits.append(found)
        if found and plan.declared.get("cache-isolation") == "key":
            yield _trouble(trial.last, f"{found} cached tokens on a prefix that only another key has sent")

    result = rule_det(plan, check, observations, look, held="Nothing of one key's requests shows at another key.")
    if result.verdict is not Verdict.PASS:
        return result
    figure = Figure(name="hits on the other key's prefix", value=max(hits), unit="tokens", samples=len(hits))
    return msgspec.structs.replace(result, figures=(figure,))


def _all_text(observation: Observation) -> str:
    transcript = observation.transcript
    head = "\n".join(f"{name}: {value}" for name, value in transcript.headers)
    return f"{head}\n{transcript.body.data.decode('utf-8', 'backslashreplace')}"


def _trouble(observation: Observation, words: str, offset: int = 0) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.GATEWAY, next_step=_NEXT, offset=offset)


CHECK = Check(
    id="N01",
    title="tenants",
    proves="no leak between keys",
    severity=Severity.B,
    method=Method.DET,
    packs=LATER,
    cases=cases,
    judge=judge,
)
