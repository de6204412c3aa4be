"""The cases that offer tools and leave the choice to the model: asked once, judged by T02, T03, T04 and T07."""

from typing import Final

from routeproof.evidence.plan import Case
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.cases.schema_set import SCHEMAS, SchemaCase
from routeproof.prover.cases.thinking_switches import thinking_off
from routeproof.prover.cases.tool_sets import IRRELEVANT, TOOLS, TRIGGERS, Question, function_tool
from routeproof.prover.declared import declared_names
from routeproof.prover.setup import Setup

QUESTION_REPEATS: Final = 2
"""Of 25 questions that call for a tool, 50 trials; of 16 that don't, 32."""
SCHEMA_REPEATS: Final = 2
"""Of 12 schemas, streamed and not: 48 trials."""
_QUESTION: Final = "tools-"
_SCHEMA: Final = "schema-"
_EXPECTED: Final = {f"{_QUESTION}{one.id}": one.tool for one in (*TRIGGERS, *IRRELEVANT)}


def trigger_cases(setup: Setup, check: str) -> list[Case]:
    """Questions that call for one of five tools, every other one streamed."""
    return [_question_case(setup, check, one, place) for place, one in enumerate(TRIGGERS)]


def irrelevant_cases(setup: Setup, check: str) -> list[Case]:
    """Questions for which none of the tools fits, every other one streamed."""
    return [_question_case(setup, check, one, place) for place, one in enumerate(IRRELEVANT)]


def schema_cases(setup: Setup, check: str) -> list[Case]:
    """Tasks for one tool with a schema of each stratum, streamed and not; without those declared unsupported."""
    unsupported = declared_names(setup.declared, "schemas.unsupported")
    kept = [one for one in SCHEMAS if one.stratum not in unsupported]
    return [_schema_case(setup, check, one, streamed=streamed) for one in kept for streamed in (False, True)]


def expected_tool(case_id: str) -> str | None:
    """The tool that a question calls for; None where none fits."""
    return _EXPECTED[case_id]


def stratum_of(case_id: str) -> str:
    """The stratum of a schema case."""
    return case_id.removeprefix(_SCHEMA).rpartition(".")[0]


def _question_case(setup: Setup, check: str, question: Question, place: int) -> Case:
    build = stream if place % 2 else chat
    body = build(setup, [user(question.text)], tools=TOOLS, **thinking_off(setup.dialect))
    return case(setup, f"{_QUESTION}{question.id}", check, body, repeats=QUESTION_REPEATS)


def _schema_case(setup: Setup, check: str, one: SchemaCase, *, streamed: bool) -> Case:
    tool = function_tool(f"record_{one.noun}", f"Records a {one.noun} as the user describes it.", one.schema)
    name = f"{_SCHEMA}{one.stratum}.{'stream' if streamed else 'whole'}"
    build = stream if streamed else chat
    body = build(setup, [user(one.task)], tools=[tool], **thinking_off(setup.dialect))
    return case(setup, name, check, body, repeats=SCHEMA_REPEATS)
