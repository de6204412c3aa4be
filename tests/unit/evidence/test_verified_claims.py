"""What whoever holds the key can't make up either: other routes, times, plans, results and verdicts."""

import pytest
from tests.support.sample_evidence import (
    JUDGES,
    NOW_NS,
    PLAN,
    bundle_of,
    observations_of,
    run_of,
    statement_of,
)
from tests.unit.evidence.verification_support import (
    HONEST,
    OTHER_ROUTE,
    TRUSTED,
    codes,
    replace,
    verified,
    with_predicate,
)

from routeproof.clock import parse_instant
from routeproof.evidence.observations import Read, never_sent
from routeproof.evidence.reasons import ReasonCode, ReasonKind
from routeproof.evidence.redaction import Redaction, redact
from routeproof.evidence.verdicts import Verdict
from routeproof.evidence.verification import verify


def test_evidence_of_another_route_does_not_apply() -> None:
    """The route as it is configured now decides."""
    verification = verified(HONEST, route_digest=OTHER_ROUTE.digest)

    assert [reason.code for reason in verification.reasons] == [ReasonCode.ROUTE_CHANGED]
    assert verification.of_kind(ReasonKind.NOT_IN_FORCE) == verification.reasons
    assert verified(HONEST, route_digest=None).holds


def test_another_routes_subject_is_refused() -> None:
    """A subject that the plan's own route does not bear out."""
    ours = statement_of()
    theirs = statement_of(replace(PLAN, route=OTHER_ROUTE)).subject

    assert codes(bundle_of(replace(ours, subject=theirs))) == {ReasonCode.ROUTE_MISMATCH}
    assert codes(bundle_of(replace(ours, subject=()))) == {ReasonCode.ROUTE_MISMATCH}


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        ("2026-11-24T12:00:59Z", ReasonCode.NOT_YET),
        ("2026-12-24T12:01:00Z", ReasonCode.EXPIRED),
    ],
)
def test_evidence_has_its_time(instant: str, code: ReasonCode) -> None:
    """From the end of the run, and up to its expiry but not at it."""
    assert [reason.code for reason in verified(HONEST, at_ns=parse_instant(instant)).reasons] == [code]
    assert verified(HONEST, at_ns=parse_instant("2026-12-24T12:00:59Z")).holds


def test_a_plan_changed_afterwards_is_refused() -> None:
    """A lower threshold is another plan: neither results nor observations are its own."""
    check, *rest = PLAN.checks
    softer = replace(PLAN, checks=(replace(check, title="softer"), *rest))

    assert codes(bundle_of(with_predicate(statement_of(), plan=softer))) == {ReasonCode.PLAN_MISMATCH}
    assert codes(bundle_of(with_predicate(statement_of(), plan=softer, plan_sha256=softer.digest))) == {
        ReasonCode.PLAN_MISMATCH
    }
    # Even with new results: the observations say for which plan they were made.
    resigned = with_predicate(
        statement_of(), plan=softer, plan_sha256=softer.digest, run=run_of(softer, observations_of(PLAN))
    )
    assert codes(bundle_of(resigned)) == {ReasonCode.PLAN_MISMATCH}


def test_a_plan_made_after_the_run_began_is_refused() -> None:
    """Planning comes first."""
    late = replace(PLAN, created="2026-11-24T12:00:31.000Z")
    seen = observations_of(late)

    assert codes(bundle_of(statement_of(late, seen), seen)) == {ReasonCode.PLANNED_LATE}


def test_an_inconvenient_trial_can_not_be_left_out() -> None:
    """Not even by whoever signs: the plan says how many there are."""
    seen = observations_of(PLAN)[:-1]

    assert codes(bundle_of(statement_of(observations=seen), seen)) == {
        ReasonCode.OBSERVATION_MISSING,
        ReasonCode.DENOMINATOR_MISMATCH,
    }


