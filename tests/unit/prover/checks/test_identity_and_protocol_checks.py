"""The checks of identity (R), chat (P) and streams (S) against simulated providers: honest, broken and dead ones."""

from collections.abc import Mapping

import pytest
from tests.support.gateway_runs import prove_through_gateway
from tests.support.prover_runs import KEY, prove_simulated

from routeproof.catalog.facts import Facts
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.evidence.plan import Declared
from routeproof.evidence.results import Cause
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.declaring import Route, declare
from routeproof.prover.engine.endpoints import Deadlines
from routeproof.simulator.settings import Kind, ProviderSettings

IDENTITY = ("R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08")
CHAT = ("P01", "P02", "P03", "P04", "P05", "P06")
STREAM = ("S01", "S02", "S03", "S04", "S05", "S06", "S08", "S09")
CHECKS = (*IDENTITY, *CHAT, *STREAM)
ROUTES = [("deepseek", "deepseek-flash"), ("qwen", "qwen-plus"), ("qwen", "qwen3-max"), ("newapi", "deepseek-flash")]
IMPATIENT = Deadlines(connect_s=2.0, first_byte_s=0.2, idle_s=0.2, total_s=2.0)
REVOKED, FOREIGN = "sk-revoked-0123456789abcdef", "sk-foreign-0123456789abcdef"
FACTS = load_facts()
NOW_NS = parse_instant("2026-11-24T12:00:00Z")

Fault = str | Mapping[str, object]
DEFECTS: list[tuple[str, Fault, str]] = [
    ("R02", "hide_models", "unlisted: deepseek-flash answers and is not among the 0 models"),
    ("R03", "fall_back_model", "a model that does not exist is answered"),
    ("R04", "wrong_model", "deepseek-flash was asked, and sim-other-model answers"),
    ("R04", {"fault": "wrong_model", "stream": True}, "sim-other-model answers"),
    ("R05", "accept_any_key", "with no key the answer has status 200"),
    ("R05", "accept_any_key", "with a wrong key the answer has status 200"),
    ("R05", "accept_any_key", "with a revoked key the answer has status 200"),
    ("R05", "leak_upstream", "names the address of another server"),
    ("R05", "leak_upstream", "names a file of the server"),
    ("R05", "leak_upstream", "looks like a credential"),
    ("R07", "accept_any_key", "a key of another region gets status 200"),
    ("R07", "status_401", "the key is not valid at"),
    ("P01", "error_in_200", "an error object where an answer should be"),
    ("P01", "gzip_body", "the body is compressed"),
    ("P02", "garble_utf8", "the form 'unicode' is taken and not understood"),
    ("P02", "drop_history", "the form 'fifty-turns' is taken and not understood"),
    ("P02", "crash_on_bad_value", "the form 'developer' gets status 500"),
    ("P02", {"fault": "reject_control", "control": "messages"}, "the form 'system' is refused with status 400"),
    ("P03", {"fault": "drop_control", "control": "stop"}, "stop is declared effective and measured ignored"),
    ("P03", {"fault": "drop_control", "control": "thinking"}, "thinking is declared effective and measured ignored"),
    ("P03", {"fault": "drop_control", "control": "n"}, "n is declared rejected and measured ignored"),
    ("P03", {"fault": "reject_control", "control": "tools"}, "tools is declared effective and measured unsupported"),
    ("P04", "accept_any_value", "max_tokens of -1 gets status 200"),
    ("P04", "crash_on_bad_value", "max_tokens that is a text gets status 500"),
    ("P05", "drop_system", "the code that stands in the system message is not in the answer"),
    ("P06", "drop_history", "not known at turn 2"),
    ("P06", "drop_history", "not known at turn 10"),
    ("S01", "trailing_after_done", "data after [DONE]"),
    ("S01", "cut_before_done", "ends without [DONE]"),
    ("S01", "collapse_to_json", "one JSON value, not a stream"),
    ("S02", "change_id", "the id changes within a stream"),
    ("S02", "foreign_frame", "a frame of another family"),
    ("S03", "drop_finish", "never gets a finish reason"),
    ("S03", "repeat_role", "the role is given again"),
    ("S04", "missing_usage", "no usage, though it was asked for"),
    ("S04", "duplicate_usage", "more than one usage in a stream"),
    ("S05", {"fault": "wrong_model", "stream": True}, "model: sim-other-model streamed"),
    ("S05", {"fault": "missing_usage", "stream": False}, "no usage, though it was asked for"),
    ("S06", "cut_before_done", "ends without [DONE]"),
    ("S06", "change_id", "the id changes within a stream"),
    ("S08", "false_done", "ends with [DONE]"),
    ("S09", "garble_utf8", "the line did not arrive as it was sent"),
    ("S09", "end_mid_event", "the last event is not ended"),
]


