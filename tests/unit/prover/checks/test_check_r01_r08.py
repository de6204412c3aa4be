"""R01 and R08, whose defects no endpoint can have: the record is about another route, or another plan."""

from collections.abc import Callable

import msgspec
import pytest
from tests.support.prover_runs import SimulatedRun, prove_simulated

from routeproof.evidence.observations import Observation, Read, body_of
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import CheckResult, observations_for
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.judging import judge_of


@pytest.fixture(scope="module")
def run() -> SimulatedRun:
    """An honest run, with a case of several steps in it."""
    return prove_simulated(["R01", "R08", "U04"])


def judged(plan: Plan, check: str, observations: tuple[Observation, ...]) -> CheckResult:
    """What the check makes of this record."""
    (known,) = checks_named([check])
    planned = plan.check(check)
    assert planned is not None
    return judge_of(known)(plan, planned, observations_for(plan, check, observations))


def with_request(one: Observation, **changed: object) -> Observation:
    """The observation of another request."""
    request = msgspec.structs.replace(one.transcript.request, **changed)
    return msgspec.structs.replace(one, transcript=msgspec.structs.replace(one.transcript, request=request))


def with_body(one: Observation, change: Callable[[bytes], bytes]) -> Observation:
    """The observation of a request with another body."""
    sent = one.transcript.request.body.data
    return with_request(one, body=body_of([Read(0, change(sent))]))


def test_the_honest_record_passes_both(run: SimulatedRun) -> None:
    """Requests that were filled in from earlier answers included."""
    assert {run[check].verdict for check in ("R01", "R08")} == {Verdict.PASS}
    assert any(one.step == 2 for one in run.observations)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"base_url": "https://api.example/v1"}, "another base url"),
        ({"model": "deepseek-v4-pro"}, "another model"),
        ({"overlay_digest": "00" * 32}, "another overlay"),
    ],
)
def test_a_plan_of_another_route_is_seen(run: SimulatedRun, changed: dict[str, str], words: str) -> None:
    """The digest is worked out again from what was asked."""
    plan = msgspec.structs.replace(run.plan, route=msgspec.structs.replace(run.plan.route, **changed))

    result = judged(plan, "R01", run.observations)

    assert result.verdict is Verdict.FAIL
    assert result.failures[0].endswith(words)


def test_another_path_is_another_route(run: SimulatedRun) -> None:
    """The requests went below another address than the plan's."""
    moved = tuple(with_request(one, path="/other" + one.transcript.request.path) for one in run.observations)

    assert judged(run.plan, "R01", moved).failures[0].endswith("another base url")


def test_observations_of_another_plan_are_seen(run: SimulatedRun) -> None:
    """The plan was changed after the run, if only by its seed."""
    replanned = msgspec.structs.replace(run.plan, seed=run.plan.seed + 1)

    result = judged(replanned, "R08", run.observations)

    assert result.verdict is Verdict.FAIL
    assert "the observation is of another plan" in result.failures
    assert "another request was sent than the one that was planned" in result.failures


def test_one_changed_request_is_seen(run: SimulatedRun) -> None:
    """Among all others that are as planned."""
    (first, *rest) = run.observations
    tuned = with_body(first, lambda body: body.replace(b'"max_tokens":512', b'"max_tokens":513'))

    result = judged(run.plan, "R08", (tuned, *rest))

    assert result.verdict is Verdict.FAIL
    assert result.failures == ("another request was sent than the one that was planned",)


def test_a_body_with_masks_is_not_compared(run: SimulatedRun) -> None:
    """Its bytes are not those that were sent."""
    (first, *rest) = run.observations
    masked = msgspec.structs.replace(first.transcript.request.body, secrets_masked=1, reads=(Read(0, b"****"),))

    assert judged(run.plan, "R08", (with_request(first, body=masked), *rest)).verdict is Verdict.PASS
