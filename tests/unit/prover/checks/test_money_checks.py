"""The checks of usage, price, latency and tenancy against simulated providers: honest ones, broken ones, dead ones."""

from collections.abc import Mapping

import pytest
from tests.support.hand_made_runs import shipped_prices
from tests.support.prover_runs import prove_simulated

from routeproof.evidence.results import Cause
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.engine.endpoints import Deadlines

CHECKS = ("U01", "U02", "U03", "U04", "U05", "U08", "U09", "U12", "M01", "M03", "I01", "N01", "N02")
PLAN_ONLY = ("U09",)
"""Says nothing about an endpoint."""
DECLARED = {"cache-isolation": "key"}
PRICES = {
    ("deepseek", "deepseek-flash"): shipped_prices(),
    ("qwen", "qwen-plus"): shipped_prices("qwen", "qwen-plus", "singapore"),
    ("qwen", "qwen3-max"): shipped_prices("qwen", "qwen3-max", "singapore"),
}
IMPATIENT = Deadlines(connect_s=2.0, first_byte_s=0.2, idle_s=0.2, total_s=2.0)

Fault = str | Mapping[str, object]
DEFECTS: list[tuple[str, Fault, str]] = [
    ("U01", "negative_usage", "below zero"),
    ("U01", "absurd_usage", "cannot be true"),
    ("U01", "inconsistent_usage", "prompt_tokens"),
    ("U01", "missing_usage", "no usage object"),
    ("U01", "wrong_total", "the total is not"),
    ("U02", "inflate_prompt", "where 501 to 593 are possible"),
    ("U02", "inject_prompt", "are possible"),
    ("U02", {"fault": "inflate_prompt", "count": 20}, "are possible"),
    ("U02", "missing_usage", "no prompt_tokens"),
    ("U03", "inflate_prompt", "a unit of 8 tokens counts 12 by direct"),
    ("U03", {"fault": "inflate_prompt", "count": 105}, "the count is multiplied"),
    ("U03", "inject_prompt", "506 tokens stand around the units"),
    ("U03", {"fault": "inject_prompt", "count": 80}, "86 tokens stand around the units"),
    ("U03", {"fault": "inject_prompt", "stream": False, "times": 5}, "are no line"),
    ("U04", "inflate_completion", "when it is sent back"),
    ("U04", "missing_usage", "no completion_tokens"),
    ("U05", "phantom_cache", "nobody has sent before"),
    ("U05", "phantom_cache", "begins with another word"),
    ("U05", "no_cache", "no cached tokens"),
    ("U05", "missing_usage", "can't be read"),
    ("U12", "missing_usage", "so it has no cost"),
    ("M01", "empty_body", "not one stream"),
    ("M03", "status_503", "status 503"),
    ("M03", "status_429", "status 429"),
    ("M03", "reset", "ended as reset"),
    ("M03", "cut_before_done", "no whole answer"),
    ("I01", "replay_answer", "was given to"),
    ("I01", "replay_answer", "have the same words"),
    ("N01", "leak_tenant", "another key's words"),
    ("N01", "shared_cache", "only another key has sent"),
    ("N02", "leak_key", "a secret was in an answer"),
]


@pytest.mark.parametrize(("kind", "model"), list(PRICES))
def test_an_honest_provider_passes(kind: str, model: str) -> None:
    """Every check, in one run; a balance is only asked of a dialect that tells one."""
    run = prove_simulated(CHECKS, kind, model=model, prices=PRICES[kind, model], has_other_key=True, declared=DECLARED)

    wanted = dict.fromkeys(CHECKS, Verdict.PASS) | ({"U08": Verdict.SKIP} if kind == "qwen" else {})
    assert {check: result.verdict for check, result in run.items()} == wanted


