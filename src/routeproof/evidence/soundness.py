"""Whether a signed statement and its observations bear each other out, before anything is judged again."""

from collections import Counter
from collections.abc import Iterator, Sequence

from routeproof.clock import parse_instant
from routeproof.evidence.canonical import digest_of, sha256
from routeproof.evidence.observations import Body, Observation, bodies_of, observation_id
from routeproof.evidence.plan import planned_keys
from routeproof.evidence.reasons import Reason, ReasonCode
from routeproof.evidence.results import facets_of
from routeproof.evidence.statement import Predicate, Statement


def check_transcripts(predicate: Predicate, observations: Sequence[Observation]) -> Iterator[Reason]:
    """The file's observations are exactly those that were signed."""
    signed = {one.id: one.sha256 for one in predicate.observations}
    counted = Counter(one.id for one in observations)
    for name in signed.keys() - counted.keys():
        yield Reason(ReasonCode.OBSERVATION_REMOVED, f"observation {name} was signed and is not in the file")
    for name, count in counted.items():
        if name not in signed or count > 1:
            yield Reason(ReasonCode.OBSERVATION_ADDED, f"observation {name} is in the file and was not signed")
    for one in observations:
        if signed.get(one.id, "") not in ("", digest_of(one)):
            yield Reason(ReasonCode.OBSERVATION_CHANGED, f"observation {one.id} is not as it was signed")


def check_subject(statement: Statement) -> Iterator[Reason]:
    """The statement is about the one route that its plan names."""
    route = statement.predicate.plan.route
    subjects = [(subject.name, subject.digest.sha256) for subject in statement.subject]
    if subjects != [(route.name, route.digest)]:
        yield Reason(ReasonCode.ROUTE_MISMATCH, f"the subject is not the plan's route {route.name}")


def check_plan(predicate: Predicate, observations: Sequence[Observation]) -> Iterator[Reason]:
    """Results and observations refer to this plan, and it was made before (R08)."""
    plan, run = predicate.plan, predicate.run
    digest = plan.digest
    if not digest == predicate.plan_sha256 == run.plan:
        yield Reason(ReasonCode.PLAN_MISMATCH, "the results are those of another plan")
    for one in observations:
        if one.plan != digest:
            yield Reason(ReasonCode.PLAN_MISMATCH, f"observation {one.id} was made for another plan")
    if parse_instant(run.started) < parse_instant(plan.created):
        yield Reason(ReasonCode.PLANNED_LATE, f"the run began at {run.started}, before its plan of {plan.created}")


def check_denominators(predicate: Predicate, observations: Sequence[Observation]) -> Iterator[Reason]:
    """Every planned request has its observation, whatever became of it, and there are no others."""
    planned = {observation_id(key) for key in planned_keys(predicate.plan)}
    found = {one.id for one in observations}
    for name in sorted(planned - found):
        yield Reason(ReasonCode.OBSERVATION_MISSING, f"planned request {name} has no observation")
    for name in sorted(found - planned):
        yield Reason(ReasonCode.OBSERVATION_UNPLANNED, f"observation {name} was not planned")


def check_bodies(observations: Sequence[Observation]) -> Iterator[Reason]:
    """A body that is kept whole has its own digest."""
    for one in observations:
        if not all(map(_fits, bodies_of(one))):
            yield Reason(ReasonCode.BODY_MISMATCH, f"a body of observation {one.id} does not have its own digest")


def check_results(predicate: Predicate) -> Iterator[Reason]:
    """One result for each planned check, over all trials planned for it, and the facets that follow."""
    plan, results = predicate.plan, predicate.run.results
    counted = Counter(result.check for result in results)
    for check in plan.checks:
        if check.id not in counted:
            yield Reason(ReasonCode.RESULT_MISSING, f"check {check.id} was planned and has no result")
    for result in results:
        if plan.check(result.check) is None or counted[result.check] > 1:
            yield Reason(ReasonCode.RESULT_UNPLANNED, f"check {result.check} has a result that was not planned")
        elif result.observations != tuple(observation_id(key) for key in planned_keys(plan, result.check)):
            yield Reason(
                ReasonCode.DENOMINATOR_MISMATCH, f"check {result.check} does not count exactly what was planned for it"
            )
    if predicate.run.facets != facets_of(plan, results):
        yield Reason(ReasonCode.FACETS_DIFFER, "the facets' verdicts do not follow from the results")


def check_time(predicate: Predicate, at_ns: int) -> Iterator[Reason]:
    """It counts from the end of its run until it expires."""
    if at_ns < parse_instant(predicate.run.ended):
        yield Reason(ReasonCode.NOT_YET, f"the run ends at {predicate.run.ended}")
    if at_ns >= parse_instant(predicate.expires):
        yield Reason(ReasonCode.EXPIRED, f"it expired at {predicate.expires} ({predicate.expires_because})")


def _fits(body: Body) -> bool:
    if not body.kept:
        return not body.data
    # A mask is as long as what it covers, so the size holds even where the digest is that of hidden bytes.
    return len(body.data) == body.size and (not body.as_observed or sha256(body.data) == body.sha256)
