"""`cost`: a bill for people, an object for machines, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Command = Callable[..., Result]

AT = ("--at", "2026-11-24T12:00:00Z")
USAGE = {"prompt_tokens": 149, "completion_tokens": 29, "prompt_cache_hit_tokens": 128, "prompt_cache_miss_tokens": 21}


@pytest.fixture
def usage(home: Path) -> str:
    """A usage of DeepSeek's in the working folder."""
    (home / "usage.json").write_text(json.dumps(USAGE))
    return "usage.json"


def cost(command: Command, *arguments: str) -> Result:
    """The cost of the usage at DeepSeek's, unless another route is given."""
    route = () if "--route" in arguments else ("--route", "deepseek@/deepseek-flash")
    return command("cost", "--usage", "usage.json", *route, *arguments)


def test_a_bill_has_tokens_price_amount_and_fact_of_every_line(command: Command, usage: str) -> None:
    """And the total; where the facts come from is on stderr."""
    result = cost(command, *AT)
    fact = "deepseek/deepseek-flash/usd/2026-09-10/off-peak"

    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()[2:]] == [
        ["input", "21", "0.15", "0.00000315", fact],
        ["cache_hit", "128", "0.003", "0.000000384", fact],
        ["output", "29", "0.6", "0.0000174", fact],
        ["total", "USD", "0.000020934"],
    ]
    assert f"{fact}: checked on 2026-11-01, 23 days old, https://" in result.stderr


def test_json_is_one_object(command: Command, usage: str) -> None:
    """With the cost as an integer and as an exact decimal."""
    answer = json.loads(cost(command, *AT, "--json").stdout)

    assert (answer["bill"]["cost_nanousd"], answer["bill"]["cost_usd"]) == (20_934, "0.000020934")
    assert (answer["usage"]["input_tokens"], answer["both"], answer["flags"]) == (149, None, [])


def test_both_prices_are_shown_where_the_request_went_over_a_boundary(command: Command, usage: str) -> None:
    """The one at the start counts."""
    result = cost(command, "--at", "2026-11-24T09:59:59Z", "--until", "2026-11-24T10:00:05Z")
    totals = [line.split()[-1] for line in result.stdout.splitlines() if line.startswith("total")]

    assert totals == ["0.000041868", "0.000020934"]
    assert "which does not count" in result.stdout
    assert "flags: straddles_window" in result.stdout


def test_the_model_that_answered_is_priced(command: Command, usage: str) -> None:
    """Where it is another than the route's."""
    result = cost(command, *AT, "--answered", "deepseek-v4-pro")

    assert "the price of deepseek-v4-pro" in result.stdout
    assert "deepseek/deepseek-v4-pro/" in result.stdout


def test_thinking_may_be_told(command: Command, usage: str) -> None:
    """It decides the price of the output where there are two."""
    plus = ("--route", "qwen@singapore/qwen-plus")
    plain, thinking = (cost(command, *AT, *plus, word) for word in ("--no-thinking", "--thinking"))

    assert "output_thinking" in thinking.stdout
    assert "output_thinking" not in plain.stdout


@pytest.mark.parametrize(
    ("content", "route", "told"),
    [
        (
            '{"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 3}',
            "deepseek@/deepseek-flash",
            "total_mismatch",
        ),
        (json.dumps(USAGE), "deepseek@/nope", "no fact states a price"),
        ('{"input_tokens": 300000, "output_tokens": 1}', "qwen@singapore/qwen3-max", "last tier"),
        ("[]", "deepseek@/deepseek-flash", "no JSON object"),
    ],
)
def test_an_unknown_cost_has_its_reason_and_exit_code(
    command: Command, home: Path, content: str, route: str, told: str
) -> None:
    """Never a zero."""
    (home / "usage.json").write_text(content)
    result = cost(command, *AT, "--route", route)

    assert result.exit_code == 1
    assert told in result.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--until", "2026-11-24T11:59:59Z"], "--until"),
        (["--at", "soon"], "--at"),
        (["--route", "ds/x"], "routeproof.toml"),
    ],
)
def test_what_can_not_be_is_refused(command: Command, usage: str, arguments: list[str], named: str) -> None:
    """By name, with nothing on stdout."""
    result = cost(command, *AT, *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
