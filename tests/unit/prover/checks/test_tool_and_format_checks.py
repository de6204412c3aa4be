"""T, J, K, L and E on simulated routes: honest ones pass, seeded defects are named, and where no API is none passes."""

from collections.abc import Mapping

import pytest
from tests.support.prover_runs import KEY, OTHER_KEY, SimulatedRun, prove_simulated

from routeproof.config.facts_files import load_facts
from routeproof.evidence.plan import Declared
from routeproof.evidence.results import Cause
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.engine.declaring import Route, declare
from routeproof.simulator.settings import Kind, ProviderSettings

CHECKS = [
    "T01",
    "T02",
    "T04",
    "T05",
    "T06",
    "T07",
    "J01",
    "J02",
    "J03",
    "K01",
    "K02",
    "L01",
    "L02",
    "L03",
    "E01",
    "E02",
    "E03",
]
"""All but T03, which needs a second arm."""
SHORT: dict[str, Declared] = {"context-tokens": 8_000, "usable-context-tokens": 8_000}
KINDS = {"deepseek-flash": "deepseek", "deepseek-v4-pro": "deepseek"}
FACTS = load_facts()


def proved(
    *checks: str,
    model: str = "deepseek-flash",
    fault: str | Mapping[str, object] | None = None,
    declared: Mapping[str, Declared] | None = None,
) -> SimulatedRun:
    """These checks against a simulated model, of which everything is declared that facts say."""
    kind = KINDS.get(model, "qwen")
    region = "singapore" if kind == "qwen" else None
    at_ns = max(fact.checked_at_ns for fact in FACTS)
    known = declare(FACTS, Route(family=kind, model=model, region=region, dialect=kind), at_ns)
    return prove_simulated(
        list(checks),
        kind,
        model=model,
        faults=() if fault is None else (fault,),
        declared={**known, **SHORT, **(declared or {})},
        settings=ProviderSettings(name=kind, kind=Kind(kind), keys=(KEY, OTHER_KEY), context_tokens=8_000),
    )


@pytest.mark.parametrize("model", ["deepseek-flash", "deepseek-v4-pro", "qwen-plus", "qwen3-max", "qwen3.7-plus"])
def test_honest_routes_pass(model: str) -> None:
    """Only what a route declares absent is skipped: JSON schemas, where its model takes none."""
    run = proved(*CHECKS, model=model)
    structured = model == "qwen3.7-plus"

    verdicts = {check: result.verdict for check, result in run.items()}
    assert verdicts.pop("J02") is (Verdict.PASS if structured else Verdict.SKIP)
    assert set(verdicts.values()) == {Verdict.PASS}, {check: run[check].summary for check in verdicts}


def dropped(control: str) -> dict[str, object]:
    """The fault of a provider that ignores this parameter."""
    return {"fault": "drop_control", "control": control}


@pytest.mark.parametrize(
    ("check", "model", "fault", "words"),
    [
        ("T01", "deepseek-flash", dropped("tool_choice"), "choice required, and no tool was called"),
        ("T01", "qwen-plus", "never_call", "choice named, and no tool was called"),
        ("T01", "deepseek-flash", "accept_any_value", "an unknown tool_choice is answered with status 200"),
        ("T02", "qwen-plus", "cut_arguments", "InvalidJson: "),
        ("T02", "qwen3-max", "misfit_arguments", "SchemaMismatch: "),
        ("T02", "deepseek-flash", "rename_tool", "UnknownName: "),
        ("T04", "qwen-plus", "call_always", "nothing in the question asks for it"),
        ("T05", "deepseek-flash", "share_call_id", "two calls have one id"),
        ("T05", "qwen3-max", "cross_calls", "the call of track_parcel has not the parcel that the question names"),
        ("T05", "qwen-plus", dropped("parallel_tool_calls"), "1 tool calls where 2 were asked for at once"),
        ("T06", "qwen-plus", "drop_tool_results", "does not say what the tool's result says"),
        ("T06", "deepseek-flash", "accept_any_value", "for a call that nobody made is answered with status 200"),
        ("T07", "qwen3-max", "encode_arguments_twice", "array-of-objects: the arguments of record_polygon"),
        ("J01", "qwen-plus", "cut_json", "the content is not JSON"),
        ("J01", "deepseek-flash", "fence_json", "the content is not JSON"),
        ("J01", "qwen3-max", "empty_content", "the content is empty"),
        ("J01", "deepseek-flash", dropped("response_format"), "the content is not JSON"),
        ("J02", "qwen3.7-plus", "schema_as_object", "array-of-objects: "),
        ("J02", "qwen3.7-plus", "cut_json", "the content is not JSON"),
        ("J03", "qwen-plus", "accept_any_value", "a response_format of an unknown type is answered with status 200"),
        ("J03", "deepseek-flash", "crash_on_bad_value", "gets status 500"),
        ("K01", "qwen3-max", "think_in_content", "thinking tags in the content"),
        ("K01", "deepseek-flash", "empty_content", "no answer in words"),
        ("K01", "qwen3.7-plus", dropped("enable_thinking"), "thinking was switched off"),
        ("K02", "qwen-plus", "reject_reasoning", "status 400"),
        ("K02", "qwen-plus", "drop_tool_results", "replay tools kept: the second turn does not know"),
        ("K02", "deepseek-v4-pro", "accept_any_value", "a second turn (replay tools omitted) is answered"),
        ("L01", "qwen-plus", "cut_middle", "what was told in the middle is not known"),
        ("L02", "deepseek-flash", "accept_any_value", "a prompt over the declared limit is answered"),
        ("L02", "qwen-plus", "crash_on_bad_value", "gets status 500"),
        ("L03", "qwen-plus", "hide_length", "is 'stop', not 'length'"),
        ("L03", "deepseek-flash", dropped("max_tokens"), "completion tokens where 6 were allowed"),
        ("E01", "qwen-plus", "accept_any_key", "no key gets status 200, not 401 or 403"),
        ("E01", "deepseek-flash", "status_502", "an HTML page"),
        ("E01", "deepseek-flash", "crash_on_bad_value", "a body that is not JSON gets status 500"),
        ("E02", "qwen-plus", {"fault": "status_429", "seconds": 5.0}, "clients hear '5'"),
        ("E02", "deepseek-flash", "status_503", "is told as status 503, not 429"),
        ("E03", "qwen-plus", "leak_upstream", "it names a file of the server"),
    ],
)
def test_a_defect_is_found_and_named(check: str, model: str, fault: str | Mapping[str, object], words: str) -> None:
    """FAIL, with what is wrong in plain words, the bytes that show it and what to do about it."""
    result = proved(check, model=model, fault=fault)[check]

    assert result.verdict is Verdict.FAIL
    assert words in "\n".join(result.failures)
    assert result.exhibits
    assert result.next_step


