"""`docs/ledger.md` lists columns, outcomes and notes as they are, and its worked cost is that of a real row."""

import ast
import contextlib
import io
import json
from collections.abc import Iterator

import httpx2
import msgspec
import pytest
from tests.support.documents import EXAMPLE_DAY, ROOT, bare, document, examples, rows_of, section, tables, words_in
from tests.support.running_gateway import RunningGateway

from routeproof.catalog.pricing.notes import NOTE_WORDS
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.tariff import Cost
from routeproof.catalog.reading.prices import PRICE_FLAGS
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.dialects.registry import DIALECT_NAMES, dialect_named
from routeproof.gateway.rejection import UNAUTHENTICATED_ROWS_PER_S
from routeproof.ledger.entries import AttemptRow, ExchangeRow, Outcome
from routeproof.money import format_nanousd
from routeproof.operations.ledger.log import LogAttempt
from routeproof.operations.ledger.recompute import Difference, Recomputation
from routeproof.operations.ledger.repricing import Differs
from routeproof.store.fitting import OUT_OF_RANGE
from routeproof.store.recovery import INTERRUPTED_NOTE
from routeproof.store.schema import metadata
from routeproof.usage import Usage

NAME = "docs/ledger.md"
TEXT = document(NAME)
NOTES = rows_of(TEXT, "note")
TIMINGS = {"started_us", "first_byte_us", "duration_us"}
DERIVED = {"cost_usd", "straddle"}
(ATTEMPT,) = [json.loads(example.text) for example in examples(NAME) if "attempt" in example.marks]
(PRICE,) = [example for example in examples(NAME) if "price" in example.marks]


@pytest.mark.parametrize(
    ("heading", "row", "table"), [("Exchanges", ExchangeRow, "exchanges"), ("Attempts", AttemptRow, "attempts")]
)
def test_every_column_is_listed_in_order(heading: str, row: type[msgspec.Struct], table: str) -> None:
    """As the rows and the database have them."""
    listed = [bare(line["column"]) for line in rows_of(section(TEXT, heading), "column")]

    assert listed == list(row.__struct_fields__)
    assert set(listed) == set(metadata.tables[table].columns.keys())


def test_the_columns_of_fact_sets_are_listed_in_order() -> None:
    """As the database has them."""
    listed = [bare(line["column"]) for line in rows_of(section(TEXT, "Fact sets"), "column")]

    assert listed == list(metadata.tables["fact_sets"].columns.keys())


def test_every_kind_of_difference_is_listed_in_order() -> None:
    """And every field of the records that tell of them."""
    listed = [bare(row["differs"]) for row in rows_of(TEXT, "differs")]
    text = section(TEXT, "Recomputing")
    fields = {*Difference.__struct_fields__, *Recomputation.__struct_fields__} - {"record"}

    assert listed == [kind.value for kind in Differs]
    assert [field for field in fields if f"`{field}`" not in text] == []


def test_every_outcome_is_listed_in_order() -> None:
    """As the enumeration has them."""
    assert [bare(row["outcome"]) for row in rows_of(TEXT, "outcome")] == [outcome.value for outcome in Outcome]


def test_every_provenance_that_a_row_can_have_is_listed() -> None:
    """Those that the sources write; a word that nobody writes is not explained."""
    written = {
        node.attr.lower()
        for node in _nodes("gateway", "store")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Provenance"
    }

    assert {bare(row["provenance"]) for row in rows_of(TEXT, "provenance")} == written


def test_every_cost_note_is_listed() -> None:
    """Those that are written alone, and the words that can stand together, in their order."""
    written = {*_notes(), *NOTE_WORDS, INTERRUPTED_NOTE, OUT_OF_RANGE}
    listed = [bare(row["note"]) for row in NOTES]

    assert set(listed) == written
    assert tuple(word for word in listed if word in NOTE_WORDS) == NOTE_WORDS


def test_every_flag_of_a_tariff_is_a_word_of_a_note() -> None:
    """Those that price sheets add, and those that facts files may give."""
    assert _flags_of_tariffs() | set(PRICE_FLAGS) <= set(NOTE_WORDS)


