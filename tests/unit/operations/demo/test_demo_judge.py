"""Each kind of wrong row is caught; a row in order passes."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.unit.operations.demo.demo_support import (
    COST_NANOUSD,
    USAGE,
    attempt_row,
    entry,
    exchange_row,
    scene,
    sighting,
    truth,
)

from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.operations.demo.client import Ending, Sighting
from routeproof.operations.demo.judge import judge
from routeproof.operations.demo.witness import Promise

Problems = Callable[..., tuple[str, ...]]


@pytest.fixture
def problems(tmp_path: Path) -> Problems:
    """What the judge finds wrong with a scene, by default the first plain one."""
    known = truth(tmp_path)

    def found(*entries: Entry, seen: Sighting | None = None, name: str = "deepseek plain") -> tuple[str, ...]:
        return judge(scene(name), seen or sighting(), entries, known).problems

    return found


def test_a_row_in_order_passes(problems: Problems) -> None:
    """Seven tokens in and 23 out of deepseek-flash at noon cost 14,850 nanodollars, by hand."""
    assert problems(entry()) == ()


def test_a_missing_row_is_caught(problems: Problems) -> None:
    """Also where the ledger holds rows of other requests."""
    other = entry(exchange_row(id=5), attempt_row(exchange_id=5))

    assert problems() == ("the request has no row, not exactly one",)
    assert problems(other) == ("the request has no row, not exactly one",)


def test_a_doubled_row_is_caught(problems: Problems) -> None:
    """Two rows that are both in order are still one too many."""
    assert problems(entry(), entry()) == ("the request has 2 rows, not exactly one",)


@pytest.mark.parametrize("step", [1, -1])
def test_a_cost_that_is_off_by_one_nanodollar_is_caught(problems: Problems, step: int) -> None:
    """In the attempt, and in the exchange that sums it up."""
    wrong = COST_NANOUSD + step
    found = problems(entry(exchange_row(cost_nanousd=wrong), attempt_row(cost_nanousd=wrong)))

    assert found == (
        f"attempt 1: cost_nanousd is {wrong}, not {COST_NANOUSD}",
        # The exchange is the sum of its attempts as they stand, so the one mistake is told once.
    )
    assert problems(entry(exchange_row(cost_nanousd=wrong))) == (f"cost_nanousd is {wrong}, not {COST_NANOUSD}",)


def test_a_cost_made_unknown_is_caught(problems: Problems) -> None:
    """The price is stated, so None is as wrong as any figure."""
    row = attempt_row(cost_nanousd=None, cost_note="no_price_in_force")

    assert f"attempt 1: cost_nanousd is None, not {COST_NANOUSD}" in problems(entry(exchange_row(), row))


@pytest.mark.parametrize(
    "field", ["input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens"]
)
def test_each_wrong_count_is_caught(problems: Problems, field: str) -> None:
    """By the name of its column."""
    row = attempt_row()
    wrong = msgspec.structs.replace(row, **{field: getattr(row, field) + 1})

    assert [problem.split(" is ")[0] for problem in problems(entry(None, wrong))] == [f"attempt 1: {field}"]


def test_a_usage_that_no_provider_sent_is_caught(problems: Problems) -> None:
    """The raw object is compared, not only the counts in it."""
    row = attempt_row(usage_raw='{"prompt_tokens":7}')

    assert problems(entry(None, row)) == ("attempt 1: usage_raw is not what the provider sent",)


def test_a_usage_changed_on_its_way_to_the_client_is_caught(problems: Problems) -> None:
    """The client saw one, the provider says it sent another."""
    seen = sighting(promises=(Promise("deepseek", {**USAGE, "prompt_tokens": 8}),))

    assert problems(entry(), seen=seen) == ("attempt 1: the client saw another usage than the provider sent",)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "cancelled"),
        ("status", 201),
        ("model_asked", "qwen"),
        ("rollback_model", None),
        ("key_id", "key_000000000000"),
        ("error_code", "overloaded"),
        ("stream", 1),
        ("attempts", 2),
        ("request_bytes", 1),
        ("duration_us", None),
        ("cost_bound_nanousd", 1),
    ],
)
def test_each_wrong_column_of_the_exchange_is_caught(problems: Problems, field: str, value: object) -> None:
    """By its name."""
    (found,) = problems(entry(exchange_row(**{field: value})))

    assert found.startswith(f"{field} is ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "truncated"),
        ("status", 500),
        ("error_code", "upstream_reset"),
        ("ordinal", 2),
        ("exchange_id", 1),
        ("upstream_request_id", "trace-2"),
        ("thinking", 1),
        ("explicit_cache", 1),
        ("provenance", "estimated"),
        ("facts_digest", "0" * 16),
    ],
)
def test_each_wrong_column_of_the_attempt_is_caught(problems: Problems, field: str, value: object) -> None:
    """By its name."""
    assert f"attempt 1: {field} is {value}" in problems(entry(None, attempt_row(**{field: value})))[0]


@pytest.mark.parametrize(("field", "value"), [("route", "qwen/qwen-plus"), ("model_answered", "qwen-plus")])
def test_another_route_or_model_is_caught(problems: Problems, field: str, value: str) -> None:
    """Even where the row is at odds with itself and nothing of its price holds any more."""
    assert any(f"{field} is {value}" in problem for problem in problems(entry(None, attempt_row(**{field: value}))))


def test_a_note_without_ground_is_caught(problems: Problems) -> None:
    """A known cost may be noted only where a price changed under it or its facts say so."""
    assert problems(entry(None, attempt_row(cost_note="straddles_window"))) == ()
    assert problems(entry(None, attempt_row(cost_note="usage_missing"))) == (
        "attempt 1: the cost is known and its note, usage_missing, has no ground",
    )


def test_an_attempt_too_many_is_caught(problems: Problems) -> None:
    """And nothing is compared with the wrong one."""
    doubled = entry(exchange_row(attempts=2), attempt_row(), attempt_row(ordinal=2))

    assert problems(doubled) == ("attempts is 2, not 1", "the row has 2 attempts, not 1")


BROKEN = "stream breaks"
WHOLE_COST_NANOUSD = 14_850


def _broken(exchange: dict[str, object], attempt: dict[str, object]) -> tuple[Entry, Sighting]:
    """A stream that broke: its usage never came, the provider would have reported 7 and 23 tokens."""
    code = {"outcome": "truncated", "error_code": "upstream_truncated"}
    nothing = dict.fromkeys(
        ("input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens", "usage_raw")
    )
    row: AttemptRow = attempt_row(
        **code, **nothing, provenance="unknown", cost_nanousd=None, cost_note="usage_missing", facts_digest=None
    )
    outer: ExchangeRow = exchange_row(**code, stream=1, cost_nanousd=None, cost_bound_nanousd=50_000)
    body = b'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\ndata: {"error":{"message":"It broke."}}\n\n'
    seen = sighting(
        headers={**sighting().headers, "content-type": "text/event-stream"},
        body=body,
        ending=Ending.BROKEN,
        promises=(Promise("deepseek", USAGE),),
    )
    row = msgspec.structs.replace(row, **attempt)
    return Entry(msgspec.structs.replace(outer, **exchange), [row]), seen


def test_an_unknown_cost_with_a_bound_passes(problems: Problems) -> None:
    """The bound is at least what the whole answer would have cost."""
    broken, seen = _broken({}, {})

    assert problems(broken, seen=seen, name=BROKEN) == ()


@pytest.mark.parametrize(
    ("bound", "passes"),
    [
        (None, False),
        (WHOLE_COST_NANOUSD - 1, False),
        (WHOLE_COST_NANOUSD, True),
        # 111 bytes at 150 and 64 tokens at 600
        (55_050, True),
        (55_051, False),
    ],
)
def test_a_bound_that_is_too_low_or_useless_is_caught(problems: Problems, bound: int | None, passes: bool) -> None:
    """It may not be under the truth, nor over a token for each byte of the request and all that may be written."""
    broken, seen = _broken({"cost_bound_nanousd": bound}, {})
    found = problems(broken, seen=seen, name=BROKEN)

    assert (found == ()) is passes
    assert passes or found[0].startswith("cost_bound_nanousd is ")


@pytest.mark.parametrize("cost", [0, WHOLE_COST_NANOUSD])
def test_a_cost_for_a_usage_that_was_never_seen_is_caught(problems: Problems, cost: int) -> None:
    """Neither zero nor the right figure by luck is knowledge."""
    broken, seen = _broken({"cost_nanousd": cost, "cost_bound_nanousd": None}, {"cost_nanousd": cost})

    assert f"attempt 1: cost_nanousd is {cost}, not None" in problems(broken, seen=seen, name=BROKEN)


def test_a_refusal_that_was_billed_is_caught(problems: Problems) -> None:
    """What never went to a provider costs nothing and has no attempts."""
    seen = sighting(
        status=404,
        headers={"x-request-id": sighting().headers["x-request-id"]},
        body=b'{"error":{"message":"No such model.","code":"model_not_found"}}',
    )
    changes = {"status": 404, "outcome": "client_error", "error_code": "model_not_found", "model_asked": "nonesuch"}
    row = exchange_row(**changes, rollback_model=None, attempts=0, cost_nanousd=0)

    assert problems(Entry(row, []), seen=seen, name="unknown model") == ()
    billed = msgspec.structs.replace(row, cost_nanousd=1)
    assert problems(Entry(billed, []), seen=seen, name="unknown model") == ("cost_nanousd is 1, not 0",)
