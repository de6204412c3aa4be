"""Choices by one token price, workloads of one kind, and prices that are missing or old."""

from pathlib import Path

import pytest
from tests.unit.operations.facts_scene import house
from tests.unit.operations.lint.lint_scene import DEEPSEEK, QWEN, found, gathered, only, provider, scene_of

from routeproof.config.lint_codes import LintCode
from routeproof.config.workload_file import parse_workload

HOUSE = '[server]\nfacts = ["own.toml"]\n' + provider("house", prices="house", base_url="https://llm.example.com/v1")
OTHER = provider("other", prices="other", base_url="https://other.example.com/v1")


def priced(folder: Path, *values: str, hours: str = "") -> str:
    """Two houses, `house/llama` and `other/llama`, with one price each."""
    facts = [
        house(id=f'"{family}/llama"', subject=f'{{ family = "{family}", model = "llama" }}', value=value)
        for family, value in zip(("house", "other"), values, strict=True)
    ]
    (folder / "own.toml").write_text("".join(facts) + hours)
    return HOUSE + OTHER


@pytest.mark.parametrize("place", ["routes", "fallbacks"])
def test_an_order_that_flips_between_input_and_output_is_told(place: str, tmp_path: Path) -> None:
    """With both prices, wherever the model chooses between the two."""
    text = priced(tmp_path, '[{ input = "1", output = "8" }]', '[{ input = "2", output = "4" }]')
    both = '["house/llama", "other/llama"]'
    routes = both if place == "routes" else f'["house/elsewhere"]\nfallbacks = {both}'
    finding = only(gathered(tmp_path, f"{text}[models.m]\nroutes = {routes}\n"), LintCode.CHEAPER_DEPENDS)

    assert (finding.severity, finding.where) == ("note", [f"models.m.{place}"])
    assert finding.found == (
        "house/llama is cheaper for input (1 against 2 USD per 1M), "
        "other/llama is cheaper for output (4 against 8 USD per 1M)"
    )


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ('[{ input = "1", output = "4" }]', '[{ input = "2", output = "4" }]', None),
        ('[{ input = "1", output = "4", cache_hit = "0.9" }]', '[{ input = "2", output = "4" }]', None),
        (
            '[{ input = "1", output = "4", cache_hit = "0.9" }]',
            '[{ input = "2", output = "4", cache_hit = "0.2" }]',
            "other/llama is cheaper for cache hits (0.2 against 0.9 USD per 1M)",
        ),
        (
            '[{ input = "1", output = "4", output_thinking = "9" }]',
            '[{ input = "2", output = "4" }]',
            "other/llama is cheaper for thinking output (4 against 9 USD per 1M)",
        ),
        (
            '[{ input = "1", output = "4", input_tokens_max = 1000 }, { input = "3", output = "4" }]',
            '[{ input = "2", output = "4" }]',
            "other/llama is cheaper for input in requests of 1001 input tokens (2 against 3 USD per 1M)",
        ),
    ],
)
def test_an_order_may_flip_by_cache_thinking_or_size(first: str, second: str, told: str | None, tmp_path: Path) -> None:
    """What only one of them states decides nothing."""
    text = priced(tmp_path, first, second) + '[models.m]\nroutes = ["house/llama", "other/llama"]\n'
    findings = found(gathered(tmp_path, text), LintCode.CHEAPER_DEPENDS)

    assert [finding.found.split("), ")[1] for finding in findings] == ([] if told is None else [told])


def test_an_order_may_flip_between_peak_and_other_hours(tmp_path: Path) -> None:
    """DeepSeek's input is dearer than this at its peak hours alone."""
    text = priced(tmp_path, '[{ input = "0.2", output = "9" }]', '[{ input = "1", output = "2" }]')
    model = '[models.m]\nroutes = ["house/llama", "deepseek/deepseek-flash"]\n'
    finding = only(gathered(tmp_path, text + DEEPSEEK + model), LintCode.CHEAPER_DEPENDS)

    assert finding.found.startswith("house/llama is cheaper for input at peak hours (0.2 against 0.3 USD per 1M)")


