"""`compare` before a gateway that somebody else wrote, honest and with each of its faults, and before our own.

What the report says is held against the bytes that came: a difference that is told is there, one that is there is told.
"""

import json

import pytest
from tests.support.comparing import ENVIRON, Comparison, compared, compared_with_newapi
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.evidence.verdicts import Verdict
from routeproof.prover.comparison.facets import ComparedFacet, Outcome
from routeproof.prover.packs import Pack
from routeproof.simulator.faults import Fault

ANSWERS = (
    ComparedFacet.PLAIN,
    ComparedFacet.STREAMING,
    ComparedFacet.TOOLS,
    ComparedFacet.JSON,
    ComparedFacet.REASONING,
    ComparedFacet.USAGE,
    ComparedFacet.LIMITS,
)
LOST_REASONING = {"choices[].message.reasoning_content", "choices[].delta.reasoning_content", "message reasoning"}


def answered_alike(found: Comparison, *but: ComparedFacet) -> None:
    """Every facet of answers is the same, but for these."""
    outcomes = {facet: found.row(facet).outcome for facet in ANSWERS}
    assert {facet for facet, outcome in outcomes.items() if outcome is not Outcome.SAME} == set(but)


def test_an_honest_gateway_of_the_newapi_family() -> None:
    """Its answers are the provider's; its errors, model list and headers are its own, and that is told."""
    found = compared_with_newapi()
    errors = {(one.case, one.path): (one.direct, one.gateway) for one in found.row(ComparedFacet.ERRORS).differences}
    (direct,), (gateway,) = (
        {json.loads(body)["error"]["type"] for body in found.bodies("bad-key", arm)} for arm in ("direct", "gateway")
    )

    answered_alike(found)
    assert errors["compare-bad-key", "error.type"] == (json.dumps(direct), json.dumps(gateway))
    assert found.paths(ComparedFacet.RATE_LIMITS)["error.type"] == ('"rate_limit_error"', '"new_api_error"')
    assert "header x-oneapi-request-id" in found.paths(ComparedFacet.HEADERS)
    assert found.row(ComparedFacet.COST).outcome is Outcome.NOT_COMPARABLE
    assert found.row(ComparedFacet.REQUEST).outcome is Outcome.NOT_COMPARABLE
    assert (found.compared.outcome, found.compared.exit_code) == (Outcome.DIFFERENT, 1)


def test_reasoning_that_is_dropped() -> None:
    """Told where it is lost, streamed and not; the bytes of the gateway have none."""
    found = compared_with_newapi(Fault.DROP_REASONING)

    answered_alike(found, ComparedFacet.REASONING, ComparedFacet.PLAIN)
    assert set(found.paths(ComparedFacet.REASONING)) == LOST_REASONING
    for case in ("reasoning", "reasoning-stream"):
        assert all(b"reasoning_content" in body for body in found.bodies(case, "direct"))
        assert not any(b"reasoning_content" in body for body in found.bodies(case, "gateway"))


def test_streams_that_come_in_one_piece() -> None:
    """Told by the type of the body, for every case that asks for a stream."""
    found = compared_with_newapi(Fault.COLLAPSE_TO_JSON)
    changed = found.paths(ComparedFacet.STREAMING)

    answered_alike(found, ComparedFacet.STREAMING, ComparedFacet.TOOLS, ComparedFacet.REASONING)
    assert changed["content-type"] == ("text/event-stream", "application/json")
    assert all(body.startswith(b"{") for body in found.bodies("stream", "gateway"))
    assert found.row(ComparedFacet.LATENCY).outcome is Outcome.NOT_COMPARABLE


def test_streams_that_come_in_one_event() -> None:
    """Told by how the text is spread."""
    found = compared_with_newapi(Fault.COLLAPSE_TO_EVENT)

    assert found.paths(ComparedFacet.STREAMING)["stream text"] == ("in many events", "in one event")
    assert all(body.count(b'"content":"') == 1 for body in found.bodies("stream", "gateway"))
    assert all(body.count(b'"content":"') > 1 for body in found.bodies("stream", "direct"))


def test_a_model_that_does_not_exist_is_answered_by_another() -> None:
    """Told as a status: an error becomes an answer."""
    found = compared_with_newapi(Fault.SUBSTITUTE_MODEL)
    told = [one for one in found.row(ComparedFacet.ERRORS).differences if one.case == "compare-unknown-model"]

    answered_alike(found)
    assert [(one.path, one.gateway, one.times) for one in told] == [("status", "200", 2)]
    assert all(b'"choices"' in body for body in found.bodies("unknown-model", "gateway"))


