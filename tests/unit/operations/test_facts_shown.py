"""Facts as they are listed and shown: age at an instant, what disputes them, and who rests on them."""

from pathlib import Path

import pytest
from tests.unit.operations.facts_scene import house, settings_in

from routeproof.clock import parse_instant
from routeproof.errors import OperatorError
from routeproof.operations.facts.listing import FactFilter, list_facts, show_fact

NOW = parse_instant("2026-11-25T12:00:00Z")
FLASH_OFF_PEAK = "deepseek/deepseek-flash/usd/2026-09-10/off-peak"
FLASH_PEAK = "deepseek/deepseek-flash/usd/2026-09-10/peak"


def ids(settings: object, at_ns: int = NOW, **wanted: object) -> set[str]:
    """What a filter lets through."""
    return {fact.id for fact in list_facts(settings, FactFilter(**wanted), at_ns)}  # type: ignore[arg-type]


def test_without_a_configuration_the_shipped_facts_are_listed() -> None:
    """All of them, with provenance, window and age."""
    found = {fact.id: fact for fact in list_facts(None, FactFilter(), NOW)}
    flash = found[FLASH_PEAK]

    assert len(found) > 100
    assert (flash.kind, flash.about, flash.window) == ("price", "deepseek/deepseek-flash", "in force")
    assert (flash.says, flash.file) == (
        "input 0.3, hit 0.006, output 1.2 USD per 1M tokens, peak",
        "deepseek.toml",
    )
    assert flash.claim["hours"] == "peak" and "source" not in flash.claim
    assert flash.source.startswith("https://")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2025-12-31T23:59:59Z", ("ahead", "fresh", 0)),
        ("2026-11-30T23:59:59.999Z", ("in force", "fresh", 29)),
        ("2026-12-01T00:00:00Z", ("in force", "stale", 30)),
        ("2027-01-30T00:00:00Z", ("in force", "held", 90)),
        ("2027-06-01T00:00:00Z", ("ended", "fresh", 212)),
    ],
)
def test_window_and_age_are_those_of_the_instant(instant: str, expected: tuple[str, str, int], tmp_path: Path) -> None:
    """Past or future."""
    settings = settings_in(tmp_path, house(effective_until='"2027-06-01T00:00:00Z"'))
    (fact,) = list_facts(settings, FactFilter(provider="house"), parse_instant(instant))

    assert (fact.window, fact.freshness, fact.age_days) == expected


def test_filters_narrow_together(tmp_path: Path) -> None:
    """Provider or family, kind, model, age."""
    settings = settings_in(tmp_path, house())

    assert ids(settings, provider="house") == ids(settings, model="llama") == {"house/llama/usd"}
    assert FLASH_PEAK in ids(settings, provider="deepseek", kind="price", model="deepseek-flash")
    assert ids(settings, provider="house", kind="alias") == set()
    assert ids(settings, provider="house", only_aged=True) == set()
    assert ids(settings, parse_instant("2026-12-01T00:00:00Z"), provider="house", only_aged=True) == {"house/llama/usd"}


def test_a_provider_has_the_calendar_that_its_peak_hours_go_by() -> None:
    """It decides what is peak, so it belongs to them."""
    assert "cn-public-holidays/2026" in ids(None, provider="deepseek")
    assert "cn-public-holidays/2026" not in ids(None, provider="qwen", kind="price")


def test_a_provider_in_a_region_has_the_facts_of_that_region(tmp_path: Path) -> None:
    """Not those of others."""
    provider = '[providers.asia]\ndialect = "qwen"\nregion = "singapore"\napi_key = "none"'
    settings = settings_in(tmp_path, house(), provider)
    regions = [
        fact.claim["subject"]["regions"]  # type: ignore[index]
        for fact in list_facts(settings, FactFilter(provider="asia", kind="price"), NOW)
    ]

    assert regions and all(not named or "singapore" in named for named in regions)


