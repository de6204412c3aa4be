"""What is found wrong with facts: age by source, doubts, ends and gaps, with the routes that it concerns."""

from pathlib import Path

import pytest
from tests.unit.operations.facts_scene import house, settings_in

from routeproof.clock import parse_instant
from routeproof.config.settings import Settings
from routeproof.operations.facts.checking import REMEDIES, FactFinding, Trouble, check_facts

NOW = "2026-11-25T12:00:00Z"


def findings(settings: Settings | None, trouble: Trouble, at: str = NOW) -> list[FactFinding]:
    """Those of one kind."""
    return [finding for finding in check_facts(settings, parse_instant(at)).findings if finding.trouble is trouble]


def about_house(settings: Settings, trouble: Trouble, at: str = NOW) -> list[FactFinding]:
    """Those of one kind about the operator's own facts."""
    return [
        finding
        for finding in findings(settings, trouble, at)
        if any(name.startswith("house/") for name in finding.facts)
    ]


@pytest.mark.parametrize(
    ("at", "trouble", "age"),
    [("2026-12-01T00:00:00Z", Trouble.STALE, 30), ("2027-01-30T00:00:00Z", Trouble.HELD, 90)],
)
def test_old_facts_are_told_by_their_source(at: str, trouble: Trouble, age: int, tmp_path: Path) -> None:
    """From the edge on: one finding for what one visit settles, with the routes that rest on it."""
    other = house(id='"house/mistral/usd"', subject='{ family = "house", model = "mistral" }')
    settings = settings_in(tmp_path, house() + other)
    (finding,) = about_house(settings, trouble, at)

    assert finding.facts == ["house/llama/usd", "house/mistral/usd"]
    assert finding.routes == ["house/llama"]
    assert finding.detail == (
        f"2 facts (price), checked on 2026-11-01, {age} days ago: https://intranet.example/prices"
    )
    earlier = parse_instant(at) - 1
    assert not [
        row
        for row in check_facts(settings, earlier).findings
        if row.trouble is trouble and "house/llama/usd" in row.facts
    ]


def test_only_a_hold_is_a_failure(tmp_path: Path) -> None:
    """Everything else is a warning, however much of it there is."""
    lenient = "[staleness]\n" + "\n".join(
        f'{kind} = {{ warn_after_days = 1, hold_after_days = "never" }}'
        for kind in ("price", "fee", "cache_rule", "peak_windows", "exchange_rate", "alias")
    )
    late = parse_instant("2028-01-01T00:00:00Z")

    assert not check_facts(settings_in(tmp_path, house()), late).ok
    report = check_facts(settings_in(tmp_path, house(), lenient), late)
    assert report.ok and {finding.trouble for finding in report.findings} >= {Trouble.STALE, Trouble.CONTRADICTED}


def test_history_and_disputed_claims_are_never_too_old(tmp_path: Path) -> None:
    """Nobody quotes by them."""
    ended = house(effective_until='"2026-12-31T00:00:00Z"')
    rival = house(id='"house/llama/rumour"', contradicts='["house/llama/usd"]', checked_at="2026-01-01")
    settings = settings_in(tmp_path, ended + rival)

    assert about_house(settings, Trouble.HELD, "2027-06-01T00:00:00Z") == []
    assert [row.facts for row in about_house(settings, Trouble.STALE, "2026-12-30T00:00:00Z")] == [["house/llama/usd"]]


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("bare/x", "provider 'bare' has no `prices`"),
        ("house/other", "no fact of 'house' prices 'other' at this instant"),
        ("yuan/m", "'m' is priced in CNY only, and rows are in USD"),
    ],
)
def test_a_route_that_nothing_prices_is_told(route: str, reason: str, tmp_path: Path) -> None:
    """Whose costs would all be unknown; why is said."""
    facts = house() + house(id='"yuan/m"', subject='{ family = "yuan", model = "m" }', currency='"CNY"')
    more = f'[providers.yuan]\ndialect = "openai"\napi_key = "none"\nprices = "yuan"\n[models.n]\nroutes = ["{route}"]'
    (finding,) = findings(settings_in(tmp_path, facts, more), Trouble.NO_PRICE)

    assert (finding.detail, finding.routes) == (reason, [route])


def test_a_route_without_a_price_yet_is_told(tmp_path: Path) -> None:
    """Until the very instant at which its first price begins."""
    settings = settings_in(tmp_path, house(effective_from='"2026-12-01T00:00:00Z"'))

    assert [row.routes for row in findings(settings, Trouble.NO_PRICE, "2026-11-30T23:59:59.999999Z")] == [
        ["house/llama"]
    ]
    assert findings(settings, Trouble.NO_PRICE, "2026-12-01T00:00:00Z") == []


