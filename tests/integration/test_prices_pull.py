"""`routeproof prices pull` against simulated providers over real sockets."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.asked_providers import KEYS, AskedProviders

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.newapi.price_list import parse_pricing
from routeproof.catalog.newapi.units import quota_of_usage
from routeproof.simulator.faults import Fault
from routeproof.simulator.newapi_prices import MARK_UP
from routeproof.usage import Usage

GATEWAY = {"group_ratio": "1.5", "tiered": ("qwen-plus",)}


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[AskedProviders]:
    """A gateway that openly asks half as much again, and lists one model by an expression."""
    with AskedProviders(tmp_path, changes={"newapi": GATEWAY}, lines={"newapi": 'prices = "deepseek"\n'}) as running:
        yield running


def pulled(providers: AskedProviders, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and what was read."""
    code, (report,) = providers.told("prices", "pull", "newapi", providers.site(), "--provider", "newapi", *options)
    return code, report["prices"]


def test_rows_come_as_dollars_with_the_mark_up_line_by_line(providers: AskedProviders) -> None:
    """Half as much again off-peak is a quarter less than the list at peak; nothing is rounded."""
    code, prices = pulled(providers, "--model", "deepseek-flash")
    (row,) = prices["rows"]
    shown = {
        comparison["hours"]: {line["line"]: line["markup_percent"] for line in comparison["lines"]}
        for comparison in row["comparisons"]
    }

    assert code == 0
    assert (row["input_usd"], row["output_usd"], row["cache_hit_usd"]) == ("0.225", "0.9", "0.0045")
    assert (row["cache_write_usd"], row["group_ratio"], prices["group"]) == (None, "1.5", "default")
    assert {line: shown["off_peak"][line] for line in ("input", "output", "cache_hit")} == dict.fromkeys(
        ("input", "output", "cache_hit"), "50"
    )
    assert shown["peak"]["input"] == "-25"


def test_a_listed_model_that_the_key_may_call_is_both(providers: AskedProviders) -> None:
    """The one is read from the price list, the other from the account's models."""
    _, prices = pulled(providers, "--model", "deepseek-flash")

    assert (prices["standing"]["listed"], prices["standing"]["callable"]) == (True, True)


def test_a_model_without_a_row_may_still_be_there(providers: AskedProviders) -> None:
    """The exit code is 1, and the words say what the absence means."""
    code, prices = pulled(providers, "--model", "unheard-of")

    assert (code, prices["rows"], prices["standing"]["callable"]) == (1, [], False)
    assert "absence of a row is not absence of the model" in prices["standing"]["detail"]


def test_a_saved_list_shows_models_that_are_callable_without_a_row(providers: AskedProviders, tmp_path: Path) -> None:
    """Here the list of somebody whose groups see less."""
    body = httpx2.get(f"{providers.site()}/api/pricing", trust_env=False).json()
    body["data"] = [row for row in body["data"] if row["model_name"] != "deepseek-flash"]
    saved = tmp_path / "pricing.json"
    saved.write_text(json.dumps(body))
    code, (report,) = providers.told("prices", "pull", "newapi", str(saved), "--provider", "newapi")
    asked_for = ("--model", "deepseek-flash")
    missed, (one,) = providers.told("prices", "pull", "newapi", str(saved), "--provider", "newapi", *asked_for)

    assert (code, report["prices"]["callable_without_row"]) == (0, ["deepseek-flash"])
    assert (missed, one["prices"]["standing"]["listed"], one["prices"]["standing"]["callable"]) == (1, False, True)


def test_a_key_that_is_not_valid_leaves_it_unknown(providers: AskedProviders) -> None:
    """Which is neither yes nor no."""
    providers.set_key("newapi", "sk-wrong")
    code, prices = pulled(providers, "--model", "deepseek-flash")

    assert (code, prices["standing"]["callable"], prices["rows"][0]["callable"]) == (0, None, None)
    assert "key not valid at this host" in prices["callable_unknown"]


def test_an_expression_is_unverifiable_by_ratio(providers: AskedProviders) -> None:
    """Its ratios are shown as no price at all."""
    _, prices = pulled(providers, "--model", "qwen-plus")
    (row,) = prices["rows"]

    assert (row["basis"], row["input_usd"], row["comparisons"]) == ("expression", None, [])
    assert "unverifiable by ratio" in row["reason"]


def test_list_prices_of_a_region_want_the_region(providers: AskedProviders) -> None:
    """Without it the remedy is told, with it each tier is compared."""
    arguments = ("prices", "pull", "newapi", providers.site(), "--allow-plain", "--model", "qwen3-max")
    _, (without,) = providers.told(*arguments)
    _, (with_it,) = providers.told(*arguments, "--region", "singapore")

    assert "--region: " in without["prices"]["rows"][0]["reason"]
    tiers = with_it["prices"]["rows"][0]["comparisons"]
    assert [tier["input_tokens_max"] for tier in tiers] == [32_000, 128_000, 256_000]
    assert with_it["prices"]["callable_unknown"] == "not asked; name the account with --provider"


def test_saved_facts_can_be_read_and_are_never_overwritten(providers: AskedProviders, tmp_path: Path) -> None:
    """With the list's address as their source; what makes no fact is named."""
    path = tmp_path / "gateway.toml"
    arguments = ("prices", "pull", "newapi", providers.site(), "--provider", "newapi", "--save", str(path))
    code, (report,) = providers.told(*arguments)
    text = path.read_text()
    prices = parse_facts(text, str(path)).prices

    assert (code, report["saved"]["facts"], len(prices)) == (0, 5, 5)
    assert [line.partition(":")[0] for line in report["saved"]["left_out"]] == ["qwen-plus"]
    assert {(price.subject.family, price.confidence) for price in prices} == {("newapi", "third party")}
    assert {price.source for price in prices} == {f"{providers.site()}/api/pricing"}
    again = providers.command(*arguments)
    assert (again.exit_code, path.read_text()) == (1, text)
    assert "never overwritten" in again.stderr


