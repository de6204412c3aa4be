"""The parts of evidence are held against each other one by one."""

import msgspec
from tests.support.sample_evidence import PLAN, observations_of, statement_of

from routeproof.evidence.observations import Observation, Read
from routeproof.evidence.reasons import ReasonCode, ReasonKind
from routeproof.evidence.redaction import Redaction, redact
from routeproof.evidence.soundness import check_bodies, check_plan, check_results

replace = msgspec.structs.replace


def with_reads(one: Observation, *reads: Read) -> Observation:
    """With other bytes under the old digest."""
    return replace(one, transcript=replace(one.transcript, body=replace(one.transcript.body, reads=reads)))


def test_masked_bodies_keep_their_size() -> None:
    """Their digest is that of bytes that nobody shows, but a mask covers exactly what it hides."""
    masked = redact(observations_of(PLAN, b"sk-somebodyelses01")[0], Redaction())

    assert list(check_bodies([masked])) == []
    assert [reason.code for reason in check_bodies([with_reads(masked, Read(1, b"***"))])] == [ReasonCode.BODY_MISMATCH]


def test_dropped_bodies_are_empty() -> None:
    """What says that it was dropped has no bytes that nobody vouches for."""
    dropped = redact(observations_of(PLAN)[0], Redaction(keep_bodies=False))

    assert list(check_bodies([dropped])) == []
    assert [reason.code for reason in check_bodies([with_reads(dropped, Read(1, b"more"))])] == [
        ReasonCode.BODY_MISMATCH
    ]


def test_bodies_at_the_tap_count_too() -> None:
    """Upstream bytes decide as much as those downstream."""
    one = observations_of(PLAN)[0]
    wrong = with_reads(one, Read(1, b"other")).transcript

    assert [reason.code for reason in check_bodies([replace(one, tap=(wrong,))])] == [ReasonCode.BODY_MISMATCH]


def test_an_observation_of_another_plan_is_named() -> None:
    """By its id."""
    first, *rest = observations_of(PLAN)
    (reason,) = check_plan(statement_of().predicate, [replace(first, plan="0" * 64), *rest])

    assert reason.code is ReasonCode.PLAN_MISMATCH
    assert first.id in reason.detail


def test_a_result_refers_to_all_that_was_planned_for_it() -> None:
    """Not less, not more, not in another order."""
    predicate = statement_of().predicate
    first, second = predicate.run.results
    for ids in (first.observations[1:], (*first.observations, first.observations[0]), first.observations[::-1]):
        run = replace(predicate.run, results=(replace(first, observations=ids), second))
        assert [reason.code for reason in check_results(replace(predicate, run=run))] == [
            ReasonCode.DENOMINATOR_MISMATCH
        ]


def test_every_reason_is_of_a_kind() -> None:
    """Each kind has some."""
    assert {code.kind for code in ReasonCode} == set(ReasonKind)


def test_all_mentions_of_the_plan_are_one() -> None:
    """The digest taken before, the run's, and the plan's own."""
    predicate = statement_of().predicate
    wrong = "0" * 64
    for changed in (
        replace(predicate, plan_sha256=wrong),
        replace(predicate, run=replace(predicate.run, plan=wrong)),
        replace(predicate, plan_sha256=wrong, run=replace(predicate.run, plan=wrong)),
    ):
        assert [reason.code for reason in check_plan(changed, observations_of(PLAN))] == [ReasonCode.PLAN_MISMATCH]
