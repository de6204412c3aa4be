"""`routeproof facts verify` against simulated providers over real sockets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.asked_providers import AskedProviders

from routeproof.simulator.faults import Fault

PRICED = {"newapi": 'prices = "deepseek"\n'}


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[AskedProviders]:
    """One honest provider of each kind."""
    with AskedProviders(tmp_path) as running:
        yield running


def verified(providers: AskedProviders, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and each provider's report by name."""
    code, reports = providers.told("facts", "verify", *arguments)
    return code, {report["provider"]: report for report in reports}


def codes(report: dict[str, Any]) -> set[tuple[str, str]]:
    """Codes and subjects of the disagreements."""
    return {(point["code"], point["subject"]) for point in report["disagreements"]}


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    """What became of each question."""
    return {asked["question"]: asked["outcome"] for asked in report["asked"]}


def test_a_provider_that_says_what_the_facts_say_passes(providers: AskedProviders) -> None:
    """Models, limits, aliases and balance."""
    code, reports = verified(providers, "deepseek")

    assert (code, reports["deepseek"]["disagreements"]) == (0, [])
    assert outcomes(reports["deepseek"]) == {"models": "answered", "balance": "answered"}
    assert reports["deepseek"]["told"]["balances"] == {"USD": "100"}
    assert "agree" in providers.command("facts", "verify", "deepseek").stdout


def test_every_configured_provider_is_asked_all_that_its_family_can_tell(providers: AskedProviders) -> None:
    """Unless some are named."""
    _, reports = verified(providers)

    assert {name: list(outcomes(report)) for name, report in reports.items()} == {
        "deepseek": ["models", "balance"],
        "qwen": ["models", "quotas"],
        "newapi": ["models", "pricing", "subscription", "usage"],
    }
    assert {outcome for report in reports.values() for outcome in outcomes(report).values()} == {"answered"}


def test_models_without_facts_and_facts_without_models_are_found(providers: AskedProviders) -> None:
    """Qwen's simulated list is shorter than its price list, and has a model that no price was found of."""
    code, reports = verified(providers, "qwen")

    assert code == 1
    assert ("listed_without_facts", "qwen-turbo") in codes(reports["qwen"])
    assert ("model_not_listed", "qwen3-coder-plus") in codes(reports["qwen"])
    assert not any(code == "model_not_listed" and "qwen3-max" in name for code, name in codes(reports["qwen"]))


@pytest.mark.parametrize(
    ("balance", "code"), [("0.00", "balance_unavailable"), ("0.50", "balance_low"), ("-3.00", "balance_unavailable")]
)
def test_a_balance_that_runs_out_is_found(tmp_path: Path, balance: str, code: str) -> None:
    """Before requests are refused for it."""
    with AskedProviders(tmp_path, changes={"deepseek": {"balance": balance}}) as providers:
        exit_code, reports = verified(providers, "deepseek")

    assert exit_code == 1
    assert {found for found, _ in codes(reports["deepseek"])} == {code}


def test_the_least_balance_is_the_operators(tmp_path: Path) -> None:
    """In whole units or parts."""
    with AskedProviders(tmp_path, changes={"deepseek": {"balance": "0.50"}}) as providers:
        assert providers.command("facts", "verify", "deepseek", "--balance-min", "0.5").exit_code == 0
        assert providers.command("facts", "verify", "deepseek", "--balance-min", "x").exit_code == 2


def test_a_marked_up_gateway_disagrees_with_the_prices_its_rows_get(tmp_path: Path) -> None:
    """By line, with the exact share; what an expression prices is named and not compared."""
    changes = {"newapi": {"group_ratio": "1.5", "tiered": ("deepseek-v4-pro",)}}
    with AskedProviders(tmp_path, changes=changes, lines=PRICED) as providers:
        code, reports = verified(providers, "newapi")
    report = reports["newapi"]
    told = {point["subject"]: point["told"] for point in report["disagreements"]}

    assert code == 1
    assert "input $0.225 (+50 %)" in told["deepseek-flash (off_peak hours)"]
    assert report["unverifiable_by_ratio"] == ["deepseek-v4-pro"]
    assert not any("v4-pro" in subject for subject in told)


