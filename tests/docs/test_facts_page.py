"""`docs/facts.md` is the shipped facts, and every fact is on it with where and when it was read."""

import re
from collections.abc import Callable

import pytest
from tests.support.documents import document, links, rows_of, tables
from typer.testing import CliRunner

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import kind_of
from routeproof.catalog.reading.readers import READERS
from routeproof.cli.app import build_app
from routeproof.clock import format_day
from routeproof.config.facts_files import load_facts
from routeproof.operations.facts.cells import HEADINGS
from routeproof.operations.facts.page import MADE_BY, facts_page

NAME = "docs/facts.md"
TEXT = document(NAME)
FACTS = load_facts()
Render = Callable[[str], str]


@pytest.fixture(scope="module")
def render() -> Render:
    """The page of one facts file."""

    def page(text: str) -> str:
        return facts_page(parse_facts(text, "own.toml"))

    return page


def test_the_page_is_what_the_data_says() -> None:
    """Where it isn't, `make facts-page` makes it again."""
    assert facts_page(FACTS) == TEXT, f"the facts have changed: run `{MADE_BY}`"


def test_the_command_writes_the_page() -> None:
    """To stdout, byte for byte, as the make target takes it."""
    result = CliRunner().invoke(build_app(), ["facts", "page"])

    assert result.exit_code == 0
    assert result.stdout == TEXT


def test_the_make_target_is_the_one_that_the_page_names() -> None:
    """In its first lines."""
    target = MADE_BY.removeprefix("make ")

    assert f"`{MADE_BY}`" in TEXT.split("\n\n")[1]
    assert re.search(rf"^{target}: setup\n\t.+routeproof facts page > ", document("Makefile"), re.MULTILINE)


def test_every_fact_is_on_the_page_with_its_provenance() -> None:
    """Id, source, day and confidence; a price has a row for each tier."""
    rows = [row for table in tables(TEXT) for row in table]
    by_id = {row["fact"].strip("`"): row for row in rows}

    assert set(by_id) == {fact.id for fact in FACTS}
    assert len(rows) == len(list(FACTS)) + sum(len(price.tiers) - 1 for price in FACTS.prices)
    assert {fact.source for fact in FACTS} <= set(links(NAME))
    for fact in FACTS:
        row = by_id[fact.id]
        assert (row["checked"], row["known by"]) == (format_day(fact.checked_at_ns), fact.confidence)


def test_the_tiers_of_qwen3_max_are_on_the_page() -> None:
    """With their bounds, where it is sold in Singapore."""
    rows = [row for row in rows_of(TEXT, "model") if row["fact"] == "`qwen/qwen3-max-2026-01-23/singapore/usd/2026-10`"]

    assert [(row["input tokens"], row["input"], row["output"]) for row in rows] == [
        ("up to 32,000", "1.2", "6"),
        ("up to 128,000", "2.4", "12"),
        ("up to 256,000", "3", "15"),
    ]


def test_every_kind_has_a_place_on_the_page() -> None:
    """Also those that no shipped fact is of."""
    assert set(HEADINGS) == set(READERS)
    assert {kind_of(fact) for fact in FACTS} == set(READERS) - {"exchange_rate"}


CLAIM = """
[[fact]]
id = "acme/{0}"
kind = "price"
subject = {{ family = "acme", model = "m" }}
unit = "per 1M tokens"
currency = "USD"
value = [{{ input = "1", output = "2" }}]
effective_from = "2026-01-01T00:00:30Z"
source = "https://example.com/pricing"
checked_at = "2026-11-24"
confidence = "third party"
note = "{1}"
{2}
"""


def test_a_claim_that_is_not_used_stands_apart(render: Render) -> None:
    """Under a heading that says so, with what it contradicts."""
    page = render(CLAIM.format("m", "", "") + CLAIM.format("rival", "", 'contradicts = ["acme/m"]'))

    used, _, rivals = page.partition("### acme: claims that contradict these, and are not used")
    assert "`acme/m`" in used
    assert "`acme/rival`" not in used
    assert "| price | `acme/m` |" in rivals
    assert "`acme/rival`" in rivals


def test_what_would_break_a_table_is_escaped(render: Render) -> None:
    """Bars and angle brackets in a note."""
    page = render(CLAIM.format("m", "a|b <c>", ""))

    ((row,),) = tables(page)
    assert row["note"] == "a|b &lt;c>"


def test_columns_that_nothing_fills_are_left_out(render: Render) -> None:
    """The provenance always stays; seconds are shown where there are any."""
    ((row,),) = tables(render(CLAIM.format("m", "", "")))

    assert "cache write" not in row
    assert (row["from"], row["until"], row["note"]) == ("2026-01-01 00:00:30.000Z", "", "")


def test_a_rate_of_exchange_is_shown_where_one_is_stated(render: Render) -> None:
    """Else the page says that there is none."""
    rate = (
        CLAIM.format("rate", "", "")
        .replace('"price"', '"exchange_rate"')
        .replace('family = "acme", model = "m"', 'base = "USD", quote = "CNY"')
        .replace("per 1M tokens", "quote per base")
        .replace('currency = "USD"\n', "")
        .replace('[{ input = "1", output = "2" }]', '{ rate = "7.1" }')
    )

    assert "No rate of exchange is stated" in TEXT
    assert "No rate of exchange" not in render(rate)
    assert "| USD | CNY | 7.1 |" in render(rate)
