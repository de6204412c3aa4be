"""R07: region, workspace and key belong together, and a key of another region is refused and named as such.

An address that a region's name contradicts fails without a request. A key that is refused with the body of a mistyped
one, as Qwen does, is told apart by the plan: it is another region's, where the same key is known to work elsewhere.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from routeproof.dialects.registry import dialect_named
from routeproof.errors import UpstreamKind
from routeproof.evidence.observations import Observation
from routeproof.evidence.plan import Case, Credential, Plan, PlannedCheck
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Method, Severity
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.cases.common_cases import plain_case
from routeproof.prover.cases.live import LIVE, live_call, others
from routeproof.prover.check import Check
from routeproof.prover.judges.rulings import Trouble, conclude, gather
from routeproof.prover.judges.trials import kind_of_refusal, obstacle_of
from routeproof.prover.packs import FIRST
from routeproof.prover.setup import Setup

OTHER_REGION: Final = "other-region-key"
_REFUSED: Final = (401, 403)
_OWN_NEXT: Final = "Use a key that was made in this base URL's region and workspace; elsewhere it looks mistyped."
_OTHER_NEXT: Final = "Ask the provider why a key of another region works here; data may leave the region."
_ADDRESS_NEXT: Final = "Set `base_url` to the region's address, or `region` to the address's."


def cases(setup: Setup) -> Sequence[Case]:
    """A short question with the route's key, and with another region's where one is given."""
    own = plain_case(setup, "R07")
    arms = setup.direct_arms
    if not (setup.has_other_region_key and arms):
        return (own,)
    body = chat(setup, [user("Say the word @@nonce@@ and nothing else.")])
    return (own, case(setup, OTHER_REGION, "R07", body, credential=Credential.OTHER_REGION, arms=arms))


def judge(plan: Plan, check: PlannedCheck, observations: Sequence[Observation]) -> CheckResult:
    """The own key works at the region's own address; another region's does not."""
    other = others(observations)
    seen = live_call(plan, observations)
    refused = [one for one in seen.obstacles if kind_of_refusal(plan, one.observation) is UpstreamKind.AUTH]
    where = _where(plan)
    seen.troubles.extend(
        _trouble(one.observation, f"the key is not valid {where}: mistyped, or another region's", _OWN_NEXT)
        for one in refused
    )
    seen.troubles.extend(_misplaced(plan, [one for one in observations if one.case == LIVE]))
    foreign = gather(plan, other, answers_expected=False)
    seen.obstacles.extend(foreign.obstacles)
    for trial in foreign.trials:
        obstacle = obstacle_of(plan, trial.last)
        if (trial.last.transcript.status or 0) >= 500 and obstacle is not None:
            seen.obstacles.append(obstacle)
        elif trial.last.transcript.status not in _REFUSED:
            words = f"a key of another region gets status {trial.last.transcript.status} {where}"
            seen.troubles.append(_trouble(trial.last, words, _OTHER_NEXT))
    also = "; a key of another region is refused as wrong" if other else "; no key of another region was given to try"
    return conclude(check, observations, seen, held=f"The key is valid {where}{also}.")


def _where(plan: Plan) -> str:
    route = plan.route
    parts = [f"at {urlsplit(route.base_url).netloc}"]
    parts += [f"region {route.region}"] if route.region else []
    parts += [f"workspace {route.workspace}"] if route.workspace else []
    return ", ".join(parts)


def _misplaced(plan: Plan, observations: Sequence[Observation]) -> Iterator[Trouble]:
    """The region's documented address is another one; an address of one's own says nothing."""
    route = plan.route
    if route.region is None:
        return
    dialect = dialect_named(route.dialect)
    host = urlsplit(route.base_url).hostname or ""
    try:
        documented = urlsplit(dialect.base_url(route.region, route.workspace)).hostname or ""
    except ValueError as error:
        yield from (_trouble(one, str(error), _ADDRESS_NEXT) for one in observations)
        return
    if host != documented and host.endswith(".aliyuncs.com"):
        words = f"region {route.region} is at {documented}, not at {host}"
        yield from (_trouble(one, words, _ADDRESS_NEXT) for one in observations)


def _trouble(observation: Observation, words: str, next_step: str) -> Trouble:
    return Trouble(observation=observation, words=words, cause=Cause.REGION_KEY, next_step=next_step)


CHECK = Check(
    id="R07",
    title="region-key-scope",
    proves="region, workspace and key belong together",
    severity=Severity.M,
    method=Method.DET,
    packs=FIRST,
    cases=cases,
    judge=judge,
)
