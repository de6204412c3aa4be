"""What no simulated model does: answers written by hand before J01, J02, K01, K02, L03, T02, T05 and E01."""

from collections.abc import Callable, Mapping

import msgspec
import pytest
from tests.support.hand_made_runs import judged, keys_of, observed, plan_of
from tests.support.prover_runs import prove_simulated
from tests.support.written_answers import written

from routeproof.evidence.observations import Arm, Observation, ObservationKey
from routeproof.evidence.plan import Declared, Plan
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.packs import Pack

ERROR = b'{"error": {"message": "no", "type": "invalid_request_error", "param": null, "code": "bad"}}'
WITHOUT_JSON = "control.response_format.type.when.without_json"
REPLAY = "control.messages.reasoning_content.when.with_tools"
Answer = Callable[[Plan, ObservationKey], Observation]


def ruled(check: str, answer: Answer, declared: Mapping[str, Declared] | None = None) -> CheckResult:
    """The check on these answers."""
    plan = plan_of(check, declared=declared)
    return judged(plan, check, [answer(plan, key) for key in keys_of(plan)])


def refused(plan: Plan, key: ObservationKey, status: int = 400) -> Observation:
    """An error object."""
    return observed(plan, key, ERROR, status=status)


def json_mode(without_word: Answer, content: str = '{"a": 1}', finish: str = "stop") -> Answer:
    """JSON mode that gives this content, and does so to a prompt without the word."""

    def answer(plan: Plan, key: ObservationKey) -> Observation:
        return (
            without_word(plan, key) if key.case == "json-without-word" else written(plan, key, content, finish=finish)
        )

    return answer


def blanks(plan: Plan, key: ObservationKey) -> Observation:
    """Blanks up to the limit."""
    return written(plan, key, " " * 200, finish="length")


@pytest.mark.parametrize(
    ("without_word", "declared", "verdict"),
    [
        (refused, None, Verdict.PASS),
        (blanks, None, Verdict.PASS),
        (lambda plan, key: refused(plan, key, 500), None, Verdict.FAIL),
        (lambda plan, key: refused(plan, key, 429), None, Verdict.ERROR),
        (refused, "rejected", Verdict.PASS),
        (blanks, "rejected", Verdict.FAIL),
    ],
)
def test_without_the_word_json_the_documented_happens(
    without_word: Answer, declared: Declared, verdict: Verdict
) -> None:
    """Refused where that is declared; elsewhere blanks up to the limit are as good; never a failure of the server."""
    assert ruled("J01", json_mode(without_word), {WITHOUT_JSON: declared}).verdict is verdict


@pytest.mark.parametrize(
    ("content", "finish", "words"),
    [
        ('{"a": 1}', "length", "may be cut"),
        ("", "stop", "empty"),
        ("  ", "stop", "empty"),
        ("[1]", "stop", "no object"),
        ("null", "stop", "no object"),
        ('{"a": 1} and more', "stop", "not JSON"),
        ('{"a": ', "stop", "not JSON"),
        ("[" * 100_000, "stop", "not JSON"),
    ],
)
def test_what_is_no_whole_object_is_no_pass(content: str, finish: str, words: str) -> None:
    """Cut, empty, another value, or an object with something around it."""
    result = ruled("J01", json_mode(refused, content, finish))

    assert result.verdict is Verdict.FAIL
    assert words in result.failures[0]


def test_a_smoke_run_says_what_few_trials_can_show() -> None:
    """Six of six show more than half, and that is what smoke asks for; one failure among six leaves it open."""
    whole = prove_simulated(["J01"], pack=Pack.SMOKE)["J01"]
    one_lost = prove_simulated(["J01"], pack=Pack.SMOKE, faults=[{"fault": "cut_json", "stream": True, "times": 1}])[
        "J01"
    ]

    assert (whole.verdict, whole.rates[0].planned, whole.rates[0].threshold_ppm) == (Verdict.PASS, 6, 500_000)
    assert one_lost.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("declared", "status", "verdict"),
    [
        ({REPLAY: "effective", f"{REPLAY}.status": 400}, 400, Verdict.PASS),
        ({REPLAY: "effective", f"{REPLAY}.status": 400}, 200, Verdict.FAIL),
        ({REPLAY: "effective"}, 200, Verdict.PASS),
        ({REPLAY: "effective"}, 400, Verdict.FAIL),
        ({}, 200, Verdict.PASS),
        ({}, 400, Verdict.PASS),
        ({}, 500, Verdict.FAIL),
    ],
)
def test_a_turn_without_its_reasoning_is_judged_by_what_is_declared(
    declared: dict[str, Declared], status: int, verdict: Verdict
) -> None:
    """Behind a tool call: needed, not needed, or undocumented; a failure of the server is never right."""

    def answer(plan: Plan, key: ObservationKey) -> Observation:
        if key.case == "replay-tools-omitted" and key.step == 2 and status != 200:
            return refused(plan, key, status)
        return written(plan, key, nonce_of(plan.seed, key.case, key.trial), reasoning="Hm.")

    plan = plan_of("K02", declared=declared)
    keys = [key for key in keys_of(plan) if not key.case.startswith("replay-tools") or key.step == 1]
    second = [key for key in keys_of(plan) if key not in keys]
    seen = [answer(plan, key) for key in keys] + [_behind_a_call(plan, key, answer) for key in second]

    assert judged(plan, "K02", seen).verdict is verdict


