"""The tariff in force at an instant, and how long it holds."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.catalog.staleness import DAY_NS, StalenessPolicies, StalenessPolicy
from routeproof.clock import NEVER_NS, NS_PER_S, format_instant, parse_instant
from routeproof.usage import Usage

FactText = Callable[..., str]
BookOf = Callable[..., PriceBook]

OLD = '{ family = "acme", model = "old" }'
PEAK = {"id": '"acme/peak"', "hours": '"peak"', "value": '[{ input = "2", output = "4" }]'}
OFF_PEAK = {"id": '"acme/off"', "hours": '"off_peak"'}


def tariff_at(book: PriceBook, instant: str, model: str = "m") -> Tariff | None:
    """The tariff of a model of the made-up family."""
    sheet = book.sheet("acme", model, None)
    assert sheet is not None
    return sheet.at(parse_instant(instant))


def span(tariff: Tariff | None) -> tuple[str, str]:
    """From when until when a tariff holds."""
    assert tariff is not None
    return format_instant(tariff.valid_from_ns)[:16], format_instant(tariff.valid_until_ns)[:16]


def test_a_price_holds_from_its_first_instant_until_before_its_last(fact: FactText, book_of: BookOf) -> None:
    """Outside there is no price, which is not a price of zero."""
    book = book_of(fact(effective_until='"2026-02-01T00:00:00Z"'))

    assert tariff_at(book, "2025-12-31T23:59:59.999999Z") is None
    assert tariff_at(book, "2026-01-01T00:00:00Z") is not None
    assert tariff_at(book, "2026-01-31T23:59:59.999999Z") is not None
    assert tariff_at(book, "2026-02-01T00:00:00Z") is None


def test_a_tariff_holds_until_the_facts_change(fact: FactText, book_of: BookOf) -> None:
    """The next fact begins where this one ends."""
    book = book_of(
        fact(effective_until='"2026-02-01T00:00:00Z"'),
        fact(id='"acme/m2"', effective_from='"2026-02-01T00:00:00Z"', value='[{ input = "3", output = "4" }]'),
    )

    assert span(tariff_at(book, "2026-01-15T00:00:00Z")) == ("2026-01-01T00:00", "2026-02-01T00:00")
    later = tariff_at(book, "2026-02-01T00:00:00Z")
    assert later is not None
    assert later.valid_until_ns == NEVER_NS
    assert later.cost_nanousd(Usage(1_000_000, 0), False) == 3_000_000_000


def test_peak_and_off_peak_prices_change_with_the_windows(fact: FactText, book_of: BookOf) -> None:
    """A tariff holds until the peak state flips: 01:00 to 04:00 UTC, Monday to Friday in Shanghai."""
    book = book_of(fact(**PEAK), fact(**OFF_PEAK), fact("peak_windows"))

    peak = tariff_at(book, "2026-08-24T02:00:00Z")
    evening = tariff_at(book, "2026-08-28T10:30:00Z")

    assert peak is not None
    assert peak.fact_ids == ("acme/peak", "acme/peak_windows")
    assert span(peak)[1] == "2026-08-24T04:00"
    assert evening is not None
    assert evening.fact_ids == ("acme/off", "acme/peak_windows")
    assert span(evening)[1] == "2026-08-31T01:00"


def test_a_tariff_began_no_later_than_asked(fact: FactText, book_of: BookOf) -> None:
    """Its start is a boundary before, so that slightly earlier requests find it too."""
    book = book_of(fact(**PEAK), fact(**OFF_PEAK), fact("peak_windows"))

    assert span(tariff_at(book, "2026-08-24T02:00:00Z"))[0] == "2026-08-24T01:00"


def test_a_price_for_any_hour_needs_no_windows(fact: FactText, book_of: BookOf) -> None:
    """And its digest doesn't depend on them."""
    alone = tariff_at(book_of(fact()), "2026-08-24T02:00:00Z")
    beside = tariff_at(book_of(fact(), fact("peak_windows")), "2026-08-24T02:00:00Z")

    assert alone is not None
    assert beside is not None
    assert alone.digest == beside.digest
    assert alone.valid_until_ns == NEVER_NS


