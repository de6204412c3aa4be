"""Usage objects of every family, and what makes one untrustworthy."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.dialects.registry import DIALECT_NAMES, dialect_named
from routeproof.dialects.usage_reading import COUNT_MAX, read_chat_usage
from routeproof.usage import Usage


def read(**members: object) -> Usage | None:
    """The counts, where there is no anomaly."""
    reading = read_chat_usage(json.dumps(members).encode())
    assert reading.anomaly is None
    return reading.usage


def anomaly(**members: object) -> str | None:
    """The anomaly, where there are no counts."""
    reading = read_chat_usage(json.dumps(members).encode())
    assert reading.usage is None
    return reading.anomaly


def test_openai_usage() -> None:
    """Cached and reasoning tokens are parts of their wholes, unknown members are ignored."""
    usage = read(
        prompt_tokens=2006,
        completion_tokens=300,
        total_tokens=2306,
        prompt_tokens_details={"cached_tokens": 1920, "audio_tokens": 0},
        completion_tokens_details={"reasoning_tokens": 128, "accepted_prediction_tokens": 0},
        service="default",
    )

    assert usage == Usage(2006, 300, cache_hit_tokens=1920, reasoning_tokens=128)


def test_deepseek_hits_are_counted_once() -> None:
    """cached_tokens repeats the hits and is not added to them."""
    usage = read(
        prompt_tokens=335,
        completion_tokens=138,
        total_tokens=473,
        prompt_tokens_details={"cached_tokens": 256},
        prompt_cache_hit_tokens=256,
        prompt_cache_miss_tokens=79,
    )

    assert usage == Usage(335, 138, cache_hit_tokens=256)


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (
            {
                "cached_tokens": 0,
                "cache_type": "ephemeral",
                "cache_creation_input_tokens": 3550,
                "cache_creation": {"ephemeral_5m_input_tokens": 3550},
            },
            Usage(3564, 20, cache_write_tokens=3550, explicit_cache=True),
        ),
        (
            {"cached_tokens": 3550, "cache_type": "ephemeral", "cache_creation_input_tokens": 0},
            Usage(3564, 20, cache_hit_tokens=3550, explicit_cache=True),
        ),
        (
            {"cached_tokens": 1486, "cache_type": "ephemeral", "cache_creation_input_tokens": 335},
            Usage(3564, 20, cache_hit_tokens=1486, cache_write_tokens=335, explicit_cache=True),
        ),
        ({"cached_tokens": 3072, "text_tokens": 3564}, Usage(3564, 20, cache_hit_tokens=3072)),
        ({"cached_tokens": 3072, "cache_type": "implicit"}, Usage(3564, 20, cache_hit_tokens=3072)),
        ({"cached_tokens": 3072, "cache_type": None}, Usage(3564, 20, cache_hit_tokens=3072)),
        (
            {"cache_type": "ephemeral", "cache_creation": {"ephemeral_5m_input_tokens": 100}},
            Usage(3564, 20, cache_write_tokens=100, explicit_cache=True),
        ),
    ],
)
def test_qwen_tells_an_explicit_cache_from_an_implicit_one(details: dict[str, object], expected: Usage) -> None:
    """Creations are read, and only cache_type "ephemeral" says that the cache was asked for."""
    usage = read(prompt_tokens=3564, completion_tokens=20, total_tokens=3584, prompt_tokens_details=details)

    assert usage == expected


@pytest.mark.parametrize("nothing", [{}, {"prompt_tokens_details": None, "completion_tokens_details": None}])
def test_details_may_be_missing_or_null(nothing: dict[str, None]) -> None:
    """Without details nothing was cached and nothing reasoned; the total may be absent too."""
    assert read(prompt_tokens=1, completion_tokens=0, **nothing) == Usage(1, 0)
    assert read(
        prompt_tokens=1,
        completion_tokens=2,
        total_tokens=None,
        prompt_tokens_details={"cached_tokens": None},
        completion_tokens_details={"reasoning_tokens": None},
        prompt_cache_hit_tokens=None,
    ) == Usage(1, 2)


def test_unknown_members_are_not_looked_at() -> None:
    """What is not a count can hold anything, even bytes that are no text."""
    raw = b'{"prompt_tokens":1,"completion_tokens":2,"\xff":2,"cost":{"a":[1.5,"\xff"]}}'

    assert read_chat_usage(raw).usage == Usage(1, 2)


WHOLE = {"prompt_tokens": 10, "completion_tokens": 5}


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"prompt_tokens": -1}, "negative"),
        ({"completion_tokens": -5}, "negative"),
        ({"total_tokens": -15}, "negative"),
        ({"prompt_cache_miss_tokens": -10}, "negative"),
        ({"prompt_tokens_details": {"cached_tokens": -1}}, "negative"),
        ({"prompt_tokens_details": {"cache_creation_input_tokens": -1}}, "negative"),
        ({"completion_tokens_details": {"reasoning_tokens": -1}}, "negative"),
        ({"prompt_tokens": -(10**5000 // 10**4900)}, "negative"),
        ({"prompt_tokens_details": {"cached_tokens": 11}}, "part_exceeds_whole"),
        (
            {"prompt_tokens_details": {"cached_tokens": 6, "cache_creation_input_tokens": 5}},
            "part_exceeds_whole",
        ),
        ({"prompt_cache_hit_tokens": 11}, "part_exceeds_whole"),
        ({"completion_tokens_details": {"reasoning_tokens": 6}}, "part_exceeds_whole"),
        ({"total_tokens": 14}, "total_mismatch"),
        ({"total_tokens": 0}, "total_mismatch"),
        ({"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 7}, "cache_mismatch"),
        ({"prompt_cache_hit_tokens": 4, "prompt_tokens_details": {"cached_tokens": 5}}, "cache_mismatch"),
        ({"prompt_cache_hit_tokens": 0, "prompt_tokens_details": {"cached_tokens": 5}}, "cache_mismatch"),
        ({"prompt_cache_miss_tokens": 9}, "cache_mismatch"),
        ({"prompt_tokens": "10"}, "not_an_integer"),
        ({"prompt_tokens": 10.0}, "not_an_integer"),
        ({"completion_tokens": 12.5}, "not_an_integer"),
        ({"completion_tokens": True}, "not_an_integer"),
        ({"total_tokens": [15]}, "not_an_integer"),
        ({"prompt_tokens_details": {"cached_tokens": "4"}}, "not_an_integer"),
        ({"prompt_tokens_details": {"cache_creation": {"ephemeral_5m_input_tokens": 1.0}}}, "not_an_integer"),
        ({"completion_tokens_details": {"reasoning_tokens": 1e2}}, "not_an_integer"),
        ({"prompt_tokens": COUNT_MAX + 1}, "too_large"),
        ({"completion_tokens": 10**30}, "too_large"),
        ({"total_tokens": 10**30}, "too_large"),
        ({"prompt_tokens": 10**17, "completion_tokens": None}, "too_large"),
        ({"prompt_tokens": None}, "missing_count"),
        ({"completion_tokens": None}, "missing_count"),
        ({"prompt_tokens_details": [1]}, "not_an_object"),
        ({"completion_tokens_details": 3}, "not_an_object"),
    ],
)
def test_anomalies(members: dict[str, object], word: str) -> None:
    """Counts that contradict each other, or are no counts, are named and never used."""
    assert anomaly(**(WHOLE | members)) == word


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"null", "not_an_object"),
        (b"[]", "not_an_object"),
        (b"", "not_an_object"),
        (b'{"prompt_tokens":1', "not_an_object"),
        (b'{"x":' + b"[" * 100_000, "not_an_object"),
        (b"{}", "missing_count"),
        (b'{"input_tokens":1,"output_tokens":2}', "missing_count"),
        (b'{"prompt_tokens":' + b"9" * 5000 + b',"completion_tokens":1}', "too_large"),
        (b'{"prompt_tokens":-' + b"9" * 5000 + b',"completion_tokens":1}', "negative"),
    ],
)
def test_what_is_no_chat_usage(raw: bytes, word: str) -> None:
    """Bytes that are no usage object at all have their words too."""
    assert read_chat_usage(raw).anomaly == word


def test_the_largest_count_is_still_read() -> None:
    """The bound itself is a count."""
    assert read(prompt_tokens=COUNT_MAX, completion_tokens=0) == Usage(COUNT_MAX, 0)


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_every_dialect_reads_every_shape(dialect: str) -> None:
    """A family behind another's gateway keeps its members, and they are read there as well."""
    raw = msgspec.Raw(
        b'{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,'
        b'"prompt_tokens_details":{"cached_tokens":4,"cache_type":"ephemeral"}}'
    )

    assert dialect_named(dialect).read_usage(raw).usage == Usage(10, 5, 4, explicit_cache=True)


