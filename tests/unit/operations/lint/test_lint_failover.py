"""Fallbacks, rollbacks and weights: whether they help when a route fails."""

import pytest
from tests.unit.operations.lint.lint_scene import DEEPSEEK, QWEN, found, only, provider, scene_of

from routeproof.config.lint_codes import LintCode
from routeproof.operations.lint.scene import LintScene
from routeproof.store.route_use import LedgerUse, RouteUse, Times

SAME_KEY = provider("key", api_key="env:DEEPSEEK", base_url="https://other.example.com/v1")
SAME_ORIGIN = provider("origin", api_key="env:OTHER", base_url="https://api.deepseek.com:443/beta")
FLASH = "deepseek/deepseek-flash"


def model(routes: str = f'"{FLASH}"', fallbacks: str = "", more: str = "") -> LintScene:
    """One model of many providers."""
    text = f"[models.m]\nroutes = [{routes}]\nfallbacks = [{fallbacks}]\n{more}"
    return scene_of(DEEPSEEK + QWEN + SAME_KEY + SAME_ORIGIN + text)


@pytest.mark.parametrize(
    ("fallback", "how"),
    [
        ("deepseek/deepseek-v4-pro", "provider 'deepseek'"),
        ("key/deepseek-flash", "its key"),
        ("origin/deepseek-flash", "the address https://api.deepseek.com:443"),
    ],
)
def test_a_fallback_that_shares_what_can_fail_is_told(fallback: str, how: str) -> None:
    """Provider, address or key."""
    finding = only(model(fallbacks=f'"{fallback}"'), LintCode.FALLBACK_SHARED)

    assert finding.found == f"all that follows {FLASH} in 'm' shares with it: {fallback} ({how})"
    assert finding.where == ["models.m.fallbacks"]


def test_two_primary_routes_of_one_provider_are_no_fallbacks_of_each_other() -> None:
    """Told once."""
    finding = only(model(f'"{FLASH}", "deepseek/deepseek-v4-pro"'), LintCode.FALLBACK_SHARED)

    assert finding.where == ["models.m.routes"]


@pytest.mark.parametrize(
    "scene",
    [
        model(fallbacks='"qwen/qwen-plus"'),
        model(fallbacks='"deepseek/deepseek-v4-pro", "qwen/qwen-plus"'),
        model(f'"{FLASH}", "qwen/qwen-plus"'),
        model(),
    ],
)
def test_one_route_elsewhere_is_enough(scene: LintScene) -> None:
    """Before it others may stand; a model without any is told as that."""
    assert found(scene, LintCode.FALLBACK_SHARED) == []


def test_a_model_of_one_route_is_noted() -> None:
    """A second primary route helps as well as a fallback."""
    assert only(model(), LintCode.NO_FALLBACK).severity == "note"
    for scene in (model(fallbacks='"qwen/qwen-plus"'), model(f'"{FLASH}", "qwen/qwen-plus"')):
        assert found(scene, LintCode.NO_FALLBACK) == []


@pytest.mark.parametrize(
    ("tries", "beyond"), [(2, None), (1, "qwen/qwen-flash"), (0, "qwen/qwen-plus, qwen/qwen-flash")]
)
def test_routes_after_the_last_attempt_are_told(tries: int, beyond: str | None) -> None:
    """By the limit that keeps them out."""
    scene = model(fallbacks='"qwen/qwen-plus", "qwen/qwen-flash"', more=f"[limits]\nretries_max = {tries}\n")
    rows = found(scene, LintCode.FALLBACK_UNREACHED)

    assert [row.found for row in rows] == (
        [] if beyond is None else [f"{beyond} come after {tries} further attempts of 'm'"]
    )
    assert [row.where for row in rows] == [["models.m.fallbacks", "limits.retries_max"]] * len(rows)


@pytest.mark.parametrize(
    ("routes", "rollback", "shared"),
    [
        (f'"{FLASH}"', "deepseek/deepseek-v4-pro", True),
        (f'"{FLASH}"', "key/deepseek-flash", True),
        (f'"{FLASH}"', "qwen/qwen-plus", False),
        (f'"{FLASH}", "qwen/qwen-plus"', "deepseek/deepseek-v4-pro", False),
        (f'"{FLASH}", "deepseek/deepseek-v4-pro"', "origin/deepseek-flash", True),
    ],
)
def test_a_rollback_to_what_failed_is_told(routes: str, rollback: str, shared: bool) -> None:
    """With every primary route, that is: else it is somewhere to go back to."""
    rows = found(model(routes, more=f'rollback = "{rollback}"\n'), LintCode.ROLLBACK_SHARED)

    assert [list(row.where) for row in rows] == [["models.m.rollback"]] * shared


def test_a_rollback_that_is_a_fallback_is_noted() -> None:
    """It has had its turn by then."""
    fallback = '"qwen/qwen-plus"'

    assert only(model(fallbacks=fallback, more='rollback = "qwen/qwen-plus"\n'), LintCode.ROLLBACK_IS_FALLBACK)
    assert found(model(fallbacks=fallback, more='rollback = "qwen/qwen-flash"\n'), LintCode.ROLLBACK_IS_FALLBACK) == []


@pytest.mark.parametrize(("weight", "starved"), [(999, False), (1_000, True)])
def test_a_route_with_next_to_no_share_is_noted(weight: int, starved: bool) -> None:
    """Below one in a thousand; how many requests that was of is told where the ledger shows it."""
    routes = f'{{route = "{FLASH}", weight = {weight}}}, {{route = "qwen/qwen-plus", weight = 1}}'
    rows = found(model(routes), LintCode.ROUTE_STARVED)

    assert [row.found for row in rows] == ["qwen/qwen-plus gets 0.1 % of the requests for 'm'"] * starved


def test_a_starved_route_is_told_with_what_its_model_got() -> None:
    """As far as the period of the ledger goes."""
    routes = f'{{route = "{FLASH}", weight = 9999}}, {{route = "qwen/qwen-plus", weight = 1}}'
    never = Times(0, None)
    use = RouteUse(FLASH, "m", 1, Times(700, 1), *(never,) * 5)
    scene = scene_of(f"{DEEPSEEK}{QWEN}[models.m]\nroutes = [{routes}]\n", ledger=LedgerUse(700, (use,)))

    assert only(scene, LintCode.ROUTE_STARVED).found == (
        "qwen/qwen-plus gets 0.01 % of the requests for 'm', of which there were 700"
    )
