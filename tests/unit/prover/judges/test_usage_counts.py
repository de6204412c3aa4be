"""`prover/judges/usage_counts.py`: the counts of a usage object as a tariff takes them."""

import pytest
from tests.support.hand_made_runs import usage

from routeproof.prover.judges.usage_counts import counts_of, hits_in
from routeproof.usage import Usage


def test_deepseeks_counts() -> None:
    """Hits are said twice and counted once."""
    told = {**usage(100, 20, 64), "completion_tokens_details": {"reasoning_tokens": 5}}

    assert counts_of(told) == Usage(100, 20, 64, 0, 5)


def test_qwens_explicit_cache() -> None:
    """Hits and writes, and that they are an explicit cache's."""
    details = {"cached_tokens": 10, "cache_type": "ephemeral", "cache_creation_input_tokens": 30}
    told: dict[str, object] = {
        "prompt_tokens": 50,
        "completion_tokens": 1,
        "total_tokens": 51,
        "prompt_tokens_details": details,
    }

    assert counts_of(told) == Usage(50, 1, 10, 30, 0, True)


def test_hits_without_details() -> None:
    """By DeepSeek's own name."""
    assert hits_in({"prompt_cache_hit_tokens": 64}) == 64
    assert hits_in({}) == 0


@pytest.mark.parametrize("told", [None, {}, usage(10, 2) | {"total_tokens": 13}, usage(10, 2, 11)])
def test_numbers_that_can_not_be_true_are_never_priced(told: dict[str, object] | None) -> None:
    """Nor is a usage that is not there."""
    assert counts_of(told) is None