def test_facts_of_a_file_need_the_address_they_were_read_at(providers: AskedProviders, tmp_path: Path) -> None:
    """A file's name is no source."""
    saved, path = tmp_path / "pricing.json", tmp_path / "gateway.toml"
    saved.write_bytes(httpx2.get(f"{providers.site()}/api/pricing", trust_env=False).content)
    arguments = ("prices", "pull", "newapi", str(saved), "--save", str(path))

    assert "--source" in providers.command(*arguments).stderr
    assert not path.exists()
    assert providers.command(*arguments, "--source", "https://g.example/api/pricing").exit_code == 0
    assert {price.source for price in parse_facts(path.read_text(), "f").prices} == {"https://g.example/api/pricing"}


def test_a_private_address_needs_a_word_of_the_operator(providers: AskedProviders) -> None:
    """The command line's, or the provider's in the configuration."""
    refused = providers.command("prices", "pull", "newapi", providers.site())

    assert refused.exit_code == 1
    assert "plain http is not allowed" in refused.stderr
    assert providers.command("prices", "pull", "newapi", providers.site(), "--allow-plain").exit_code == 0


@pytest.mark.parametrize("fault", [Fault.HTML_200, Fault.ERROR_IN_200, Fault.EMPTY_BODY, Fault.STATUS_503, Fault.RESET])
def test_what_is_no_price_list_is_an_error(providers: AskedProviders, fault: Fault) -> None:
    """Never an empty list, and never a traceback."""
    providers.simulator.server("newapi").faults.add(fault)
    result = providers.command("prices", "pull", "newapi", providers.site(), "--allow-plain")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")


def test_a_hidden_mark_up_shows_in_what_was_charged(providers: AskedProviders) -> None:
    """The list is honest, the charge is not: the quota of the listed ratios tells by how much."""
    providers.simulator.server("newapi").faults.add(Fault.MARK_UP, model="deepseek-flash")
    headers = {"authorization": f"Bearer {KEYS['newapi']}"}
    body = {"model": "deepseek-flash", "messages": [{"role": "user", "content": "[[sim:events=400]] hello"}]}
    httpx2.post(f"{providers.site()}/v1/chat/completions", json=body, headers=headers, trust_env=False)
    log = httpx2.get(f"{providers.site()}/api/log/token?key={KEYS['newapi']}", trust_env=False).json()["data"][0]
    prices = parse_pricing(httpx2.get(f"{providers.site()}/api/pricing", trust_env=False).content)
    row = prices.row("deepseek-flash")
    assert row is not None
    assert row.ratios is not None
    usage = Usage(log["prompt_tokens"], log["completion_tokens"])

    listed = quota_of_usage(usage, row.ratios, Fraction("1.5"))
    assert listed is not None
    assert log["quota"] > listed
    assert log["quota"] == quota_of_usage(usage, row.ratios, Fraction("1.5") * Fraction(MARK_UP))


def test_a_providers_list_stands_beside_the_limit_facts(providers: AskedProviders, tmp_path: Path) -> None:
    """And can be saved as facts of its own."""
    path = tmp_path / "limits.toml"
    code, (report,) = providers.told("prices", "pull", "models", "deepseek", "--save", str(path))
    models = {model["id"]: model["limits"] for model in report["listed"]["models"]}

    assert (code, sorted(models)) == (0, ["deepseek-flash", "deepseek-v4-pro"])
    first = models["deepseek-flash"][0]
    assert (first["name"], first["listed"], first["facts"]) == ("context_tokens", 1_048_576, 1_048_576)
    limits = parse_facts(path.read_text(), str(path)).limits
    assert {(limit.subject.model, limit.name, limit.amount) for limit in limits} >= {
        ("deepseek-flash", "output_tokens", 393_216)
    }


def test_a_limit_that_differs_fails_the_command(tmp_path: Path) -> None:
    """An operator's fact says otherwise."""
    facts = tmp_path / "own.toml"
    facts.write_text(OWN_LIMIT)
    with AskedProviders(tmp_path) as providers:
        config = providers.config.read_text().replace("[server]\n", f"[server]\nfacts = [{json.dumps(str(facts))}]\n")
        providers.config.write_text(config)
        result = providers.command("prices", "pull", "models", "deepseek")

    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if "differs" in line]
    assert line.split()[:4] == ["deepseek-flash", "output_tokens", "393216", "65536"]


OWN_LIMIT = """
[[fact]]
id = "own/flash/output"
kind = "limit"
subject = { family = "deepseek", model = "deepseek-flash" }
unit = "tokens"
value = { name = "output_tokens", amount = 65536 }
effective_from = "2026-01-01T00:00:00Z"
source = "https://example.com/limits"
checked_at = "2026-11-24"
confidence = "provider page"
"""


def test_a_provider_without_a_list_is_told_with_what_to_correct(providers: AskedProviders) -> None:
    """By its name in the configuration."""
    providers.set_key("qwen", "sk-wrong")
    result = providers.command("prices", "pull", "models", "qwen")

    assert result.exit_code == 1
    assert "key not valid at this host" in result.stderr
    assert "[providers.qwen]" in result.stderr
