"""Agreement: with a ledger's row to the last count, with a whole answer in kind and never in its words."""

import json
from typing import Any

import pytest
from tests.support.golden_answers import completion, tool_completion
from tests.support.golden_streams import ASKED, TEXT, TOOLS, USAGE, Frame, body, part, text_frames

from routeproof.prover.oracle.findings import Finding
from routeproof.prover.oracle.overlays import STRICT
from routeproof.prover.oracle.response_schema import AnswerExamination, examine_completion
from routeproof.prover.oracle.row_values import RowValues
from routeproof.prover.oracle.stream.agreement import agree_with_answer, agree_with_row
from routeproof.prover.oracle.stream.oracle import examine_stream

ROW = RowValues(
    prompt_tokens=20,
    completion_tokens=9,
    cached_tokens=4,
    reasoning_tokens=2,
    model="gpt-sample",
    finish_reason="stop",
)


def whole(answer: dict[str, Any]) -> AnswerExamination:
    """A whole answer as examined."""
    return examine_completion(json.dumps(answer).encode(), STRICT, ASKED)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Code and aspect of each."""
    return [(one.code, one.where) for one in findings]


def test_a_row_that_says_the_same_agrees() -> None:
    """Every count, the model, the finish reason."""
    assert agree_with_row(examine_stream(TEXT, STRICT, ASKED), ROW) == ()


def test_what_a_row_does_not_know_is_not_compared() -> None:
    """Unknown is no difference."""
    assert agree_with_row(examine_stream(TEXT, STRICT, ASKED), RowValues()) == ()


@pytest.mark.parametrize("name", RowValues.__struct_fields__)
def test_a_row_that_is_off_by_one_is_told(name: str) -> None:
    """With both values in the words."""
    values = {field: getattr(ROW, field) for field in RowValues.__struct_fields__}
    values[name] = f"{values[name]}x" if isinstance(values[name], str) else values[name] + 1
    (finding,) = agree_with_row(examine_stream(TEXT, STRICT, ASKED), RowValues(**values))

    assert (finding.code, finding.where, finding.check) == ("row_differs", name, "U07")
    assert str(values[name]) in finding.words


def test_a_row_with_counts_that_the_stream_does_not_have_is_told() -> None:
    """Counts must come from somewhere."""
    found = examine_stream(body(text_frames()[:-1]), STRICT, ASKED)
    names = [where for _, where in told(agree_with_row(found, ROW))]

    assert names == ["prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens"]


def test_hits_may_be_counted_by_deepseeks_member_alone() -> None:
    """The details repeat it where there are any."""
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 9,
        "total_tokens": 29,
        "prompt_cache_hit_tokens": 4,
        "prompt_cache_miss_tokens": 16,
    }
    frames: list[Frame] = [*text_frames()[:-1], {**text_frames()[-1], "usage": usage}]
    row = RowValues(cached_tokens=4, reasoning_tokens=0)

    assert agree_with_row(examine_stream(body(frames), STRICT, ASKED), row) == ()


@pytest.mark.parametrize(("stream", "answer"), [(TEXT, completion()), (TOOLS, tool_completion())])
def test_answers_of_one_kind_agree(stream: bytes, answer: dict[str, Any]) -> None:
    """Though they say other words."""
    assert agree_with_answer(examine_stream(stream, STRICT, ASKED), whole(answer)) == ()


def test_each_aspect_that_differs_is_told() -> None:
    """The model, the number of choices, the channels, the tools, the prompt, the usage's members."""
    answer = tool_completion()
    answer["model"] = "gpt-other"
    answer["choices"].append({**answer["choices"][0], "index": 1})
    answer["choices"][0]["message"]["reasoning_content"] = "hm"
    answer["usage"] = {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30}
    aspects = [where for _, where in told(agree_with_answer(examine_stream(TEXT, STRICT, ASKED), whole(answer)))]

    assert aspects == ["model", "choices", "reasoning", "tool_calls", "prompt_tokens", "usage members"]


def test_a_stream_without_usage_is_not_held_to_one() -> None:
    """It need not have asked."""
    found = examine_stream(body(text_frames()[:-1]), STRICT, ASKED)
    assert agree_with_answer(found, whole(completion(usage=USAGE))) == ()


def test_the_stream_as_a_whole_passes_the_oracle_of_whole_answers() -> None:
    """What no chunk shows by itself: a finish reason that speaks of calls, and no call."""
    frames = [part({"role": "assistant", "content": "x"}), part({}, "tool_calls"), text_frames()[-1]]
    findings = examine_stream(body(frames), STRICT, ASKED).findings

    assert [(one.code, one.check) for one in findings] == [("finish_without_tool_calls", "T05")]