def test_after_the_last_windows_hourly_prices_are_unknown(fact: FactText, book_of: BookOf) -> None:
    """Without a rule nobody knows which of the two applies."""
    windows = fact("peak_windows", effective_until='"2026-03-01T00:00:00Z"')
    book = book_of(fact(**PEAK), fact(**OFF_PEAK), windows)

    assert tariff_at(book, "2026-02-28T12:00:00Z") is not None
    assert tariff_at(book, "2026-03-01T00:00:00Z") is None


def test_windows_that_never_change_bound_a_tariff_by_the_horizon(fact: FactText, book_of: BookOf) -> None:
    """Nothing beyond the days that were looked at is promised."""
    always = '{ zone = "UTC", weekdays = [1, 2, 3, 4, 5, 6, 7], windows = [["00:00", "24:00"]] }'
    tariff = tariff_at(book_of(fact(**PEAK), fact("peak_windows", value=always)), "2026-03-01T00:00:00Z")

    assert tariff is not None
    assert tariff.valid_until_ns - parse_instant("2026-03-01T00:00:00Z") == 400 * 86_400 * NS_PER_S


def test_a_model_s_own_windows_win_over_its_family_s(fact: FactText, book_of: BookOf) -> None:
    """A family's rule is for the models that have none."""
    own = fact(
        "peak_windows",
        id='"acme/own"',
        subject='{ family = "acme", model = "m" }',
        value='{ zone = "UTC", weekdays = [1], windows = [["12:00", "13:00"]] }',
    )
    book = book_of(fact(**PEAK), fact(**OFF_PEAK), fact("peak_windows"), own)

    tariff = tariff_at(book, "2026-08-24T02:00:00Z")

    assert tariff is not None
    assert tariff.fact_ids == ("acme/off", "acme/own")


def test_an_unknown_holiday_year_is_priced_as_peak_and_flagged(fact: FactText, book_of: BookOf) -> None:
    """The dearer price, and a word on the row that says why."""
    value = (
        '{ zone = "Asia/Shanghai", weekdays = [1, 2, 3, 4, 5], windows = [["01:00", "04:00"]], holidays = "acme-days" }'
    )
    book = book_of(fact(**PEAK), fact(**OFF_PEAK), fact("peak_windows", value=value))

    inside, outside = (tariff_at(book, instant) for instant in ("2026-08-24T02:00:00Z", "2026-08-24T05:00:00Z"))

    assert inside is not None
    assert outside is not None
    assert (inside.flags, outside.flags) == (("holiday_unknown",), ())
    assert "acme/peak" in inside.fact_ids


def test_an_alias_has_the_price_of_its_target(fact: FactText, book_of: BookOf) -> None:
    """The alias is one of the facts behind the price, and its end ends the tariff."""
    book = book_of(fact(), fact("alias", subject=OLD, effective_until='"2026-07-24T15:59:00Z"'))

    tariff = tariff_at(book, "2026-07-24T15:58:59.999999Z", "old")

    assert tariff is not None
    assert (tariff.model, tariff.fact_ids) == ("m", ("acme/alias", "acme/m"))
    assert span(tariff)[1] == "2026-07-24T15:59"
    assert tariff_at(book, "2026-07-24T15:59:00Z", "old") is None


def test_a_retired_name_has_no_price(fact: FactText, book_of: BookOf) -> None:
    """Not even one that it had of its own."""
    retired = fact("alias", subject=OLD, value='{ state = "retired", target = "m" }')
    book = book_of(fact(), fact(id='"acme/old"', subject=OLD), retired)

    assert tariff_at(book, "2026-03-01T00:00:00Z", "old") is None


def test_a_model_s_own_cache_rule_wins_over_its_family_s(fact: FactText, book_of: BookOf) -> None:
    """A rule that isn't used is not among the facts."""
    own = fact(
        "cache_rule",
        id='"acme/own"',
        subject='{ family = "acme", model = "m" }',
        value='{ hit_implicit = "50" }',
    )
    tariff = tariff_at(book_of(fact(), fact("cache_rule"), own), "2026-03-01T00:00:00Z")

    assert tariff is not None
    assert tariff.fact_ids == ("acme/m", "acme/own")
    assert tariff.cost_nanousd(Usage(1_000_000, 0, cache_hit_tokens=1_000_000), False) == 500_000_000