def test_a_primary_route_and_its_fallback_are_no_choice(tmp_path: Path) -> None:
    """Which of them is cheaper decides nothing."""
    text = priced(tmp_path, '[{ input = "1", output = "8" }]', '[{ input = "2", output = "4" }]')
    model = '[models.m]\nroutes = ["house/llama"]\nfallbacks = ["other/llama"]\n'

    assert found(gathered(tmp_path, text + model), LintCode.CHEAPER_DEPENDS) == []


def test_routes_that_are_not_priced_or_in_another_currency_are_not_compared(tmp_path: Path) -> None:
    """Nothing can be said of them."""
    yuan = house(
        id='"yuan"',
        subject='{ family = "other", model = "yuan" }',
        currency='"CNY"',
        value='[{input="9",output="0.1"}]',
    )
    text = priced(tmp_path, '[{ input = "1", output = "8" }]', '[{ input = "2", output = "9" }]', hours=yuan)
    model = '[models.m]\nroutes = ["house/llama", "other/yuan", "other/nobody"]\n'

    assert found(gathered(tmp_path, text + model), LintCode.CHEAPER_DEPENDS) == []


@pytest.mark.parametrize(
    ("input_tokens", "output_tokens", "kind"), [(900, 0, "input"), (1, 300, "output"), (900, 1, None)]
)
def test_a_workload_of_one_token_kind_is_told(input_tokens: int, output_tokens: int, kind: str | None) -> None:
    """By its file: routes would be compared by one price."""
    requests = f'type = "plain"\ncount = 10\ninput_tokens = {input_tokens}\noutput_tokens = {output_tokens}\n'
    workload = parse_workload(f"[[requests]]\n{requests}", "workload.toml")
    findings = found(
        scene_of(DEEPSEEK + '[models.m]\nroutes = ["deepseek/x"]\n', workloads=(workload,)), LintCode.ONE_TOKEN_KIND
    )

    assert [(row.found, row.where) for row in findings] == (
        [] if kind is None else [(f"states {kind} alone", ["workload.toml"])]
    )


def test_routes_without_a_price_are_told_by_their_reason(tmp_path: Path) -> None:
    """Once for a provider that has no price list."""
    bare = provider("bare", base_url="https://llm.example.com/v1")
    models = '[models.m]\nroutes = ["bare/x", "bare/y"]\nfallbacks = ["qwen/nobody", "qwen/qwen-plus"]\n'
    rows = found(gathered(tmp_path, bare + QWEN + models), LintCode.NO_PRICE)

    assert [(row.found, row.where) for row in rows] == [
        ("provider 'bare' has no `prices`: bare/x, bare/y", ["providers.bare.prices"]),
        ("no fact of 'qwen' prices 'nobody' in singapore at this instant: qwen/nobody", ["providers.qwen.prices"]),
    ]


def test_a_provider_that_clients_may_name_wants_prices_too(tmp_path: Path) -> None:
    """Where they may; one that nobody can get to needs none."""
    text = provider("bare", base_url="https://llm.example.com/v1") + QWEN + '[models.m]\nroutes = ["qwen/qwen-plus"]\n'
    direct = "[server]\ndirect_routes = true\n"

    assert only(gathered(tmp_path, direct + text), LintCode.NO_PRICE).where == ["providers.bare.prices"]
    assert found(gathered(tmp_path, text), LintCode.NO_PRICE) == []


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        ("2026-11-30T23:59:59Z", []),
        ("2026-12-01T00:00:00Z", ["facts_stale"]),
        ("2027-01-29T23:59:59Z", ["facts_stale"]),
        ("2027-01-30T00:00:00Z", ["facts_held"]),
    ],
)
def test_prices_that_nobody_checks_are_stale_and_then_held(at: str, codes: list[str], tmp_path: Path) -> None:
    """At the edges of the policy; only for facts that price some route."""
    (tmp_path / "own.toml").write_text(
        house("2026-11-01") + house("2026-01-01", id='"x"', subject='{family="x",model="x"}')
    )
    scene = gathered(tmp_path, HOUSE + '[models.m]\nroutes = ["house/llama"]\n', at)
    rows = [*found(scene, LintCode.FACTS_STALE), *found(scene, LintCode.FACTS_HELD)]

    assert [row.code for row in rows] == codes
    assert [list(row.where) for row in rows] == [["house/llama/usd"]] * len(codes)
    assert all("what prices house/llama was checked " in row.found for row in rows)