def declared_of(kind: str, model: str, facts: Facts = FACTS) -> dict[str, Declared]:
    """What the shipped facts declare of a simulated route."""
    family, region = ("qwen", "singapore") if kind == "qwen" else ("deepseek", None)
    return declare(facts, Route(family=family, model=model, region=region, dialect=kind), NOW_NS)


@pytest.mark.parametrize(("kind", "model"), ROUTES)
def test_honest_routes_pass_every_check(kind: str, model: str) -> None:
    """With all that the shipped facts declare of them, and with a revoked and a foreign key."""
    run = prove_simulated(
        CHECKS,
        kind,
        model=model,
        declared=declared_of(kind, model),
        revoked_key=REVOKED,
        other_region_key=FOREIGN,
    )

    assert {check: result.summary for check, result in run.items() if result.verdict is not Verdict.PASS} == {}


@pytest.mark.parametrize(("kind", "model"), [("deepseek", "deepseek-flash"), ("qwen", "qwen-plus")])
def test_our_own_gateway_keeps_every_promise(kind: str, model: str) -> None:
    """Breaks and silences of the provider behind it included, down to the ledger's rows."""
    name = f"{kind}/{model}"

    declared = {**declared_of(kind, model), "models": f"{name},{model}"}
    run = prove_through_gateway(CHECKS, kind, model, declared=declared)

    assert {check: result.summary for check, result in run.items() if result.verdict is not Verdict.PASS} == {}
    broken = [one for one in run.observations if one.case.startswith("broken-")]
    assert {row.columns["outcome"] for one in broken for row in one.ledger} == {"truncated"}


@pytest.mark.parametrize(("check", "fault", "words"), DEFECTS, ids=lambda value: str(value)[:40])
def test_a_defect_fails_its_check(check: str, fault: Fault, words: str) -> None:
    """Its words say what was seen, with the bytes that show it and what to do."""
    kind = "newapi" if fault == "collapse_to_json" else "deepseek"
    declared = declared_of("deepseek", "deepseek-flash")
    keys = {"revoked_key": REVOKED, "other_region_key": FOREIGN}

    result = prove_simulated([check], kind, faults=[fault], declared=declared, **keys)[check]

    assert result.verdict is Verdict.FAIL
    assert any(words in failure for failure in result.failures), result.failures
    assert result.exhibits


@pytest.mark.parametrize("fault", ["reset", "html_200", "empty_body", "error_in_200", "status_400", "status_503"])
def test_no_check_passes_where_nothing_answers(fault: str) -> None:
    """Dead, a web page, nothing at all, an error that calls itself success, refusing everything, overloaded."""
    run = prove_simulated(CHECKS, faults=[fault])

    assert {check for check, result in run.items() if result.verdict not in (Verdict.FAIL, Verdict.ERROR)} == set()
    assert {check for check, result in run.items() if not (result.failures and result.cause)} == set()


def test_no_check_passes_on_silence() -> None:
    """Every deadline ends it, and the cause is the network."""
    run = prove_simulated(CHECKS, faults=["stall_before_headers"], deadlines=IMPATIENT, concurrency=64)

    assert {result.verdict for result in run.values()} == {Verdict.ERROR}
    assert {result.cause for result in run.values()} == {Cause.NETWORK}


def test_a_retired_name_fails_with_its_own_words() -> None:
    """On 25 July 2026 DeepSeek refused `deepseek-chat`; R02 calls it absent, R06 retired."""
    settings = ProviderSettings(
        name="deepseek", kind=Kind.DEEPSEEK, keys=(KEY,), as_of_ns=parse_instant("2026-07-25T00:00:00Z")
    )

    run = prove_simulated(["R02", "R06"], settings=settings, model="deepseek-chat")

    assert run["R02"].failures == ("absent: neither listed nor served; a live call is refused with status 400",)
    assert run["R06"].failures == ("the endpoint refuses the name as retired",)
    assert {run[check].cause for check in run} == {Cause.MODEL_ID}


