"""Routes known from somebody's list alone, and routes that nobody has seen answer."""

from pathlib import Path

import pytest
from tests.unit.operations.facts_scene import house
from tests.unit.operations.lint.lint_scene import DEEPSEEK, MODEL, QWEN, entry, fill, found, gathered, only, provider

from routeproof.config.lint_codes import LintCode

HOUSE = '[server]\nfacts = ["own.toml"]\n' + provider("house", prices="house", base_url="https://llm.example.com/v1")
FLASH, PLUS = "deepseek/deepseek-flash", "qwen/qwen-plus"
SENT = "2026-11-20T00:00:00Z"


@pytest.mark.parametrize(
    ("confidence", "told"), [("third party", True), ("inferred", True), ("mirror", False), ("provider page", False)]
)
def test_a_price_of_somebody_else_s_list_is_told(confidence: str, told: bool, tmp_path: Path) -> None:
    """With where it was read; what a gateway's price list says is saved as a third party's word."""
    (tmp_path / "own.toml").write_text(house(confidence=f'"{confidence}"'))
    rows = found(gathered(tmp_path, HOUSE + '[models.m]\nroutes = ["house/llama"]\n'), LintCode.PRICE_HEARSAY)

    assert [(row.found, row.where) for row in rows] == [
        (
            "the price of house/llama is known from https://intranet.example/prices "
            f"({confidence}, read on 2026-11-01) only",
            ["house/llama/usd"],
        )
    ] * told


def test_a_route_that_was_tried_in_vain_is_told(tmp_path: Path) -> None:
    """By where it stands and its last request; one answer is enough."""
    failed = {"outcome": "upstream_error"}
    fill(
        tmp_path,
        *(entry(f"2026-11-{day}T00:00:00Z", PLUS, **failed) for day in (20, 21)),
        entry(SENT[:-1] + ".5Z", FLASH),
    )
    finding = only(gathered(tmp_path, DEEPSEEK + QWEN + MODEL), LintCode.ROUTE_NEVER_ANSWERED)

    assert finding.found == f"{PLUS} was tried 2 times and never answered"
    place, request_id = finding.where
    assert place == "models.m.fallbacks" and request_id.startswith("req_")


def test_a_route_that_was_never_tried_is_noted(tmp_path: Path) -> None:
    """Fallbacks and rollbacks among them; in another period it may have been."""
    fill(tmp_path, entry(SENT, FLASH), entry("2026-10-01T00:00:00Z", PLUS))
    text = DEEPSEEK + QWEN + MODEL + 'rollback = "deepseek/deepseek-v4-pro"\n'

    assert [row.where for row in found(gathered(tmp_path, text), LintCode.ROUTE_UNTRIED)] == [
        ["models.m.fallbacks"],
        ["models.m.rollback"],
    ]
    assert len(found(gathered(tmp_path, text, days=60), LintCode.ROUTE_UNTRIED)) == 1


def test_without_traffic_nothing_is_known(tmp_path: Path) -> None:
    """An empty ledger shows no more than none."""
    for _ in range(2):
        assert found(gathered(tmp_path, DEEPSEEK + QWEN + MODEL), LintCode.ROUTE_UNTRIED) == []
        fill(tmp_path)


def test_a_mapped_name_is_answered_elsewhere(tmp_path: Path) -> None:
    """Its route has no rows, which is as it should be."""
    name = "deepseek/deepseek-chat"
    text = f'{DEEPSEEK}[models.m]\nroutes = ["{name}"]\n[aliases."{name}"]\npolicy = "map"\n'
    fill(tmp_path, entry("2026-07-25T00:00:00Z", "deepseek/deepseek-v4-flash", name))

    assert found(gathered(tmp_path, text, "2026-07-26T00:00:00Z"), LintCode.ROUTE_UNTRIED) == []


@pytest.mark.parametrize(("direct", "told"), [("true", True), ("false", False)])
def test_a_route_that_clients_name_counts_while_they_may(direct: str, told: bool, tmp_path: Path) -> None:
    """What is left of earlier configurations in the ledger is history."""
    wrong = "deepseek/deepseek-flush"
    fill(tmp_path, entry(SENT, FLASH), entry("2026-11-21T00:00:00Z", wrong, wrong, outcome="client_error"))
    text = f"[server]\ndirect_routes = {direct}\n{DEEPSEEK}{QWEN}{MODEL}"

    assert [wrong in row.found for row in found(gathered(tmp_path, text), LintCode.ROUTE_NEVER_ANSWERED)] == [
        True
    ] * told
