"""U06, U07 and N03: through a real gateway, and on rows written by hand."""

from pathlib import Path

import msgspec
import pytest
from tests.support.gateway_runs import prove_through_gateway
from tests.support.hand_made_runs import completion, judged, keys_of, observed, plan_of, shipped_prices, usage

from routeproof.clock import parse_instant
from routeproof.evidence.canonical import decode, encode
from routeproof.evidence.observations import Arm, Column, LedgerRow, Observation
from routeproof.evidence.plan import Plan
from routeproof.evidence.results import CheckResult, Part
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.judging import judge_all, judges_of

CHECKS = ("N03", "U06", "U07")
PRICES = shipped_prices()
STARTED_NS = parse_instant("2026-11-24T12:00:30Z")
COST = 9 * 150 + 1 * 3 + 2 * 600
"""Nine tokens at 0.15 dollars a million, a hit at 0.003, two of output at 0.6, in nanodollars."""
EXCHANGE: dict[str, Column] = {
    "id": 7,
    "started_ns": STARTED_NS,
    "key_id": "k1",
    "key_owner": "owner",
    "account": "account",
    "attempts": 1,
    "cost_nanousd": COST,
}
ATTEMPT: dict[str, Column] = {
    "exchange_id": 7,
    "ordinal": 1,
    "thinking": 0,
    "input_tokens": 10,
    "output_tokens": 2,
    "cache_hit_tokens": 1,
    "cache_write_tokens": 0,
    "reasoning_tokens": 0,
    "explicit_cache": 0,
    "cost_nanousd": COST,
    "cost_note": None,
    "facts_digest": PRICES[0].digest,
}


def facts_file(folder: Path, edge: int) -> tuple[Path]:
    """Prices of qwen-plus whose dearer tier begins above so many tokens."""
    path = folder / f"edge-{edge}.toml"
    path.write_text(
        f"""[[fact]]
id = "qwen/qwen-plus-2025-12-01/singapore/usd/2026-10"
kind = "price"
subject = {{ family = "qwen", model = "qwen-plus-2025-12-01", regions = ["singapore"], scope = "international" }}
unit = "per 1M tokens"
currency = "USD"
value = [
  {{ input_tokens_max = {edge}, input = "0.4", output = "1.2", output_thinking = "4" }},
  {{ input_tokens_max = 1000000, input = "1.2", output = "3.6", output_thinking = "12" }},
]
effective_from = "2026-10-01T00:00:00Z"
source = "https://prices.example/qwen"
checked_at = "2026-10-01"
confidence = "mirror"
"""
    )
    return (path,)


def test_an_honest_gateway_passes(tmp_path: Path) -> None:
    """Rows of both families; around the edge of a tier the prompts have exactly its tokens, one less and one more."""
    flat = prove_through_gateway(CHECKS, "deepseek", "deepseek-flash")
    tiered = prove_through_gateway(CHECKS, "qwen", "qwen-plus", facts=facts_file(tmp_path, 300))

    assert [flat[check].verdict for check in CHECKS] == [Verdict.PASS, Verdict.SKIP, Verdict.PASS]
    assert [tiered[check].verdict for check in CHECKS] == [Verdict.PASS] * 3
    assert [figure.value for figure in tiered["U06"].figures] == [299, 300, 301]


def test_a_gateway_with_another_edge_is_found_out(tmp_path: Path) -> None:
    """One token between the two edges is enough."""
    run = prove_through_gateway(
        CHECKS, "qwen", "qwen-plus", facts=facts_file(tmp_path, 300), gateway_facts=facts_file(tmp_path, 301)
    )

    assert run["U06"].verdict is Verdict.FAIL
    assert any(failure.startswith("301 in") for failure in run["U06"].failures)
    assert run["U06"].exhibits[0].part is Part.LEDGER
    assert run["U07"].verdict is Verdict.FAIL


def test_prompts_that_miss_an_edge_show_nothing(tmp_path: Path) -> None:
    """The next step says what to declare."""
    run = prove_through_gateway(
        ["U06"],
        "qwen",
        "qwen-plus",
        facts=facts_file(tmp_path, 300),
        declared={"prompt-overhead-tokens": 100},
    )

    assert run["U06"].verdict is Verdict.INCONCLUSIVE
    assert run["U06"].next_step == "Declare prompt-overhead-tokens = 6, then run again."


def test_an_edge_beyond_the_context_is_not_asked_for(tmp_path: Path) -> None:
    """Then there is none to be shown."""
    run = prove_through_gateway(
        ["U06"], "qwen", "qwen-plus", facts=facts_file(tmp_path, 300), declared={"context-tokens": 200}
    )

    assert (run["U06"].verdict, run.observations) == (Verdict.SKIP, ())