def test_usage_that_is_lost() -> None:
    """Told once for all answers."""
    found = compared_with_newapi(Fault.MISSING_USAGE)

    answered_alike(found, ComparedFacet.USAGE)
    assert found.paths(ComparedFacet.USAGE)["usage"] == ("object", None)
    assert not any(b"prompt_tokens" in body for body in found.bodies("plain", "gateway"))


def test_a_hidden_mark_up_is_not_claimed_to_be_seen() -> None:
    """It is in no answer: the facet says where to look instead."""
    found = compared_with_newapi(Fault.MARK_UP)

    answered_alike(found)
    assert found.row(ComparedFacet.COST).outcome is Outcome.NOT_COMPARABLE
    assert "U08" in found.row(ComparedFacet.COST).words


@pytest.mark.parametrize(
    ("kind", "model"), [("deepseek", "deepseek-flash"), ("qwen", "qwen-plus"), ("qwen", "qwen3-max")]
)
def test_our_own_gateway_changes_no_answer(kind: str, model: str) -> None:
    """Answers, limits and rate limits are the provider's; what the gateway refuses by itself is told."""
    with RunningGateway() as gateway:
        environ = {"DIRECT_KEY": SIM_KEYS[kind], "GATEWAY_KEY": gateway.key}
        found = compared(
            gateway.simulator.base_url(kind),
            gateway.base_url,
            model=model,
            dialect=kind,
            gateway_model=f"{kind}/{model}",
            environ=environ,
        )

    answered_alike(found)
    assert found.row(ComparedFacet.RATE_LIMITS).outcome is Outcome.SAME
    assert found.check.verdict is Verdict.PASS
    assert {one.case for one in found.row(ComparedFacet.ERRORS).differences} <= {
        "compare-bad-body",
        "compare-bad-key",
        "compare-unknown-model",
    }


@pytest.mark.parametrize(
    "fault", [Fault.DROP_REASONING, Fault.COLLAPSE_TO_JSON, Fault.COLLAPSE_TO_EVENT, Fault.MISSING_USAGE]
)
def test_each_fault_of_answers_fails_the_check(fault: Fault) -> None:
    """X04 says what differs."""
    found = compared_with_newapi(fault)

    assert found.check.verdict is Verdict.FAIL
    assert found.check.failures
    assert found.check.next_step


def test_an_honest_gateway_does_not_fail_the_check() -> None:
    """It rewrites the provider's errors and nothing else; so few questions say neither yes nor no about that."""
    found = compared_with_newapi(simulated=False)

    assert found.check.verdict is Verdict.INCONCLUSIVE
    assert all("[bad-value, " in words for words in found.check.failures)


def test_one_provider_against_itself_is_the_same() -> None:
    """Nothing is told where nothing is between."""
    with RunningGateway() as gateway:
        url = gateway.simulator.base_url("deepseek")
        environ = {"DIRECT_KEY": SIM_KEYS["deepseek"], "GATEWAY_KEY": SIM_KEYS["deepseek"]}
        found = compared(url, url, environ=environ)

    assert [row.facet for row in found.compared.facets if row.outcome is Outcome.DIFFERENT] in ([], ["latency"])


def test_a_gateway_that_is_not_there() -> None:
    """Nothing can be compared, and why is said; that is exit code 2."""
    with RunningGateway() as gateway:
        url = gateway.simulator.base_url("deepseek")
        found = compared(url, "http://127.0.0.1:9/v1", environ={**ENVIRON, "DIRECT_KEY": SIM_KEYS["deepseek"]})

    assert {row.outcome for row in found.compared.facets} == {Outcome.NOT_COMPARABLE}
    assert "connect-failed" in found.row(ComparedFacet.PLAIN).words
    assert found.compared.exit_code == 2


def test_the_qualify_pack_asks_more_often() -> None:
    """So that latency has an interval."""
    with RunningGateway() as gateway:
        url = gateway.simulator.base_url("deepseek")
        keys = {"DIRECT_KEY": SIM_KEYS["deepseek"], "GATEWAY_KEY": SIM_KEYS["deepseek"]}
        found = compared(url, url, environ=keys, pack=Pack.QUALIFY)

    assert found.row(ComparedFacet.LATENCY).pairs == 30
    assert "direct against direct" in found.row(ComparedFacet.LATENCY).words