def test_a_currency_can_be_asked_for(fact: FactText, book_of: BookOf) -> None:
    """Without asking it is dollars where they are stated, and else what is."""
    cny = fact(id='"acme/cny"', currency='"CNY"')
    both, yuan_only = book_of(fact(), cny), book_of(cny)
    instant = parse_instant("2026-03-01T00:00:00Z")

    def currency(book: PriceBook, asked: str | None) -> str | None:
        sheet = book.sheet("acme", "m", None, currency=asked)
        tariff = sheet.at(instant) if sheet else None
        return tariff.currency if tariff else None

    assert [currency(both, asked) for asked in (None, "USD", "CNY")] == ["USD", "USD", "CNY"]
    assert [currency(yuan_only, asked) for asked in (None, "USD")] == ["CNY", None]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("global", ("acme/global", ())), ("us", ("acme/us", ())), (None, ("acme/us", ("scope_unknown",)))],
)
def test_an_unknown_scope_is_priced_as_the_dearest_and_flagged(
    scope: str | None, expected: tuple[str, tuple[str, ...]], fact: FactText, book_of: BookOf
) -> None:
    """Whoever names the workspace's scope gets its price."""
    book = book_of(
        fact(id='"acme/global"', subject='{ family = "acme", model = "m", scope = "global" }'),
        fact(
            id='"acme/us"',
            subject='{ family = "acme", model = "m", scope = "us" }',
            value='[{ input = "2", output = "3" }]',
        ),
    )
    sheet = book.sheet("acme", "m", None, scope=scope)
    assert sheet is not None

    tariff = sheet.at(parse_instant("2026-03-01T00:00:00Z"))

    assert tariff is not None
    assert (tariff.fact_ids[0], tariff.flags) == expected


def test_a_flag_of_the_price_is_the_tariff_s(fact: FactText, book_of: BookOf) -> None:
    """Every row priced with it shows it."""
    tariff = tariff_at(book_of(fact(flag='"list_price"')), "2026-03-01T00:00:00Z")

    assert tariff is not None
    assert tariff.flags == ("list_price",)


def test_a_tariff_is_as_old_as_the_oldest_fact_that_it_used(fact: FactText) -> None:
    """Each by the policy of its kind; facts that it did not use don't count."""
    text = "\n".join(
        [
            fact(checked_at='"2026-03-01"'),
            fact("alias", subject=OLD, checked_at='"2026-02-01"'),
            fact(id='"acme/cny"', currency='"CNY"', checked_at='"2026-01-01"'),
        ]
    )
    staleness = StalenessPolicies(price=StalenessPolicy(30, 90), alias=StalenessPolicy(None, 60))
    book = PriceBook.compile(parse_facts(text, "prices.toml"), staleness)
    march, february = parse_instant("2026-03-01T00:00:00Z"), parse_instant("2026-02-01T00:00:00Z")

    direct, through_alias = (tariff_at(book, "2026-03-01T00:00:00Z", model) for model in ("m", "old"))

    assert direct is not None and through_alias is not None
    assert (direct.stale_from_ns, direct.held_from_ns) == (march + 30 * DAY_NS, march + 90 * DAY_NS)
    assert (through_alias.stale_from_ns, through_alias.held_from_ns) == (march + 30 * DAY_NS, february + 60 * DAY_NS)


def test_without_policies_of_its_own_a_book_goes_by_the_defaults(fact: FactText, book_of: BookOf) -> None:
    """Nobody forgets to mark rows by leaving something out."""
    tariff = tariff_at(book_of(fact()), "2026-03-01T00:00:00Z")

    assert tariff is not None
    assert tariff.stale_from_ns == parse_instant("2026-11-24T00:00:00Z") + 30 * DAY_NS
