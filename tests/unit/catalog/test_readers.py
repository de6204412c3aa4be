"""Each kind of fact: its keys, and one error for each way to get them wrong."""

from collections.abc import Callable
from datetime import date

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import AliasState, Confidence, Hours
from routeproof.clock import parse_instant

FactText = Callable[..., str]
ProblemsOf = Callable[[str], list[str]]

BAD_COMMON = [
    ({"id": None}, "id: is missing"),
    ({"id": '"no spaces"'}, "id: 'no spaces' is no name"),
    ({"unit": None}, "unit: is missing; use one of 'per 1M tokens'"),
    ({"source": None}, "source: is missing; write the address"),
    ({"source": '"their page"'}, "source: 'their page' is no address"),
    ({"checked_at": None}, "checked_at: is missing"),
    ({"checked_at": '"yesterday"'}, "checked_at: 'yesterday' is no date"),
    ({"checked_at": '"2026-02-30"'}, "checked_at: '2026-02-30' is no date"),
    ({"checked_at": "2026-11-24T00:00:00Z"}, "checked_at: 2026-11-24 00:00:00+00:00 is no date"),
    ({"confidence": '"sure"'}, "confidence: 'sure' is not known; use one of 'provider page', 'mirror'"),
    ({"effective_from": None}, "effective_from: is missing"),
    ({"effective_from": '"2026-01-01"'}, "effective_from: '2026-01-01' is no instant with an offset"),
    ({"effective_from": "20260101"}, "effective_from: 20260101 is no instant with an offset"),
    ({"effective_until": '"2026-13-01T00:00:00Z"'}, "effective_until: '2026-13-01T00:00:00Z' is no instant"),
    ({"effective_until": '"2026-01-01T00:00:00Z"'}, "effective_until: is not after effective_from"),
    ({"note": "1"}, "note: 1 is not a text on one line"),
    ({"nota": '"x"'}, "nota: there is no such key here; use one of checked_at, confidence"),
]
BAD_PRICE = [
    ({"subject": None}, "subject: is missing"),
    ({"subject": '"m"'}, "subject: 'm' is no table"),
    ({"subject": '{ family = "acme" }'}, "subject.model: is missing"),
    ({"subject": '{ model = "m" }'}, "subject.family: is missing"),
    ({"subject": '{ family = "acme", model = "m", regions = "eu" }'}, "subject.regions: 'eu' is no list"),
    ({"subject": '{ family = "acme", model = "m", region = "eu" }'}, "subject.region: there is no such key"),
    ({"currency": None}, "currency: is missing"),
    ({"currency": '"EUR"'}, "currency: 'EUR' is not known; use one of 'USD', 'CNY'"),
    ({"hours": '"night"'}, "hours: 'night' is not known"),
    ({"flag": '"cheap"'}, "flag: 'cheap' is not known"),
    ({"value": None}, "value: is missing"),
    ({"value": "[]"}, "value: is empty"),
    ({"value": '["0.15"]'}, "value[0]: '0.15' is no table"),
    ({"value": '[{ output = "1" }]'}, "value[0].input: is missing"),
    ({"value": '[{ input = 1, output = "1" }]'}, "value[0].input: 1 is no plain decimal"),
    ({"value": '[{ input = "-1", output = "1" }]'}, "value[0].input: '-1' is no plain decimal"),
    ({"value": '[{ input = "1e3", output = "1" }]'}, "value[0].input: '1e3' is no plain decimal"),
    ({"value": '[{ input = "1,5", output = "1" }]'}, "value[0].input: '1,5' is no plain decimal"),
    ({"value": '[{ input = "0.0000000001", output = "1" }]'}, "value[0].input: '0.0000000001' is no plain"),
    ({"value": '[{ input = "1000000.1", output = "1" }]'}, "value[0].input: '1000000.1' is no plain decimal"),
    ({"value": '[{ input = "1", output = "1", cached = "1" }]'}, "value[0].cached: there is no such key"),
    ({"value": '[{ input = "1", output = "1", input_tokens_max = 0 }]'}, "input_tokens_max: 0 is no whole"),
    ({"value": '[{ input = "1", output = "1" }, { input = "2", output = "2" }]'}, "value[0].input_tokens_max"),
    (
        {
            "value": '[{ input = "1", output = "1", input_tokens_max = 9 },'
            ' { input = "2", output = "2", input_tokens_max = 9 }]'
        },
        "value[1].input_tokens_max: 9 is not above the tier before it (9)",
    ),
]
BAD_ALIAS = [
    ({"value": '{ state = "gone", target = "m" }'}, "value.state: 'gone' is not known"),
    ({"value": '{ state = "alias" }'}, "value.target: is missing"),
    ({"value": '{ state = "alias", target = "m", thinking = "yes" }'}, "value.thinking: 'yes' is neither"),
    ({"subject": '{ family = "acme", model = "m" }'}, "value.target: 'm' is the alias itself"),
]
BAD_CACHE_RULE = [
    ({"value": '{ hit = "20" }'}, "value.hit: there is no such key"),
    ({"value": '{ write = "125 %" }'}, "value.write: '125 %' is no plain decimal"),
]
WINDOWS = '{{ zone = "{0}", weekdays = {1}, windows = {2} }}'
BAD_PEAK_WINDOWS = [
    ({"value": WINDOWS.format("Mars/Olympus", "[1]", '[["01:00", "04:00"]]')}, "value.zone: 'Mars/Olympus'"),
    ({"value": WINDOWS.format("UTC", "[0]", '[["01:00", "04:00"]]')}, "value.weekdays: 0 is no weekday"),
    ({"value": WINDOWS.format("UTC", "[1, 1]", '[["01:00", "04:00"]]')}, "value.weekdays: 1 is no weekday"),
    ({"value": WINDOWS.format("UTC", "[]", '[["01:00", "04:00"]]')}, "value.weekdays: is empty"),
    ({"value": WINDOWS.format("UTC", "[1]", '[["01:00"]]')}, "value.windows: ['01:00'] is no pair"),
    ({"value": WINDOWS.format("UTC", "[1]", '[["1:00", "04:00"]]')}, "value.windows: ['1:00', '04:00'] is no"),
    ({"value": WINDOWS.format("UTC", "[1]", '[["22:00", "02:00"]]')}, "value.windows: ['22:00', '02:00'] is no"),
    (
        {"value": WINDOWS.format("UTC", "[1]", '[["01:00", "04:00"], ["03:00", "05:00"]]')},
        "value.windows: ['03:00', '05:00'] is no window",
    ),
]
BAD_CALENDAR = [
    ({"value": '{ days_off = [["2026-10-07", "2026-10-01"]] }'}, "value.days_off: ['2026-10-07', "),
    ({"value": '{ days_off = [["2026-10-01", "soon"]] }'}, "value.days_off: ['2026-10-01', 'soon'] is no span"),
    ({"value": '{ days_off = [["2020-01-01", "2026-01-01"]] }'}, "value.days_off: ['2020-01-01', "),
    ({"subject": '{ family = "acme" }'}, "subject.calendar: is missing"),
]
BAD = [
    (kind, changes, expected)
    for kind, cases in {
        "price": BAD_COMMON + BAD_PRICE,
        "alias": BAD_ALIAS,
        "cache_rule": BAD_CACHE_RULE,
        "peak_windows": BAD_PEAK_WINDOWS,
        "calendar": BAD_CALENDAR,
    }.items()
    for changes, expected in cases
]