def test_a_cost_that_is_not_known_closes_nothing() -> None:
    """A provider that sends no usage leaves a row without a cost."""
    run = prove_through_gateway(["U07"], "deepseek", "deepseek-flash", faults=["missing_usage"])

    assert run["U07"].verdict is Verdict.FAIL
    assert "an attempt without usage costs an unknown amount (usage_missing)" in run["U07"].failures


def test_a_dead_provider_behind_the_gateway_is_no_pass() -> None:
    """Of any of the checks that read rows."""
    run = prove_through_gateway(["U07", "N03"], "deepseek", "deepseek-flash", faults=["status_500"])

    assert {result.verdict for result in run.values()} <= {Verdict.ERROR, Verdict.FAIL}


def kept(check: str, exchange: dict[str, Column], *attempts: dict[str, Column]) -> CheckResult:
    """The check on plain answers that left these rows."""
    plan = plan_of(check, arms=(Arm.GATEWAY,), prices=PRICES)
    rows = (
        LedgerRow(table="exchange", columns=EXCHANGE | exchange),
        *(LedgerRow(table="attempt", columns=ATTEMPT | attempt) for attempt in attempts),
    )
    plain = [key for key in keys_of(plan) if key.case == "plain"]
    return judged(plan, check, [observed(plan, key, completion(usage(10, 2, 1)), ledger=rows) for key in plain])


def test_a_row_that_follows_from_the_answer_and_the_facts_passes() -> None:
    """To the last digit."""
    assert kept("U07", {}, {}).verdict is Verdict.PASS
    assert kept("N03", {}, {}).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("exchange", "attempt", "words"),
    [
        ({"cost_nanousd": COST + 1}, {"cost_nanousd": COST + 1}, f"the row says {COST + 1} nanodollars"),
        ({"cost_nanousd": COST + 1}, {}, f"the exchange costs {COST + 1} nanodollars and its attempts {COST}"),
        ({"cost_nanousd": None}, {"cost_nanousd": None}, "the row says an unknown amount"),
        ({}, {"facts_digest": "0" * 16}, "the row was priced by the facts 0000000000000000"),
        ({}, {"input_tokens": 11}, "the row counts 11 in"),
        ({}, {"exchange_id": 8}, "belongs to another exchange"),
        ({"attempts": 2}, {}, "the exchange says 2 attempts, there are rows of 1"),
        ({"started_ns": parse_instant("2026-01-01T00:00:00Z")}, {}, "no price that was in force"),
        ({}, {"reasoning_tokens": 1}, "reasoning"),
    ],
)
def test_a_row_that_does_not_follow_fails(exchange: dict[str, Column], attempt: dict[str, Column], words: str) -> None:
    """With words that name the difference."""
    result = kept("U07", exchange, attempt)

    assert result.verdict is Verdict.FAIL
    assert any(words in failure for failure in result.failures), result.failures


def test_a_failed_attempt_that_costs_nothing_is_in_order() -> None:
    """Its row has no usage, and the exchange's sum leaves it as zero."""
    unbilled = {name: None for name in ATTEMPT if name.endswith("_tokens")} | {"cost_nanousd": 0}

    assert kept("U07", {"attempts": 2}, unbilled, {"ordinal": 2}).verdict is Verdict.PASS


@pytest.mark.parametrize("column", ["key_id", "key_owner", "account"])
def test_a_row_without_an_owner_fails(column: str) -> None:
    """Empty is as good as absent."""
    for value in (None, " "):
        assert kept("N03", {column: value}, {}).verdict is Verdict.FAIL


def test_an_exchange_without_a_row_fails() -> None:
    """Both checks say so."""
    for check in ("U07", "N03"):
        plan = plan_of(check, arms=(Arm.GATEWAY,), prices=PRICES)
        seen = [observed(plan, key, completion(usage())) for key in keys_of(plan) if key.case == "plain"]

        assert judged(plan, check, seen).verdict is Verdict.FAIL


def test_planned_prices_that_were_touched_are_no_ground_for_a_verdict() -> None:
    """Neither for the edges nor for the closure."""
    touched = msgspec.structs.replace(PRICES[0], digest="0" * 16)
    plan = plan_of("U07", arms=(Arm.GATEWAY,), prices=(touched,))

    assert judged(plan, "U07", ()).verdict is Verdict.INCONCLUSIVE


def test_every_verdict_is_reached_again_from_the_bytes(tmp_path: Path) -> None:
    """Plan and observations as evidence keeps them are all that the judges need."""
    run = prove_through_gateway(
        CHECKS, "qwen", "qwen-plus", facts=facts_file(tmp_path, 300), gateway_facts=facts_file(tmp_path, 301)
    )
    plan = decode(encode(run.plan), Plan)
    seen = decode(encode(run.observations), tuple[Observation, ...])

    assert judge_all(plan, judges_of(checks_named(CHECKS)), seen) == tuple(run.values())
