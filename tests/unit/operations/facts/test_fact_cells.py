"""What each kind of fact says, as cells."""

import pytest

from routeproof.catalog.kinds import kind_of
from routeproof.config.facts_files import load_facts
from routeproof.operations.facts.cells import HEADINGS, rows_of

FACTS = {fact.id: fact for fact in load_facts()}


@pytest.mark.parametrize("fact_id", FACTS)
def test_a_row_has_a_cell_for_each_heading(fact_id: str) -> None:
    """Of its kind."""
    fact = FACTS[fact_id]

    assert {len(row) for row in rows_of(fact)} == {len(HEADINGS[kind_of(fact)])}


@pytest.mark.parametrize(
    ("fact_id", "expected"),
    [
        (
            "qwen/qwen-plus-2025-12-01/singapore/usd/2026-10",
            [
                *(["`qwen-plus-2025-12-01`", "singapore (international)", "any", "up to 256,000", "USD"]),
                *(["", "", "0.4", "", "1.2", "4"]),
            ],
        ),
        (
            "deepseek/deepseek-v4-pro/usd/2026-04-26",
            ["`deepseek-v4-pro`", "everywhere", "any", "any", "USD", "0.003625", "", "0.435", "", "0.87", ""],
        ),
        ("deepseek/search/cny/2026-11", ["every", "`search`", "CNY", "5"]),
        ("qwen/cache", ["every", "20 %", "10 %", "125 %"]),
        (
            "deepseek/deepseek-chat/alias/2026-04-24",
            ["`deepseek-chat`", "everywhere", "answers as", "`deepseek-v4-flash`", "no"],
        ),
        (
            "deepseek/deepseek-chat/alias/2026-07-25",
            ["`deepseek-chat`", "everywhere", "refused; use", "`deepseek-v4-flash`", ""],
        ),
        ("deepseek/limit/context_tokens", ["every", "`context_tokens`", "1,048,576", "tokens"]),
        (
            "deepseek/deepseek-v4-pro/concurrency",
            ["`deepseek-v4-pro`", "500", "requests in flight", "account and model", "falls with the balance"],
        ),
        (
            "qwen/concurrency/requests",
            [
                *("every", "unknown", "requests per minute", "account and model"),
                "a sixtieth is enforced each second, recovers in about 60 s",
            ],
        ),
        (
            "qwen/control/temperature",
            ["every", "`temperature`", "", "supported", "", "", "", "`[0, 2)`", ""],
        ),
        (
            "deepseek/endpoint/completions",
            ["every", "POST", "`/completions`", "https://api.deepseek.com/beta", "beta only", "", "400"],
        ),
        (
            "qwen/region/frankfurt",
            ["`frankfurt`", "", "", "`{workspace}.eu-central-1.maas.aliyuncs.com`", "region", "`sk-`"],
        ),
    ],
)
def test_cells_show_what_is_stated_and_leave_the_rest_empty(fact_id: str, expected: list[str]) -> None:
    """Exact decimals, and nothing where the source says nothing."""
    assert list(rows_of(FACTS[fact_id])[0]) == expected


def test_the_days_off_are_shown_as_spans() -> None:
    """First to last."""
    ((calendar, days),) = rows_of(FACTS["cn-public-holidays/2026"])

    assert calendar == "`cn-public-holidays`"
    assert "2026-10-01 to 2026-10-07" in days