@pytest.mark.parametrize(("check", "fault", "words"), DEFECTS, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize(("kind", "model"), list(PRICES)[:2])
def test_a_defect_fails_the_check(kind: str, model: str, check: str, fault: Fault, words: str) -> None:
    """With words that say what is wrong, and the bytes that show it."""
    result = prove_simulated(
        [check],
        kind,
        model=model,
        prices=PRICES[kind, model],
        faults=[fault],
        has_other_key=True,
        declared=DECLARED,
    )[check]

    assert result.verdict is Verdict.FAIL
    assert any(words in failure for failure in result.failures), result.failures
    assert result.exhibits
    assert result.next_step


@pytest.mark.parametrize(
    "fault",
    [
        "refuse",
        "reset",
        "empty_body",
        "html_200",
        "error_in_200",
        "status_401",
        "status_404",
        "status_500",
        "gzip_body",
    ],
)
def test_no_check_passes_on_a_dead_endpoint(fault: str) -> None:
    """Nor on one that answers something else; each says why, and what to do."""
    run = prove_simulated(
        CHECKS, prices=PRICES["deepseek", "deepseek-flash"], faults=[fault], has_other_key=True, concurrency=32
    )

    for check in CHECKS:
        if check not in PLAN_ONLY:
            assert run[check].verdict in (Verdict.FAIL, Verdict.ERROR), check
            assert run[check].cause is not None, check
            assert run[check].next_step, check


def test_no_check_waits_for_an_endpoint_that_hangs() -> None:
    """Each request ends by its deadline, and the check with it."""
    run = prove_simulated(
        ["U01", "U05", "M03", "N02"], faults=["stall_before_headers"], deadlines=IMPATIENT, concurrency=64
    )

    assert {result.verdict for result in run.values()} == {Verdict.ERROR, Verdict.FAIL}
    assert run["U01"].cause is Cause.NETWORK


def test_a_provider_that_takes_more_than_it_says_is_found_by_its_balance() -> None:
    """A dollar for each request, where the ledger charges some micro-dollars."""
    result = prove_simulated(["U08"], prices=shipped_prices(), faults=["overcharge"])["U08"]

    assert result.verdict is Verdict.FAIL
    assert result.failures == ("the provider took 3000000000 nanodollars, the ledger charges 49500",)
    assert result.cause is Cause.PRICE


def test_nothing_is_said_of_keys_where_there_is_one() -> None:
    """Nobody has declared that there is no other."""
    result = prove_simulated(["N01"])["N01"]

    assert (result.verdict, result.observations) == (Verdict.INCONCLUSIVE, ())


def test_a_shared_cache_is_no_fault_where_nobody_promised_otherwise() -> None:
    """It is shown."""
    result = prove_simulated(["N01"], faults=["shared_cache"], has_other_key=True)["N01"]

    assert result.verdict is Verdict.PASS
    assert result.figures[0].value == 1_280


def test_a_declared_lack_of_a_cache_skips_its_check() -> None:
    """And sends nothing."""
    run = prove_simulated(["U05"], declared={"facet.cache": False})

    assert run["U05"].verdict is Verdict.SKIP
    assert run.observations == ()


@pytest.mark.parametrize("check", ["U05", "U08", "U12"])
def test_costs_are_not_judged_without_a_price(check: str) -> None:
    """A price that nobody states is unknown, and unknown is no pass."""
    result = prove_simulated([check])[check]

    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.PRICE)


def test_what_a_cached_prompt_costs_is_unknown_where_nothing_hits() -> None:
    """Unless the route declares that it has no cache."""
    prices = shipped_prices()
    tested = prove_simulated(["U12"], prices=prices, faults=["no_cache"])["U12"]
    declared = prove_simulated(["U12"], prices=prices, faults=["no_cache"], declared={"facet.cache": False})["U12"]

    assert (tested.verdict, declared.verdict) == (Verdict.INCONCLUSIVE, Verdict.PASS)


def test_types_that_are_declared_absent_are_not_asked() -> None:
    """Tools and JSON."""
    run = prove_simulated(["U12"], prices=shipped_prices(), declared={"facet.tools": False, "facet.json": False})

    assert {one.case for one in run.observations} == {"plain", "long-prefix"}
    assert [figure.name for figure in run["U12"].figures] == ["cost long p50", "cost cached p50", "cost chat p50"]


def test_nothing_else_is_under_way_while_a_balance_is_watched() -> None:
    """Every other request of the run ends before the first reading, or begins after the last."""
    run = prove_simulated(["M03", "U08"], prices=shipped_prices())
    watched = [one.transcript.times for one in run.observations if one.case == "balance"]
    others = [one.transcript.times for one in run.observations if one.case != "balance"]

    assert len(watched) == 5
    assert all(one.ended_ns <= watched[0].begun_ns or one.begun_ns >= watched[-1].ended_ns for one in others)


def test_the_scan_for_secrets_reads_every_case_of_the_run() -> None:
    """Whoever asks them."""
    run = prove_simulated(["N02", "U03"])

    assert run["N02"].observations == tuple(one.id for one in run.observations)


def test_a_gateway_that_charges_more_than_its_list_is_found_by_its_books() -> None:
    """Half as much again, where the list has the prices of the plan; an honest one passes."""
    prices = shipped_prices()
    honest = prove_simulated(["U08"], "newapi", prices=prices)["U08"]
    marked_up = prove_simulated(["U08"], "newapi", prices=prices, faults=["mark_up"])["U08"]

    assert honest.verdict is Verdict.PASS
    assert marked_up.verdict is Verdict.FAIL
    assert "the ledger charges 49500" in marked_up.summary


def test_an_address_without_a_balance_is_an_error() -> None:
    """Not a pass for want of a difference."""
    result = prove_simulated(["U08"], prices=shipped_prices(), faults=["html_200"])["U08"]

    assert (result.verdict, result.cause) == (Verdict.ERROR, Cause.ENDPOINT)
