"""The checks that look at the tap: our own gateway passes, and each seeded defect of a gateway fails."""

import pytest
from tests.support.hand_made_runs import judged, keys_of, observed, plan_of
from tests.support.running_gateway import _new_key
from tests.support.tap_runs import SLOWLY, through_own_gateway, through_relay

from routeproof.evidence.observations import Arm, Ending
from routeproof.evidence.results import Cause
from routeproof.evidence.verdicts import Verdict
from routeproof.simulator.plan import Latency
from routeproof.simulator.relay_defects import RelayDefect

CHECKS = ("X01", "X02", "X03", "S07", "S10", "T08", "K03", "U10", "U11", "M02", "E04")
SLOWER = Latency(0.0, 0.03)
"""A whole answer then takes much longer than an event may be held back."""
VERY_SLOWLY = Latency(0.0, 0.06)
"""A long answer then takes longer than a provider may go on for."""
CAUGHT = [
    (RelayDefect.DROP_FIELD, ("X01",), "`stop` was lost"),
    (RelayDefect.ADD_FIELD, ("X01",), "`presence_penalty` was added"),
    (RelayDefect.REENCODE, ("X01",), "`messages` was written anew"),
    (RelayDefect.DROP_CONTROL, ("K03",), "`thinking` did not arrive"),
    (RelayDefect.FORWARD_CLIENT_KEY, ("X03",), "x-client-authorization"),
    (RelayDefect.FORWARD_HEADERS, ("X03",), "cookie"),
    (RelayDefect.RELAY_HEADERS, ("X03",), "x-ds-trace-id"),
    (RelayDefect.DROP_EVENT, ("X02",), "were lost"),
    (RelayDefect.REORDER_EVENTS, ("X02",), "another order"),
    (RelayDefect.MERGE_EVENTS, ("S07", "X02"), "events were joined or lost"),
    (RelayDefect.REWRITE_ARGUMENTS, ("T08",), "rewritten"),
    (RelayDefect.REWRITE_ANSWER, ("X02",), "differs from the provider's from byte"),
    (RelayDefect.BUFFER, ("S07",), "held back"),
    (RelayDefect.SLOW, ("M02",), "its limit is 400 ms"),
    (RelayDefect.FREE_CANCEL, ("S10", "U10"), "cost nothing"),
    (RelayDefect.LOW_BOUND, ("U10",), "is bounded by 1 nanodollars"),
    (RelayDefect.HIDDEN_RETRY, ("U11",), "2 requests went upstream, 1 have a row"),
    (RelayDefect.RETRY_MID_ANSWER, ("U11", "X02"), "asked again after the first answer had begun"),
    (RelayDefect.BLAME_CLIENT, ("E04",), "is blamed on 'client', the tap shows"),
]


@pytest.mark.parametrize(
    ("kind", "model"), [("deepseek", "deepseek-flash"), ("qwen", "qwen-plus"), ("qwen", "qwen3-max")]
)
def test_our_own_gateway_passes(kind: str, model: str) -> None:
    """Every check, in front of both families and both of Qwen's stream shapes."""
    run = through_own_gateway(CHECKS, kind, model)

    assert {check: result.verdict for check, result in run.items()} == dict.fromkeys(CHECKS, Verdict.PASS)


def test_an_honest_relay_passes() -> None:
    """So that what fails below fails by its defect."""
    run = through_relay(CHECKS)

    assert {check: result.verdict for check, result in run.items()} == dict.fromkeys(CHECKS, Verdict.PASS)


@pytest.mark.parametrize(("defect", "checks", "words"), CAUGHT, ids=[row[0].value for row in CAUGHT])
def test_each_defect_is_caught(defect: RelayDefect, checks: tuple[str, ...], words: str) -> None:
    """By the checks that are for it, which say what it was, blame the gateway and show bytes."""
    latency = SLOWER if defect is RelayDefect.BUFFER else SLOWLY
    run = through_relay(checks, defect=defect, latency=latency)

    assert {check: run[check].verdict for check in checks} == dict.fromkeys(checks, Verdict.FAIL)
    assert all(run[check].cause is Cause.GATEWAY and run[check].next_step for check in checks)
    assert words in "; ".join(failure for check in checks for failure in run[check].failures)


def test_a_provider_that_is_read_on_is_caught() -> None:
    """S10 counts how long it went on after the client had left."""
    run = through_relay(["S10"], defect=RelayDefect.KEEP_UPSTREAM, latency=VERY_SLOWLY)

    assert run["S10"].verdict is Verdict.FAIL
    assert "the client left, and the provider went on for" in run["S10"].failures[0]


def test_every_defect_of_the_relay_is_in_the_table() -> None:
    """One that no check catches would prove nothing."""
    assert {row[0] for row in CAUGHT} | {RelayDefect.KEEP_UPSTREAM} == set(RelayDefect)


def test_a_provider_that_ignores_a_control_fails_it() -> None:
    """K03 looks at the effect too, and then blames the provider."""
    result = through_own_gateway(["K03"], faults=["drop_control"])["K03"]

    assert (result.verdict, result.cause) == (Verdict.FAIL, Cause.PROVIDER)
    assert "thinking was switched off" in result.failures[0]


def test_streams_that_are_over_at_once_show_nothing() -> None:
    """Whether a gateway waits, or lets go of a provider, can't be seen then."""
    run = through_own_gateway(["S07", "S10", "U10"], latency=Latency())

    assert {result.verdict for result in run.values()} <= {Verdict.INCONCLUSIVE, Verdict.PASS}
    assert run["S07"].verdict is Verdict.INCONCLUSIVE
    assert "too fast" in run["S07"].summary


def test_a_key_without_a_tap_proves_nothing() -> None:
    """Every check is an ERROR that says which key it takes."""
    clients, _ = _new_key(b"held", revoked_ns=None)
    run = through_own_gateway(CHECKS, key=clients, latency=SLOWLY)

    assert {result.verdict for result in run.values()} == {Verdict.ERROR}
    assert all("keys create --tap" in result.next_step for result in run.values())


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("ending", [Ending.CONNECT_FAILED, Ending.TIMED_OUT, Ending.RESET])
def test_a_dead_gateway_passes_nothing(check: str, ending: Ending) -> None:
    """Nobody there is an ERROR of the network."""
    plan = plan_of(check, arms=(Arm.GATEWAY,))
    seen = [observed(plan, key, status=None, ending=ending) for key in keys_of(plan)]
    result = judged(plan, check, seen)

    assert (result.verdict, result.cause) == (Verdict.ERROR, Cause.NETWORK)


@pytest.mark.parametrize("check", CHECKS)
def test_an_answer_to_everything_passes_nothing(check: str) -> None:
    """A web page with status 200, whatever was asked, and no tap behind it."""
    plan = plan_of(check, arms=(Arm.GATEWAY,))
    seen = [observed(plan, key, b"<html></html>", content_type="text/html") for key in keys_of(plan)]

    assert judged(plan, check, seen).verdict is Verdict.ERROR
