"""What simulated models make of tools."""

import json

import msgspec
import pytest

from routeproof.prover.cases.tool_sets import IRRELEVANT, TOOLS, TRIGGERS, Question
from routeproof.simulator.chat import Message, Tool
from routeproof.simulator.draws import Draws
from routeproof.simulator.tool_sense import arguments_for, history_problem, results_told, tools_meant

OFFERED = msgspec.convert(list(TOOLS), list[Tool])


def talk(*messages: dict[str, object]) -> list[Message]:
    """Messages as a provider reads them."""
    return msgspec.convert(list(messages), list[Message])


@pytest.mark.parametrize("question", TRIGGERS, ids=lambda one: one.id)
def test_a_question_calls_for_the_tool_that_it_names(question: Question) -> None:
    """And for no other: what the prover expects of a good model."""
    assert [tool.function.name for tool in tools_meant(OFFERED, question.text)] == [question.tool]


@pytest.mark.parametrize("question", IRRELEVANT, ids=lambda one: one.id)
def test_a_question_about_something_else_calls_for_none(question: Question) -> None:
    """So that a needless call is a defect and no habit of the simulator."""
    assert tools_meant(OFFERED, question.text) == []


def test_a_text_that_wants_nothing_in_particular_takes_any_tool() -> None:
    """One word is no question."""
    assert tools_meant(OFFERED, "hello") == OFFERED


def test_what_stands_in_quotes_behind_its_name_is_the_argument() -> None:
    """Other arguments are drawn from the schema."""
    parcel = next(tool for tool in OFFERED if tool.function.name == "track_parcel")

    assert json.loads(arguments_for(parcel, 'Where is parcel "KX-1" now?', Draws(1))) == {"parcel": "KX-1"}
    assert json.loads(arguments_for(parcel, "Where is it?", Draws(1)))["parcel"] != "KX-1"


def test_results_are_told_value_by_value() -> None:
    """Those of all tool messages at the end; plain text as it is."""
    results = [
        {"role": "user", "content": "?"},
        {"role": "tool", "tool_call_id": "a", "content": '{"depot": "north", "since": [1, null]}'},
        {"role": "tool", "tool_call_id": "b", "content": "sunny"},
    ]

    assert results_told(talk(*results)) == "north 1 None sunny"
    assert results_told(talk(*results, {"role": "user", "content": "and?"})) is None


CALL = {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "x"}
OTHER = {"role": "tool", "tool_call_id": "b", "content": "x"}
ASK = {"role": "user", "content": "?"}


@pytest.mark.parametrize(
    ("messages", "place", "unanswered"),
    [([ASK, CALL], 2, True), ([ASK, CALL, ASK], 2, True), ([ASK, CALL, OTHER], 2, True), ([ASK, RESULT], 1, False)],
)
def test_results_must_fit_calls(messages: list[dict[str, object]], place: int, *, unanswered: bool) -> None:
    """A call without a result, a result of another call, a result of none."""
    found = history_problem(talk(*messages))

    assert found is not None
    assert (found.place, found.unanswered) == (place, unanswered)


def test_a_history_in_order_has_no_problem() -> None:
    """Each call answered before anything else is said."""
    assert history_problem(talk(ASK, CALL, RESULT, ASK)) is None