def test_a_trial_that_never_ran_still_counts() -> None:
    """It has an observation that says so, and the rate has it in its denominator."""
    *sent, last = observations_of(PLAN)
    seen = (*sent, never_sent(PLAN.digest, last.key, "POST", "/v1/chat/completions", "interrupted"))
    statement = statement_of(observations=seen)
    verification = verified(bundle_of(statement, seen))

    assert verification.holds
    assert [rate.planned for result in verification.rescored for rate in result.rates] == [4]


@pytest.mark.parametrize("check", ["R04", "J01"])
def test_a_result_can_not_be_left_out_or_added(check: str) -> None:
    """One for each planned check, and one only."""
    statement = statement_of()
    run = statement.predicate.run
    less = tuple(result for result in run.results if result.check != check)
    more = (*run.results, next(result for result in run.results if result.check == check))
    foreign = (*run.results, replace(run.results[0], check="X99"))

    assert ReasonCode.RESULT_MISSING in codes(bundle_of(with_predicate(statement, run=replace(run, results=less))))
    for results in (more, foreign):
        assert codes(bundle_of(with_predicate(statement, run=replace(run, results=results)))) == {
            ReasonCode.RESULT_UNPLANNED
        }


def test_facets_that_do_not_follow_from_the_results_are_refused() -> None:
    """Nobody can sign a better summary than the results."""
    statement = statement_of()
    facets = tuple(replace(facet, verdict=Verdict.SKIP) for facet in statement.predicate.run.facets)

    assert codes(bundle_of(with_predicate(statement, run=replace(statement.predicate.run, facets=facets)))) == {
        ReasonCode.FACETS_DIFFER
    }


def test_a_body_without_its_own_digest_is_refused() -> None:
    """Signed or not: what was kept must be what was observed."""
    first, *rest = observations_of(PLAN)
    body = replace(first.transcript.body, reads=(Read(100, b"x" * first.transcript.body.size),))
    seen = (replace(first, transcript=replace(first.transcript, body=body)), *rest)

    assert codes(bundle_of(statement_of(observations=seen), seen)) == {ReasonCode.BODY_MISMATCH}


def test_a_verdict_that_the_bytes_do_not_show_is_refused() -> None:
    """PASS was signed over answers of another model."""
    bad = observations_of(PLAN, b'{"model":"another-model","ok":true}')
    statement = statement_of(observations=bad)
    praised = tuple(replace(result, verdict=Verdict.PASS) for result in statement.predicate.run.results)
    facets = statement_of().predicate.run.facets
    lie = with_predicate(statement, run=replace(statement.predicate.run, results=praised, facets=facets))
    verification = verified(bundle_of(lie, bad))

    assert [reason.code for reason in verification.reasons] == [ReasonCode.VERDICT_DIFFERS]
    assert "R04 is signed as PASS and judged FAIL" in verification.reasons[0].detail


def test_a_failed_run_is_good_evidence() -> None:
    """It shows what it says: that the route fails, and where four trials are too few to say so."""
    bad = observations_of(PLAN, b'{"model":"another-model"}')
    verification = verified(bundle_of(statement_of(observations=bad), bad))

    assert verification.holds
    assert [result.verdict for result in verification.rescored] == [Verdict.FAIL, Verdict.INCONCLUSIVE]


def test_a_check_without_a_judge_is_named() -> None:
    """It speaks neither for nor against the evidence, and so is told apart."""
    verification = verify(HONEST, trusted_keys=TRUSTED, at_ns=NOW_NS, judges={"R04": JUDGES["R04"]})

    assert [(reason.code, reason.code.kind) for reason in verification.reasons] == [
        (ReasonCode.NO_JUDGE, ReasonKind.UNSHOWN)
    ]


def test_evidence_whose_bodies_were_dropped_can_not_be_judged_again() -> None:
    """Its signature and its digests still can be checked."""
    kept = observations_of(PLAN)
    dropped = tuple(redact(one, Redaction(keep_bodies=False)) for one in kept)
    statement = statement_of(observations=kept)
    digests = statement_of(observations=dropped).predicate.observations
    verification = verified(bundle_of(with_predicate(statement, observations=digests), dropped))

    assert {reason.code for reason in verification.reasons} == {ReasonCode.BODIES_DROPPED}
    assert not verification.rescored
