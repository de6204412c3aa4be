"""What the benchmark sends and answers."""

import json

import pytest
from bench.bodies import CHAT_BYTES, LARGE_BYTES, answer_body, chat_body, stream_event


@pytest.mark.parametrize("size", [CHAT_BYTES, LARGE_BYTES])
@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_body_has_exactly_the_size(size: int, stream: bool) -> None:
    """Whatever the model's name."""
    body = chat_body("ds-flash-stream", size, stream=stream)

    assert len(body) == size
    assert json.loads(body)["model"] == "ds-flash-stream"
    assert json.loads(body).get("stream", False) is stream


def test_the_answer_carries_usage_that_adds_up() -> None:
    """A gateway that checks it finds nothing wrong."""
    usage = json.loads(answer_body())["usage"]

    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens"] == usage["prompt_cache_hit_tokens"] + usage["prompt_cache_miss_tokens"]


def test_an_event_is_one_data_line_and_an_empty_one() -> None:
    """So that counting empty lines counts events."""
    event = stream_event()

    assert event.startswith(b"data: {")
    assert event.endswith(b"\n\n")
    assert event.count(b"\n") == 2