@pytest.mark.parametrize(("kind", "changes", "expected"), BAD, ids=[expected for _, _, expected in BAD])
def test_a_bad_value_gives_an_error_of_its_own(
    kind: str, changes: dict[str, str | None], expected: str, fact: FactText, problems_of: ProblemsOf
) -> None:
    """Each mistake is named with its key, what was found, and what to write."""
    if kind == "alias":
        changes = {"subject": '{ family = "acme", model = "old" }', **changes}

    found = problems_of(fact(kind, **changes))

    assert any(expected in problem for problem in found), found


def test_a_price_is_read_into_integers(fact: FactText) -> None:
    """Decimals become nano-units, a missing price stays None and never becomes zero."""
    value = '[{ input_tokens_max = 32000, input = "0.0028", output = "1.5", cache_hit = "0" }]'

    price = parse_facts(fact(value=value, hours='"any"'), "prices.toml").prices[0]

    (tier,) = price.tiers
    assert (tier.input_nano, tier.output_nano, tier.cache_hit_nano) == (2_800_000, 1_500_000_000, 0)
    assert tier.cache_write_nano is None
    assert tier.input_tokens_max == 32_000
    assert price.hours is Hours.ANY


def test_instants_and_dates_may_be_written_without_quotes(fact: FactText) -> None:
    """TOML's own dates with an offset mean the same as their text."""
    changes = {"effective_from": "2026-01-01T08:00:00+08:00", "checked_at": "2026-11-24"}

    price = parse_facts(fact(**changes), "prices.toml").prices[0]

    assert price.effective_from_ns == parse_instant("2026-01-01T00:00:00Z")
    assert price.checked_at_ns == parse_instant("2026-11-24T00:00:00Z")
    assert price.confidence is Confidence.PROVIDER_PAGE


def test_an_alias_carries_its_state_target_and_thinking(fact: FactText) -> None:
    """A retired name keeps the successor to tell clients."""
    value = '{ state = "retired", target = "m", thinking = true }'

    alias = parse_facts(
        fact("alias", value=value, subject='{ family = "acme", model = "old" }'), "prices.toml"
    ).aliases[0]

    assert (alias.state, alias.target, alias.thinking) == (AliasState.RETIRED, "m", True)


def test_windows_may_end_with_the_day(fact: FactText) -> None:
    """'24:00' closes a window at midnight UTC."""
    value = WINDOWS.format("UTC", "[7, 1]", '[["16:00", "22:00"], ["22:00", "24:00"]]')

    windows = parse_facts(fact("peak_windows", value=value), "prices.toml").peak_windows[0]

    assert windows.windows_s == ((57_600, 79_200), (79_200, 86_400))
    assert windows.weekdays == (1, 7)


def test_days_off_may_be_toml_dates(fact: FactText) -> None:
    """A span of one day has the same first and last day."""
    calendar = parse_facts(
        fact("calendar", value="{ days_off = [[2026-10-01, 2026-10-01]] }"), "prices.toml"
    ).calendars[0]

    assert calendar.days_off == ((date(2026, 10, 1), date(2026, 10, 1)),)
