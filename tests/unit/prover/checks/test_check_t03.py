"""T03 on decisions written by hand: what a gateway changes is told from what chance changes."""

from collections.abc import Callable

import pytest
from tests.support.hand_made_runs import judged, keys_of, observed, plan_of
from tests.support.written_answers import written

from routeproof.evidence.observations import Arm, Ending, Observation, ObservationKey
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.cases.tool_cases import expected_tool

Decide = Callable[[ObservationKey], str | None]
ARMS = (Arm.DIRECT, Arm.DIRECT_AGAIN, Arm.GATEWAY)


def right(key: ObservationKey) -> str | None:
    """The tool that fits."""
    return expected_tool(key.case)


def answer(plan: Plan, key: ObservationKey, tool: str | None) -> Observation:
    """A call of that tool, or words."""
    return written(plan, key, calls=[(tool, {})]) if tool else written(plan, key, "In words.")


def compared(decide: Decide) -> CheckResult:
    """The check on three arms that decide like this."""
    plan = plan_of("T03", arms=ARMS)
    return judged(plan, "T03", [answer(plan, key, decide(key)) for key in keys_of(plan)])


def forgetful(*arms: Arm, of: str) -> Decide:
    """Calls nothing on these arms where the case's name begins so."""

    def decide(key: ObservationKey) -> str | None:
        return None if key.arm in arms and key.case.startswith(of) else right(key)

    return decide


def figures_of(result: CheckResult) -> dict[str, int]:
    """By name."""
    return {figure.name: figure.value for figure in result.figures}


def test_equal_decisions_pass() -> None:
    """82 pairs without a difference show that the gateway is worse by less than five points."""
    result = compared(right)

    assert result.verdict is Verdict.PASS
    assert figures_of(result)["gateway against direct: F1"] == 1_000_000
    assert result.failures == ()


def test_a_gateway_that_loses_a_tool_fails() -> None:
    """Ten of fifty calls are missing; the result shows one of them, and what was called directly."""
    result = compared(forgetful(Arm.GATEWAY, of="tools-parcel"))

    assert result.verdict is Verdict.FAIL
    assert figures_of(result)["gateway against direct: other decisions"] == 10
    assert figures_of(result)["gateway against direct: F1"] == 2 * 40 * 1_000_000 // 90
    assert figures_of(result)["gateway against direct: McNemar's p"] == 2 * 1_000_000 // 2**10
    assert "gateway: calls nothing, directly calls track_parcel" in result.failures


def test_what_direct_differs_from_itself_by_is_no_finding() -> None:
    """The second direct arm forgets as much: then nothing can be said."""
    result = compared(forgetful(Arm.GATEWAY, Arm.DIRECT_AGAIN, of="tools-parcel"))

    assert result.verdict is Verdict.INCONCLUSIVE
    assert figures_of(result)["direct-again against direct: other decisions"] == 10


def test_a_few_differences_are_too_few_to_say() -> None:
    """Two of 82 pairs, both against the gateway."""
    assert compared(forgetful(Arm.GATEWAY, of="tools-parcel-1")).verdict is Verdict.INCONCLUSIVE


def test_a_needless_call_counts_as_much_as_a_missing_one() -> None:
    """The gateway calls a tool in every question that none fits."""

    def eager(key: ObservationKey) -> str | None:
        return right(key) or ("get_weather" if key.arm is Arm.GATEWAY else None)

    assert compared(eager).verdict is Verdict.FAIL


@pytest.mark.parametrize("arms", [ARMS, (Arm.GATEWAY,)])
def test_without_answers_it_could_not_run(arms: tuple[Arm, ...]) -> None:
    """On all arms, or by the gateway alone: there is no pair."""
    plan = plan_of("T03", arms=ARMS)

    def lost(key: ObservationKey) -> Observation:
        if key.arm in arms or key.arm is not Arm.DIRECT:
            return observed(plan, key, status=None, ending=Ending.CONNECT_FAILED)
        return answer(plan, key, right(key))

    result = judged(plan, "T03", [lost(key) for key in keys_of(plan)])

    assert result.verdict is Verdict.ERROR
    assert "network" in result.next_step


def test_pairs_that_are_missing_speak_for_neither_side() -> None:
    """Half of the gateway's answers never came: what there is agrees, and is too little."""
    plan = plan_of("T03", arms=ARMS)

    def halved(key: ObservationKey) -> Observation:
        if key.arm is Arm.GATEWAY and key.trial == 1:
            return observed(plan, key, status=None, ending=Ending.TIMED_OUT)
        return answer(plan, key, right(key))

    assert judged(plan, "T03", [halved(key) for key in keys_of(plan)]).verdict is Verdict.INCONCLUSIVE


def test_a_gateway_that_refuses_tools_fails() -> None:
    """400 to a question that is answered directly is a decision, too: the wrong one."""
    plan = plan_of("T03", arms=ARMS)
    refusal = b'{"error": {"message": "no tools here", "type": "invalid_request_error", "param": null, "code": null}}'

    def refusing(key: ObservationKey) -> Observation:
        return observed(plan, key, refusal, status=400) if key.arm is Arm.GATEWAY else answer(plan, key, right(key))

    assert judged(plan, "T03", [refusing(key) for key in keys_of(plan)]).verdict is Verdict.FAIL
