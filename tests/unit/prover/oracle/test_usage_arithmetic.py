"""The arithmetic of usage objects: what adds up passes, and what does not is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.prover.oracle.usage_arithmetic import count_of, usage_faults

COUNTS = st.integers(0, 1_000_000)


def named(usage: object) -> list[tuple[str, str]]:
    """Code and place of each fault."""
    return [(fault.code, fault.where) for fault in usage_faults(usage)]


def plain(**members: Any) -> dict[str, Any]:
    """A usage that adds up, with other members."""
    return {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, **members}


@given(COUNTS, COUNTS, st.data())
def test_what_adds_up_passes(prompt: int, completion: int, data: st.DataObject) -> None:
    """With hits said twice, misses, writes and reasoning inside their wholes."""
    hit = data.draw(st.integers(0, prompt))
    written = data.draw(st.integers(0, prompt - hit))
    reasoning = data.draw(st.integers(0, completion))
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {
            "cached_tokens": hit,
            "cache_creation_input_tokens": written,
            "cache_type": "ephemeral",
        },
        "completion_tokens_details": {"reasoning_tokens": reasoning},
        "prompt_cache_hit_tokens": hit,
        "prompt_cache_miss_tokens": prompt - hit,
    }
    assert named(usage) == []


@given(COUNTS, COUNTS, st.integers(-5, 5).filter(bool))
def test_any_other_total_is_named(prompt: int, completion: int, off: int) -> None:
    """By as little as one."""
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion + off}
    assert ("usage_total_wrong", "") in named(usage) or prompt + completion + off < 0


@pytest.mark.parametrize("usage", [None, [], "x", 1, True])
def test_what_is_no_object_is_named(usage: object) -> None:
    """Whatever else it is."""
    assert named(usage) == [("usage_not_object", "")]


@pytest.mark.parametrize("value", [1.0, True, "10", [10]])
def test_only_integers_count(value: object) -> None:
    """No fraction even of zero, no truth, no text."""
    assert ("usage_count_not_integer", "usage.prompt_tokens") in named(plain(prompt_tokens=value))


def test_tokens_read_from_and_written_to_a_cache_are_different_tokens() -> None:
    """1827 = 1486 read + 335 written + 6, as Qwen reported; one more would be too many."""
    details = {"cached_tokens": 1_486, "cache_creation_input_tokens": 335}
    assert named(plain(prompt_tokens=1_827, total_tokens=1_832, prompt_tokens_details=details)) == []
    assert named(plain(prompt_tokens=1_820, total_tokens=1_825, prompt_tokens_details=details)) == [
        ("usage_part_exceeds_whole", "usage.prompt_tokens_details")
    ]


def test_details_that_are_null_are_none() -> None:
    """Providers write null where there is nothing to say."""
    assert named(plain(prompt_tokens_details=None, completion_tokens_details={"reasoning_tokens": None})) == []


@pytest.mark.parametrize("details", [4, [], "4", False])
def test_details_that_are_no_object_are_named(details: object) -> None:
    """A bare count among them."""
    assert named(plain(prompt_tokens_details=details)) == [("member_type", "usage.prompt_tokens_details")]


def test_a_count_is_looked_up_by_its_path() -> None:
    """None where there is none, or no integer."""
    usage = plain(prompt_tokens_details={"cached_tokens": 3})

    assert count_of(usage, "prompt_tokens_details", "cached_tokens") == 3
    assert count_of(usage, "prompt_tokens_details", "audio_tokens") is None
    assert count_of(usage, "prompt_tokens", "cached_tokens") is None
    assert count_of({"prompt_tokens": True}, "prompt_tokens") is None
    assert count_of(None, "prompt_tokens") is None