def test_a_gateway_whose_quota_is_used_up_is_found(tmp_path: Path) -> None:
    """From its dashboard's two pages."""
    with AskedProviders(tmp_path, changes={"newapi": {"quota": 0}}) as providers:
        code, reports = verified(providers, "newapi")

    assert (code, codes(reports["newapi"])) == (1, {("balance_unavailable", "key")})
    assert reports["newapi"]["told"]["balances"] == {"key": "0"}


@pytest.mark.parametrize("kind", ["deepseek", "qwen", "newapi"])
def test_a_wrong_key_is_told_for_each_question_and_fails(providers: AskedProviders, kind: str) -> None:
    """A key of another region looks the same, so the host is named."""
    providers.set_key(kind, "sk-of-elsewhere")
    code, reports = verified(providers, kind)
    refused = [asked for asked in reports[kind]["asked"] if asked["outcome"] == "key_refused"]

    assert code == 1
    assert {asked["question"] for asked in refused} == set(outcomes(reports[kind])) - {"pricing"}
    assert all("key not valid at this host (127.0.0.1)" in asked["detail"] for asked in refused)
    assert reports[kind]["disagreements"] == []


def test_an_error_with_status_200_is_no_answer(providers: AskedProviders) -> None:
    """A gateway's dashboard answers so."""
    providers.simulator.server("newapi").faults.add(Fault.ERROR_IN_200, times=None)
    code, reports = verified(providers, "newapi")

    assert code == 1
    assert set(outcomes(reports["newapi"]).values()) == {"unreadable"}
    assert reports["newapi"]["told"]["balances"] is None


def test_a_page_that_is_absent_is_told_and_is_no_failure(tmp_path: Path) -> None:
    """Here DeepSeek is asked as if it were a gateway: it has models and nothing else of what gateways have."""
    with AskedProviders(tmp_path) as providers:
        config = providers.config.read_text().replace('dialect = "deepseek"', 'dialect = "newapi"')
        providers.config.write_text(config)
        code, reports = verified(providers, "deepseek")
    report = reports["deepseek"]

    details = {asked["question"]: asked["detail"] for asked in report["asked"]}
    absent = ("pricing", "website pricing", "subscription", "usage")

    assert code == 0
    assert outcomes(report) == {"models": "answered", **dict.fromkeys(absent, "absent")}
    assert "after a login" in details["pricing"]
    assert "no such endpoint" in details["usage"]


def test_a_key_that_was_never_set_is_told(tmp_path: Path) -> None:
    """Which is another remedy than a wrong one's."""
    with AskedProviders(tmp_path) as providers:
        config = providers.config.read_text().replace('"env:DEEPSEEK_KEY"', '"none"')
        providers.config.write_text(config)
        code, reports = verified(providers, "deepseek")

    assert code == 1
    assert all("set `api_key`" in asked["detail"] for asked in reports["deepseek"]["asked"])


def test_a_provider_that_is_not_configured_is_named(providers: AskedProviders) -> None:
    """With the closest name that is."""
    result = providers.command("facts", "verify", "deepsek")

    assert result.exit_code == 1
    assert "did you mean 'deepseek'?" in result.stderr


def test_nothing_is_changed(providers: AskedProviders, tmp_path: Path) -> None:
    """No file is written, nothing but GET is sent."""
    before = sorted(path.name for path in tmp_path.iterdir())
    providers.command("facts", "verify")

    assert sorted(path.name for path in tmp_path.iterdir()) == before
    seen = [request for name in ("deepseek", "qwen", "newapi") for request in providers.simulator.server(name).seen]
    assert {request.method for request in seen} == {"GET"}