PEAK_HOURS = house(
    id='"house/hours"',
    kind='"peak_windows"',
    subject='{ family = "house" }',
    unit='"UTC time of day"',
    currency=None,
    value='{ zone = "Asia/Shanghai", weekdays = [1], windows = [["01:00", "04:00"]], holidays = "house-days" }',
)
CALENDAR = house(
    id='"house-days/2026"',
    kind='"calendar"',
    subject='{ calendar = "house-days" }',
    unit='"local dates"',
    currency=None,
    value='{ days_off = [["2026-10-01", "2026-10-07"]] }',
    effective_from='"2025-12-31T16:00:00Z"',
    effective_until='"2026-12-31T16:00:00Z"',
)


@pytest.mark.parametrize(
    ("at", "years"),
    [
        ("2026-11-01T15:59:59.999Z", []),
        ("2026-11-01T16:00:00Z", ["2027"]),
        ("2026-12-31T15:59:59.999Z", ["2027"]),
        ("2026-12-31T16:00:00Z", ["2027"]),
        ("2027-11-25T12:00:00Z", ["2027", "2028"]),
    ],
)
def test_a_year_whose_holidays_nobody_has_stated_is_told(at: str, years: list[str], tmp_path: Path) -> None:
    """Sixty days ahead, and in the year itself; it begins at midnight in Beijing."""
    settings = settings_in(tmp_path, house() + PEAK_HOURS + CALENDAR)
    found = [row.detail for row in about_house(settings, Trouble.CALENDAR_MISSING, at)]

    assert found == [f"no fact states the days off of 'house-days' for {year}" for year in years]


def test_what_ends_within_thirty_days_is_told_with_what_follows(tmp_path: Path) -> None:
    """Or with the warning that nothing does."""
    ends = house(effective_until='"2026-12-25T12:00:00Z"')
    after = house(id='"house/llama/later"', effective_from='"2026-12-25T12:00:00Z"')
    (alone,) = about_house(settings_in(tmp_path, ends), Trouble.ENDS_SOON)
    (followed,) = about_house(settings_in(tmp_path, ends + after), Trouble.ENDS_SOON)

    assert alone.detail == (
        "'house/llama/usd' (input 0.05, output 0.1 USD per 1M tokens) ends at 2026-12-25T12:00:00.000Z; nothing follows"
    )
    assert followed.detail.endswith("; then house/llama/later")
    assert followed.routes == ["house/llama"]


@pytest.mark.parametrize("at", ["2026-11-25T11:59:59.999999Z", "2026-12-25T12:00:00Z"])
def test_an_end_that_is_far_or_past_is_not_told(at: str, tmp_path: Path) -> None:
    """To the microsecond."""
    settings = settings_in(tmp_path, house(effective_until='"2026-12-25T12:00:00Z"'))

    assert about_house(settings, Trouble.ENDS_SOON, at) == []


def test_a_replaced_value_is_told(tmp_path: Path) -> None:
    """With both values and the file of one's own."""
    name = "deepseek/deepseek-flash/usd/2026-09-10/peak"
    own = house(
        id=f'"{name}"',
        subject='{ family = "deepseek", model = "deepseek-flash" }',
        hours='"peak"',
        effective_from='"2026-09-10T04:00:00Z"',
    )
    (finding,) = findings(settings_in(tmp_path, house() + own), Trouble.REPLACED)

    assert finding.facts == [name] and finding.routes == ["deepseek/deepseek-flash"]
    assert f"is input 0.05, output 0.1 USD per 1M tokens, peak in {tmp_path / 'own.toml'}, and" in finding.detail
    assert finding.detail.endswith("input 0.3, hit 0.006, output 1.2 USD per 1M tokens, peak as shipped")


def test_a_contradiction_is_told_while_both_hold(tmp_path: Path) -> None:
    """With what is in use, and who says otherwise."""
    rival = house(
        id='"house/llama/rumour"',
        contradicts='["house/llama/usd"]',
        value='[{ input = "1", output = "2" }]',
        confidence='"third party"',
        effective_until='"2026-12-01T00:00:00Z"',
    )
    settings = settings_in(tmp_path, house() + rival)
    (finding,) = about_house(settings, Trouble.CONTRADICTED)

    assert finding.facts == ["house/llama/rumour", "house/llama/usd"]
    assert finding.detail == (
        "third party says input 1, output 2 USD per 1M tokens ('house/llama/rumour', "
        "https://intranet.example/prices), and in use is input 0.05, output 0.1 USD per 1M tokens"
    )
    assert about_house(settings, Trouble.CONTRADICTED, "2026-12-01T00:00:00Z") == []


def test_the_worst_comes_first_and_what_concerns_a_route_before_what_does_not(tmp_path: Path) -> None:
    """So that the top of the list is what to do next."""
    rows = check_facts(settings_in(tmp_path, house()), parse_instant("2027-03-01T00:00:00Z")).findings
    order = [(list(Trouble).index(row.trouble), not row.routes) for row in rows]

    assert order == sorted(order)
    assert len({row.trouble for row in rows}) > 2


def test_every_trouble_has_its_remedy() -> None:
    """What is found without a way out is no help."""
    assert set(REMEDIES) == set(Trouble)