NAMES = st.sampled_from(
    [
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "cached_tokens",
        "reasoning_tokens",
        "cache_type",
        "cache_creation_input_tokens",
        "cache_creation",
        "ephemeral_5m_input_tokens",
        "prompt_cache_hit_tokens",
        "prompt_cache_miss_tokens",
    ]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6),
    max_leaves=15,
)


@given(st.binary() | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_counts_or_an_anomaly(raw: bytes) -> None:
    """Reading never raises, and what it gives holds the invariants of a usage."""
    reading = read_chat_usage(raw)

    assert (reading.usage is None) is (reading.anomaly is not None)
    if reading.usage is not None:
        usage = reading.usage
        assert min(msgspec.structs.astuple(usage)) >= 0
        assert usage.cache_hit_tokens + usage.cache_write_tokens <= usage.input_tokens <= COUNT_MAX
        assert usage.reasoning_tokens <= usage.output_tokens <= COUNT_MAX


COUNTS = st.integers(min_value=0, max_value=2**40)


@given(hits=COUNTS, misses=COUNTS, writes=COUNTS, answer=COUNTS, reasoning=COUNTS, explicit=st.booleans())
def test_consistent_counts_are_read_exactly(
    hits: int, misses: int, writes: int, answer: int, reasoning: int, explicit: bool
) -> None:
    """Whatever adds up is read to the last token."""
    prompt, completion = hits + misses + writes, answer + reasoning

    usage = read(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        prompt_cache_hit_tokens=hits,
        prompt_cache_miss_tokens=misses + writes,
        prompt_tokens_details={
            "cached_tokens": hits,
            "cache_creation_input_tokens": writes,
            "cache_type": "ephemeral" if explicit else None,
        },
        completion_tokens_details={"reasoning_tokens": reasoning},
    )

    assert usage == Usage(prompt, completion, hits, writes, reasoning, explicit)