@pytest.mark.parametrize(
    ("wanted", "remedy"),
    [
        ({"provider": "deepsek"}, "did you mean 'deepseek'?"),
        ({"model": "deepseek-flsh"}, "did you mean 'deepseek-flash'?"),
        ({"model": "zzz"}, "`routeproof facts list` shows them"),
    ],
)
def test_what_nothing_is_known_about_is_an_error(wanted: dict[str, str], remedy: str) -> None:
    """With a suggestion, instead of an empty list."""
    with pytest.raises(OperatorError) as caught:
        ids(None, **wanted)

    assert caught.value.message.endswith(remedy)


def test_a_fact_is_shown_with_all_that_bears_on_it(tmp_path: Path) -> None:
    """Policy, the instants of its ageing, and the routes; the policy is the configuration's."""
    settings = settings_in(tmp_path, house(), "[staleness]\nprice = { warn_after_days = 10, hold_after_days = 20 }")
    detail = show_fact(settings, "house/llama/usd", NOW)

    assert (detail.fact.freshness, detail.policy) == ("held", "warn after 10 days, hold after 20 days")
    assert (detail.stale_from, detail.held_from) == ("2026-11-11T00:00:00.000Z", "2026-11-21T00:00:00.000Z")
    assert detail.routes == ["house/llama"]
    assert detail.replaces is None


def test_a_route_rests_on_the_prices_of_all_hours_and_their_calendar(tmp_path: Path) -> None:
    """Asked in off-peak hours, the peak price counts too; what has ended doesn't, nor what is disputed."""
    settings = settings_in(tmp_path, house())
    ended = "deepseek/deepseek-v4-flash/usd/2026-04-24"
    in_use = (FLASH_OFF_PEAK, FLASH_PEAK, "cn-public-holidays/2026")

    assert all(show_fact(settings, name, NOW).routes == ["deepseek/deepseek-flash"] for name in in_use)
    assert show_fact(settings, ended, NOW).routes == []


def test_limits_and_controls_are_about_the_routes_of_their_dialect(tmp_path: Path) -> None:
    """By the dialect and the model, not by the price list."""
    settings = settings_in(tmp_path, house())

    assert show_fact(settings, "deepseek/limit/context_tokens", NOW).routes == ["deepseek/deepseek-flash"]
    assert show_fact(settings, "qwen/region/beijing", NOW).routes == []


def test_both_sides_of_a_contradiction_are_shown(tmp_path: Path) -> None:
    """From whichever of them one comes."""
    rival = house(id='"house/llama/rumour"', contradicts='["house/llama/usd"]', value='[{ input = "1", output = "2" }]')
    settings = settings_in(tmp_path, house() + rival)

    used = show_fact(settings, "house/llama/usd", NOW)
    disputed = show_fact(settings, "house/llama/rumour", NOW)

    assert [other.id for other in used.contradicted_by] == ["house/llama/rumour"]
    assert [other.id for other in disputed.contradicts] == ["house/llama/usd"]
    assert disputed.routes == []


def test_a_fact_of_one_s_own_shows_the_shipped_one_that_it_replaces(tmp_path: Path) -> None:
    """Where it says something else; the same value checked again replaces nothing worth showing."""
    same = {
        "id": f'"{FLASH_PEAK}"',
        "subject": '{ family = "deepseek", model = "deepseek-flash" }',
        "hours": '"peak"',
        "value": '[{ cache_hit = "0.006", input = "0.3", output = "1.2" }]',
        "effective_from": '"2026-09-10T04:00:00Z"',
    }
    other = same | {"value": '[{ cache_hit = "0.006", input = "0.31", output = "1.2" }]'}

    assert show_fact(settings_in(tmp_path, house(**same)), FLASH_PEAK, NOW).replaces is None
    replaced = show_fact(settings_in(tmp_path, house(**other)), FLASH_PEAK, NOW).replaces
    assert replaced is not None and replaced.file == "deepseek.toml"


def test_an_unknown_fact_is_an_error_with_a_suggestion() -> None:
    """Hundreds of ids are no help."""
    with pytest.raises(OperatorError, match=f"did you mean '{FLASH_PEAK}'"):
        show_fact(None, FLASH_PEAK[:-1], NOW)
    with pytest.raises(OperatorError, match="`routeproof facts list` shows them"):
        show_fact(None, "zzz", NOW)