def test_the_attempt_is_that_of_a_real_exchange(gateway: RunningGateway) -> None:
    """The second of two alike, which finds the first in the provider's cache; timings differ each time."""
    text = "You answer in one short sentence. " * 16
    messages = [{"role": "system", "content": text}, {"role": "user", "content": "Name three rivers."}]
    for _ in range(2):
        answer = httpx2.post(
            f"{gateway.base_url}/chat/completions",
            headers={"Authorization": f"Bearer {gateway.key}"},
            json={"model": "assistant", "messages": messages},
            trust_env=False,
        )
    (row,) = gateway.ledger.entry(answer.headers["x-request-id"]).attempts
    real = {name: getattr(row, name) for name in LogAttempt.__struct_fields__ if name not in {*TIMINGS, *DERIVED}}

    assert {**real, "cost_usd": format_nanousd(ATTEMPT["cost_nanousd"]), "straddle": None} == ATTEMPT


def test_the_table_adds_up_to_the_cost() -> None:
    """Line by line as the bill has it."""
    bill = _bill()
    (lines,) = [table for table in tables(TEXT) if "part" in table[0]]
    *parts, total = lines

    assert [int(row["tokens"]) for row in parts] == [line.tokens for line in bill.lines]
    assert [float(row["USD per 1M"]) * 10**9 for row in parts] == [line.unit_price_nano for line in bill.lines]
    assert [int(row["nanodollars"]) for row in parts] == [line.amount_nano for line in bill.lines]
    assert int(total["nanodollars"]) == bill.cost_nanousd == ATTEMPT["cost_nanousd"]


def test_the_price_example_gives_cost_digest_and_the_fact_that_is_named() -> None:
    """Run as it stands."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(PRICE.text, str(PRICE), "exec"), {})

    *_, costs, facts = output.getvalue().splitlines()
    assert costs == f"{ATTEMPT['cost_nanousd']} {ATTEMPT['facts_digest']}"
    assert all(f"`{fact}`" in TEXT for fact in facts.split() if fact.startswith("deepseek/deepseek-flash"))


def test_dialects_whose_limit_leaves_thinking_out_are_named() -> None:
    """In the sentence on bounds."""
    (sentence,) = [line for line in TEXT.splitlines() if "not the thinking before it" in line]
    named = words_in(sentence.partition(",")[0])

    assert set(named) == {name for name in DIALECT_NAMES if not dialect_named(name).max_tokens_covers_thinking}


def test_the_rows_of_strangers_are_bounded_as_told() -> None:
    """By the figure in the text."""
    assert f"at most {UNAUTHENTICATED_ROWS_PER_S} rows a second" in TEXT


def _bill() -> Cost:
    sheet = PriceBook.compile(load_facts()).sheet("deepseek", ATTEMPT["model_answered"], None)
    assert sheet is not None
    tariff = sheet.at(parse_instant(EXAMPLE_DAY))
    assert tariff is not None
    return tariff.itemise(Usage(149, 29, cache_hit_tokens=128, reasoning_tokens=8), thinking=True)


def _notes() -> Iterator[str]:
    """What the gateway assigns to a row's `cost_note`, dynamic endings as dots."""
    for node in _nodes("gateway"):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for part, value in pairs:
                if isinstance(part, ast.Attribute) and part.attr == "cost_note":
                    yield from _texts(value)


def _flags_of_tariffs() -> set[str]:
    """What a price sheet adds to a tariff's flags: tuples of one word."""
    return {
        node.elts[0].value
        for node in _nodes("catalog")
        if isinstance(node, ast.Tuple)
        and len(node.elts) == 1
        and isinstance(node.elts[0], ast.Constant)
        and isinstance(node.elts[0].value, str)
    }


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
    elif isinstance(value, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "..." for part in value.values)  # type: ignore[misc]
    elif isinstance(value, ast.Constant):
        yield str(value.value)


def _nodes(*rooms: str) -> Iterator[ast.AST]:
    for room in rooms:
        for path in (ROOT / "src" / "routeproof" / room).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))