@pytest.mark.parametrize("fault", ["reset", "status_503", "status_401"])
def test_where_nothing_is_answered_nothing_is_concluded(fault: str) -> None:
    """Every check comes to ERROR, with a cause and a next step, but for those that see an error as it should not be."""
    run = proved(*CHECKS, fault=fault, declared={"facet.json-schema": True})
    finds_fault = {"status_503": {"E01", "E02", "E03"}, "status_401": {"E01", "E02", "E03"}}.get(fault, set())

    for check, result in run.items():
        assert result.verdict is Verdict.ERROR or check in finds_fault, (check, result.summary)
        assert result.verdict is not Verdict.PASS or check == "E03", (check, result.summary)
        assert result.next_step or result.verdict is Verdict.PASS, check


@pytest.mark.parametrize(
    ("fault", "passes"),
    [("html_200", []), ("empty_body", []), ("error_in_200", ["E01", "E03"]), ("status_400", ["E03"])],
)
def test_what_is_no_chat_api_passes_nothing(fault: str, passes: list[str]) -> None:
    """A page, an empty body, an error for every answer, and 400 whatever was asked.

    Errors that are as they should be are none the worse for it.
    """
    run = proved(*CHECKS, fault=fault, declared={"facet.json-schema": True})

    assert [check for check, result in run.items() if result.verdict is Verdict.PASS] == passes


def test_a_refused_connection_is_told_as_such() -> None:
    """The cause is the network, and the next step says where to look."""
    result = proved("T02", fault="reset")["T02"]

    assert result.cause is Cause.NETWORK
    assert "network" in result.next_step


def test_a_choice_that_is_not_declared_is_not_asked_for() -> None:
    """Qwen documents `auto` and `none`: `required` is left out of its plan, and asked of DeepSeek."""
    deepseek, qwen = (
        {case.id for case in proved("T01", model=model).plan.cases} for model in ("deepseek-flash", "qwen-plus")
    )

    assert deepseek - qwen == {"choice-required"}


def test_a_limit_that_nobody_declares_can_not_be_proven() -> None:
    """ERROR says which number is missing; nothing is sent."""
    run = proved("L01", "L02", declared={"context-tokens": None, "usable-context-tokens": None})

    assert not run.observations
    assert [result.verdict for result in run.values()] == [Verdict.ERROR, Verdict.ERROR]
    assert "Declare context-tokens" in run["L01"].next_step


def test_the_longest_prompt_is_shown() -> None:
    """As the provider counts it: nearly all of the declared context."""
    (figure,) = proved("L01")["L01"].figures

    assert 7_300 < figure.value < 8_000


def test_a_schema_that_is_declared_unsupported_is_not_counted() -> None:
    """What is left is covered, stratum by stratum."""
    run = proved("T07", declared={"schemas.unsupported": "array-of-objects,array-of-strings,nested,union,lengths"})
    figures = {figure.name: (figure.value, figure.samples) for figure in run["T07"].figures}

    assert "nested" not in figures
    assert figures["unicode-names"] == (4, 4)
