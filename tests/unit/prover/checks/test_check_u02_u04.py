"""Counts that no simulated provider reports: U02, U03 and U04 on answers written by hand."""

from collections.abc import Callable, Mapping

import pytest
from tests.support.hand_made_runs import completion, judged, keys_of, observed, plan_of, usage

from routeproof.evidence.observations import Arm, ObservationKey
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.cases.prompt_ladder import repeated_in

BOTH = (Arm.DIRECT, Arm.GATEWAY)


def counted(check: str, count: Callable[[ObservationKey], int], *, arms: tuple[Arm, ...] = BOTH) -> CheckResult:
    """The check on answers that report so many prompt tokens."""
    plan = plan_of(check, arms=arms)
    seen = [observed(plan, key, completion(usage(count(key)))) for key in keys_of(plan)]
    return judged(plan, check, seen)


def honest(key: ObservationKey) -> int:
    """What a vocabulary of words would count, with a template of ten tokens."""
    return 10 + (300 if key.case == "count-drawn" else 8 * repeated_in(key.case))


def test_the_same_prompt_counts_the_same_on_every_arm() -> None:
    """One more token by the gateway is one too many, though it lies within the band."""
    result = counted("U02", lambda key: honest(key) + (key.arm is Arm.GATEWAY))

    assert counted("U02", honest).verdict is Verdict.PASS
    assert result.verdict is Verdict.FAIL
    assert "direct 310, gateway 311" in "".join(result.failures)


@pytest.mark.parametrize(("count", "verdict"), [(135, Verdict.PASS), (134, Verdict.FAIL), (736, Verdict.FAIL)])
def test_drawn_words_have_bounds_in_any_vocabulary(count: int, verdict: Verdict) -> None:
    """At least their bits over 18, at most their bytes and what a template adds."""
    result = counted("U02", lambda key: count if key.case == "count-drawn" else honest(key))

    assert result.verdict is verdict


def test_the_slope_is_held_against_the_direct_arm() -> None:
    """A gateway that adds a tenth is told from a vocabulary that splits words."""
    result = counted("U03", lambda key: honest(key) * (11 if key.arm is Arm.GATEWAY else 10) // 10)

    assert result.verdict is Verdict.FAIL
    assert "tokens by gateway and 8 direct" in result.summary


def test_a_vocabulary_of_its_own_can_be_declared() -> None:
    """Where the route says that a unit has twelve tokens, eight are too few."""
    plan = plan_of("U03", declared={"unit-tokens": 12})
    twelve = [observed(plan, key, completion(usage(12 * repeated_in(key.case)))) for key in keys_of(plan)]
    eight = [observed(plan, key, completion(usage(8 * repeated_in(key.case)))) for key in keys_of(plan)]

    assert judged(plan, "U03", twelve).verdict is Verdict.PASS
    assert judged(plan, "U03", eight).verdict is Verdict.FAIL


def recounted(first: Mapping[str, object], second_prompt: int, content: str = "the sun and sea") -> CheckResult:
    """U04 on pairs whose first answer reports this usage, and whose second prompt has so many tokens."""
    plan = plan_of("U04")

    def answer(key: ObservationKey) -> bytes:
        if key.case == "recount-known":
            return completion(usage(20 if key.step == 1 else 27))
        return completion(first if key.step == 1 else usage(second_prompt), content)

    return judged(plan, "U04", [observed(plan, key, answer(key)) for key in keys_of(plan)])


def test_an_answer_counts_what_it_counts_when_it_is_sent_back() -> None:
    """The turns around it count six here, so that thirty-six more are thirty of text."""
    assert recounted(usage(20, 30), 56, "the " * 30).verdict is Verdict.PASS
    assert recounted(usage(20, 60), 56, "the " * 30).verdict is Verdict.FAIL


def test_reasoning_is_taken_off_before_the_recount() -> None:
    """It is no part of what is sent back."""
    thought = {**usage(20, 130), "completion_tokens_details": {"reasoning_tokens": 100}}

    assert recounted(thought, 56, "the " * 30).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("completion_tokens", "words"), [(513, "max_tokens was 512"), (24, "24 tokens are reported for 15 bytes")]
)
def test_an_answer_has_no_more_tokens_than_were_allowed_or_than_it_has_bytes(
    completion_tokens: int, words: str
) -> None:
    """Whatever the recount says."""
    result = recounted(usage(20, completion_tokens), 20 + 6 + completion_tokens)

    assert result.verdict is Verdict.FAIL
    assert any(words in failure for failure in result.failures)


def test_pairs_that_never_ran_are_no_pass() -> None:
    """Without the known pair there is nothing to compare with."""
    plan = plan_of("U04")
    seen = [observed(plan, key, status=500 if key.case == "recount-known" else 200) for key in keys_of(plan)]

    assert judged(plan, "U04", seen).verdict is Verdict.FAIL
    assert judged(plan, "U04", [observed(plan, key, status=500) for key in keys_of(plan)]).verdict is Verdict.ERROR