def _behind_a_call(plan: Plan, key: ObservationKey, answer: Answer) -> Observation:
    """A second step whose request holds a call's id, which only a run fills in."""
    whole = msgspec.structs.replace
    cases = [
        whole(
            case, steps=tuple(whole(step, body=step.body.replace(b"@@call_id:1@@", b"call_1")) for step in case.steps)
        )
        for case in plan.cases
    ]
    return answer(whole(plan, cases=tuple(cases)), key)


@pytest.mark.parametrize(
    ("thinks", "reasoning", "content", "verdict"),
    [
        (True, "Hm.", "It has ten.", Verdict.PASS),
        (True, "", "It has ten.", Verdict.FAIL),
        (False, "", "It has ten.", Verdict.PASS),
        (False, "Hm.", "", Verdict.FAIL),
        (False, "", "<think>Hm.</think>It has ten.", Verdict.FAIL),
    ],
)
def test_a_route_without_a_switch_is_judged_as_it_is(
    *, thinks: bool, reasoning: str, content: str, verdict: Verdict
) -> None:
    """Reasoning is wanted only where the route says that it thinks by default; tags and silence never are."""
    plan = plan_of("K01", dialect="openai", declared={"thinking-default": thinks})
    seen = [written(plan, key, content, reasoning=reasoning) for key in keys_of(plan)]

    assert {case.id for case in plan.cases} == {"reasoning-as-it-is"}
    assert judged(plan, "K01", seen).verdict is verdict


def test_a_call_goes_into_the_bucket_of_what_fails_first() -> None:
    """An unknown name is not held to a schema, and broken JSON neither."""

    def answer(plan: Plan, key: ObservationKey) -> Observation:
        return written(plan, key, calls=[("get_weather", {"city": 5}), ("unheard_of", {})])

    figures = {figure.name: figure.value for figure in ruled("T02", answer).figures}

    assert figures["UnknownName"] > figures["SchemaMismatch"] > 0
    assert figures["InvalidJson"] == 0


def test_a_status_can_be_declared() -> None:
    """A gateway that gives 503 for an unknown model, and says so, is not at fault."""

    def answer(plan: Plan, key: ObservationKey) -> Observation:
        unknown = b'{"error": {"message": "no channel", "type": "x", "param": null, "code": "model_not_found"}}'
        if key.case == "error-unknown-model":
            return observed(plan, key, unknown, status=503)
        return refused(plan, key, 401 if "key" in key.case else 400)

    assert ruled("E01", answer).verdict is Verdict.FAIL
    assert ruled("E01", answer, {"status.unknown-model": 503}).verdict is Verdict.PASS


def test_an_overload_says_nothing_about_errors() -> None:
    """429 with an object for every request: nothing was looked at."""
    limited = b'{"error": {"message": "slow down", "type": "rate_limit_error", "param": null, "code": "rate_limited"}}'

    def answer(plan: Plan, key: ObservationKey) -> Observation:
        return observed(plan, key, limited, status=429)

    assert ruled("E01", answer).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("fault", "code", "verdict"),
    [
        ("upstream", "upstream_rate_limited", Verdict.PASS),
        ("gateway", "upstream_rate_limited", Verdict.FAIL),
        ("upstream", "overloaded", Verdict.FAIL),
    ],
)
def test_behind_our_gateway_a_limit_names_whose_it_is(fault: str, code: str, verdict: Verdict) -> None:
    """Retry-After as the provider wrote it, and headers that tell its limit from ours."""
    plan = plan_of("E02", arms=(Arm.DIRECT, Arm.GATEWAY), simulated=True)

    def limited(key: ObservationKey) -> Observation:
        seen = observed(plan, key, ERROR, status=429)
        told = [("retry-after", "2" if key.case == "rate-limit-short" else "37")]
        if key.arm is Arm.GATEWAY:
            told += [("x-routeproof-fault", fault), ("x-routeproof-error", code)]
        headers = (*seen.transcript.headers, *told)
        return msgspec.structs.replace(seen, transcript=msgspec.structs.replace(seen.transcript, headers=headers))

    assert judged(plan, "E02", [limited(key) for key in keys_of(plan)]).verdict is verdict