@pytest.mark.parametrize(
    ("retires", "verdict", "words"),
    [
        ("2026-11-24T11:59:59Z", Verdict.FAIL, "retired since 2026-11-24T11:59:59Z"),
        ("2026-12-01T00:00:00Z", Verdict.PASS, "and so does this evidence"),
        ("2027-12-01T00:00:00Z", Verdict.PASS, "after this evidence expires"),
    ],
)
def test_a_retirement_caps_or_fails(retires: str, verdict: Verdict, words: str) -> None:
    """By the plan's own instant, 2026-11-24T12:00:00Z."""
    result = prove_simulated(["R06"], declared={"alias_retires": retires})["R06"]

    assert result.verdict is verdict
    assert words in result.summary


def test_an_alias_is_listed_under_its_target() -> None:
    """`deepseek-v4-flash` answers as `deepseek-flash`, which the list has."""
    declared: dict[str, Declared] = {"models": "deepseek-v4-flash,deepseek-flash"}

    run = prove_simulated(["R02", "R04"], model="deepseek-v4-flash", declared=declared)

    assert {result.verdict for result in run.values()} == {Verdict.PASS}


def test_a_list_that_has_no_such_names_may_be_declared() -> None:
    """Then only the live call counts."""
    declared: dict[str, Declared] = {"models-list": "none"}

    result = prove_simulated(["R02"], faults=["hide_models"], declared=declared)["R02"]

    assert result.verdict is Verdict.PASS


def test_checks_that_direct_the_simulator_are_planned_there_only() -> None:
    """A foreign endpoint is never asked to misbehave."""
    run = prove_simulated(STREAM, simulated=False)

    assert set(run) == set(STREAM) - {"S06", "S08", "S09"}
    assert not any(b"[[sim:" in one.transcript.request.body.data for one in run.observations)


def test_a_longer_silence_can_be_declared() -> None:
    """And is kept: the stream's first delta comes after it."""
    result = prove_simulated(["S06"], declared={"silence-seconds": 2})["S06"]

    assert result.verdict is Verdict.PASS
    assert result.summary.startswith("After 2 s of keep-alives")


@pytest.mark.parametrize("kind", ["deepseek", "qwen", "newapi"])
def test_what_nobody_declares_is_measured_and_neither_passes_nor_fails(kind: str) -> None:
    """A fresh endpoint of which no fact speaks: what it does is told, and what to declare."""
    result = prove_simulated(["P03"], kind, faults=[{"fault": "drop_control", "control": "stop"}])["P03"]

    assert (result.verdict, result.failures) == (Verdict.INCONCLUSIVE, ())
    assert result.summary.startswith("Nothing is declared of any control, so there is nothing to hold this route to. ")
    assert "20 controls measured: " in result.summary
    assert result.next_step is not None and "facts of the kind `control`" in result.next_step


def test_one_declared_control_is_enough_to_hold_a_route_to() -> None:
    """The others are measured beside it."""
    result = prove_simulated(["P03"], declared={"control.stop": "effective"})["P03"]

    assert result.verdict is Verdict.PASS
    assert result.summary.endswith(" All 1 that are declared are as declared.")


def test_broken_answers_fail_though_nothing_is_declared() -> None:
    """Of what answers with an error that calls itself success, nobody has to declare anything."""
    result = prove_simulated(["P03"], faults=["error_in_200"])["P03"]

    assert result.verdict is Verdict.FAIL
    assert result.exhibits


def test_every_check_of_these_families_has_a_defect_or_a_test_by_hand() -> None:
    """A check that can't fail proves nothing."""
    by_hand = {"R01", "R06", "R08"}

    assert {check for check, _, _ in DEFECTS} | by_hand == set(CHECKS)
    assert len(checks_named(CHECKS)) == len(CHECKS)


@pytest.mark.parametrize(
    ("at", "retires"),
    [
        ("2026-07-01T00:00:00Z", "2026-07-24T15:59:00.000Z"),
        ("2026-07-25T00:00:00Z", "2026-07-24T15:59:00.000Z"),
        ("2026-11-24T12:00:00Z", None),
    ],
)
def test_retirements_are_declared_by_facts(at: str, retires: str | None) -> None:
    """The next one, or the one that a name is under; a name that came back has none."""
    route = Route(family="deepseek", model="deepseek-chat", region=None, dialect="deepseek")

    assert declare(FACTS, route, parse_instant(at)).get("alias_retires") == retires
