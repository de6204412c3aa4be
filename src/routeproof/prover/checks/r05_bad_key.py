"""R05: the key is the credential: without it, with a wrong or a revoked one nothing is answered, and nothing leaks."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Credential, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import live_call, others
from routeproof.prover.check import Check
from routeproof.prover.judges.leaks import leaks_in
from routeproof.prover.judges.rulings import Trouble, conclude, gather
from routeproof.prover.judges.trials import Trial, obstacle_of
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

_REFUSED: Final = (401, 403)
_WORDS: Final = {Credential.NONE: "no key", Credential.WRONG: "a wrong key", Credential.REVOKED: "a revoked key"}
_NEXT: Final = "Anybody can use this endpoint, or it answers before it looks at the key: take it out of service."
_LEAK_NEXT: Final = "Have whoever runs the endpoint replace the errors of what is behind it by their own."


def cases(setup: Setup) -> Sequence[Case]:
    """The same short question with each key that must not work, and one with the key that must."""
    body = chat(setup, [user("Say the word @@nonce@@ and nothing else.")])
    bad = dict.fromkeys((Credential.NONE, Credential.WRONG), setup.arms)
    if setup.has_revoked_key and setup.direct_arms:
        bad[Credential.REVOKED] = setup.direct_arms
    cases_of = (case(setup, _case_of(one), "R05", body, credential=one, arms=arms) for one, arms in bad.items())
    return (plain_case(setup, "R05"), *cases_of)


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """401 or 403 each time, and not a word about what is behind."""
    seen = live_call(plan, observations)
    asked = others(observations)
    tried = gather(plan, asked, answers_expected=False)
    seen.obstacles.extend(tried.obstacles)
    for trial in tried.trials:
        status = trial.last.transcript.status or 0
        obstacle = obstacle_of(plan, trial.last)
        if obstacle is not None and (status >= 500 or status == 429):
            seen.obstacles.append(obstacle)
        else:
            seen.troubles.extend(_look(plan, trial))
    given = " and ".join(sorted({_words(one.case) for one in asked}))
    return conclude(check, observations, seen, held=f"With {given} the request is refused, and nothing leaks.")


def _look(plan: Plan, trial: Trial) -> Iterator[Trouble]:
    last = trial.last
    status = last.transcript.status
    if status not in _REFUSED:
        yield Trouble(
            observation=last,
            words=f"with {_words(trial.case)} the answer has status {status}, not 401 or 403",
            cause=Cause.KEY,
            next_step=_NEXT,
        )
    host = urlsplit(plan.route.base_url).hostname or ""
    for leak in leaks_in(last.transcript.body, plan.route.dialect, host):
        words = f"the answer to {_words(trial.case)}: {leak.words}"
        yield Trouble(observation=last, words=words, next_step=_LEAK_NEXT, offset=leak.offset)


def _case_of(credential: Credential) -> str:
    return f"bad-key-{credential}"


def _words(name: str) -> str:
    return next((words for credential, words in _WORDS.items() if _case_of(credential) == name), name)


CHECK = Check(
    id="R05",
    title="bad-key",
    proves="the key is the credential",
    severity=Severity.B,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
