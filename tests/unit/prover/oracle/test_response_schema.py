"""Whole answers, errors and lists of models: right ones pass without a word, and each seeded defect is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.answer_defects import ASKED, OF_ANSWERS, OF_ERRORS, OF_MODELS, PLAIN, AnswerDefect
from tests.support.golden_answers import completion, error, models, tool_completion
from tests.support.stream_defects import DEFECTS

from routeproof.prover.oracle.asked import AnswerAsked
from routeproof.prover.oracle.finding_codes import RULES, Layer
from routeproof.prover.oracle.messages import ToolCall
from routeproof.prover.oracle.overlays import STRICT
from routeproof.prover.oracle.response_schema import examine_completion, examine_error, examine_models

OF_AGREEMENT = {"row_differs", "answers_differ"}
"""Raised where two accounts of one answer differ: tests/unit/prover/stream/test_agreement.py."""


@pytest.mark.parametrize("answer", [completion(), tool_completion()], ids=["text", "tools"])
def test_a_right_answer_passes_without_a_word(answer: dict[str, object]) -> None:
    """Not even a note, with its content type."""
    body = json.dumps(answer).encode()
    assert examine_completion(body, STRICT, ASKED, content_type="application/json; charset=utf-8").findings == ()


@pytest.mark.parametrize("defect", OF_ANSWERS, ids=lambda defect: defect.name)
def test_every_seeded_defect_of_an_answer_is_named(defect: AnswerDefect) -> None:
    """By its own code, and none counts against a check of streams."""
    found = examine_completion(defect.body, STRICT, defect.asked, content_type=defect.content_type).findings

    assert defect.code in {one.code for one in found}
    assert {one.layer for one in found} <= {Layer.BODY, Layer.USAGE}
    assert not [one for one in found if one.check.startswith("S")]


@pytest.mark.parametrize("defect", OF_ERRORS, ids=lambda defect: defect.name)
def test_every_seeded_defect_of_an_error_is_named(defect: AnswerDefect) -> None:
    """By its own code, and counts against the check of errors."""
    found = examine_error(defect.body, STRICT, content_type=defect.content_type).findings

    assert (defect.code, "E01") in {(one.code, one.check) for one in found}


@pytest.mark.parametrize("defect", OF_MODELS, ids=lambda defect: defect.name)
def test_every_seeded_defect_of_a_list_of_models_is_named(defect: AnswerDefect) -> None:
    """By its own code, and counts against the check of the catalogue."""
    found = examine_models(defect.body, STRICT, content_type=defect.content_type).findings

    assert (defect.code, "R02") in {(one.code, one.check) for one in found}


def test_there_is_a_seeded_defect_for_every_code() -> None:
    """A code that nothing raises proves nothing."""
    seeded = {defect.code for defect in DEFECTS}
    seeded |= {defect.code for table in (OF_ANSWERS, OF_ERRORS, OF_MODELS) for defect in table}

    assert seeded | OF_AGREEMENT == RULES.keys()


def test_what_an_answer_says_is_read() -> None:
    """Messages, calls, usage, model and id."""
    found = examine_completion(json.dumps(tool_completion()).encode(), STRICT, ASKED)
    (message,) = found.messages

    assert message.tool_calls[1] == ToolCall(1, "call_b", "time", "{}")
    assert (message.content, message.finish_reason) == ("", "tool_calls")
    assert found.usage == completion()["usage"]
    assert (found.model, found.id) == ("gpt-sample", "chatcmpl-1")


def test_a_named_tool_ends_with_stop() -> None:
    """As OpenAI documents for a tool choice that names a function."""
    answer = tool_completion()
    answer["choices"][0]["finish_reason"] = "stop"
    asked = AnswerAsked(tool_named=True)

    assert examine_completion(json.dumps(answer).encode(), STRICT, asked).findings == ()


def test_reasoning_is_judged_where_thinking_was_switched_off() -> None:
    """None is none, and any is a leak."""
    answer = completion()
    answer["choices"][0]["message"]["reasoning_content"] = "hm"
    found = examine_completion(json.dumps(answer).encode(), STRICT, AnswerAsked(thinking=False)).faults

    assert [(one.code, one.check) for one in found] == [("reasoning_unasked", "K01")]


def test_an_error_in_an_answer_is_handed_on() -> None:
    """For whoever names the provider's errors."""
    found = examine_completion(json.dumps(error()).encode(), STRICT, ASKED)
    assert found.error == error()["error"]


def test_what_an_error_says_is_read() -> None:
    """Message, type and code, out of an event too."""
    body = b"data: " + json.dumps(error()).encode() + b"\n\n"
    assert examine_error(json.dumps(error()).encode(), STRICT).findings == ()
    assert examine_error(body, STRICT).message == "No such model"
    assert examine_error(body, STRICT).type == "invalid_request_error"


def test_a_right_list_of_models_passes_without_a_word() -> None:
    """And its ids are read."""
    found = examine_models(json.dumps(models()).encode(), STRICT)
    assert (found.findings, found.ids) == ((), ("gpt-sample",))


@given(st.binary(max_size=60) | st.just(PLAIN), st.integers(0, len(PLAIN)), st.binary(max_size=10))
def test_nothing_makes_an_examination_raise(body: bytes, at: int, noise: bytes) -> None:
    """Neither noise nor a right answer with noise written over it."""
    body = body[:at] + noise + body[at + len(noise) :]
    examine_completion(body, STRICT, ASKED)
    examine_error(body, STRICT)
    examine_models(body, STRICT)
