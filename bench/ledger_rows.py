"""Writes a ledger of many priced rows, as a gateway would have left it: what `recompute` is measured on."""

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from routeproof.catalog.pricing.fact_sets import FactSet, fact_set_of
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.ids import ExchangeIds
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.store.connecting import open_current
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.fact_sets import insert_fact_sets
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries
from routeproof.usage import Usage

CONFIG: Final = """
[server]
data_dir = "data"

[providers.deepseek]
dialect = "deepseek"
api_key = "none"

[providers.qwen]
dialect = "qwen"
region = "singapore"
api_key = "none"

[models.assistant]
routes = ["deepseek/deepseek-flash", "qwen/qwen3-max"]
"""
MODELS: Final = ("deepseek/deepseek-flash", "deepseek/deepseek-v4-pro", "qwen/qwen3-max", "qwen/qwen-plus")
SPAN_DAYS: Final = 30
"""Over which the rows are spread: peak hours, working days and holidays come by."""
_FROM_NS: Final = parse_instant("2026-10-15T00:00:00Z")
_PER_GROUP: Final = 5_000


def write_ledger(folder: Path, rows: int) -> Path:
    """Make a configuration and a ledger of so many exchanges in a folder; returns the configuration's path."""
    config = folder / "routeproof.toml"
    config.write_text(CONFIG, encoding="utf-8")
    make_data_dir(folder / "data")
    database = database_path(folder / "data")
    ensure_schema(database)
    maker = _Maker()
    entries = maker.entries(rows)
    with open_current(database) as connection:
        while group := list(islice(entries, _PER_GROUP)):
            connection.execute("BEGIN IMMEDIATE")
            insert_fact_sets(connection, maker.fact_sets.values())
            insert_entries(connection, group)
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return config


class _Maker:
    """The same rows each time."""

    def __init__(self) -> None:
        book = PriceBook.compile(load_facts())
        self.fact_sets: dict[str, FactSet] = {}
        self._sheets = {name: _sheet(book, name) for name in MODELS}
        self._tariffs: dict[str, Tariff] = {}
        self._draw = random.Random(1)

    def entries(self, count: int) -> Iterator[Entry]:
        """One attempt each."""
        ids = ExchangeIds(0)
        apart_ns = SPAN_DAYS * 86_400 * 10**9 // count
        for number in range(count):
            started_ns = _FROM_NS + number * apart_ns
            yield self._entry(ids.next(started_ns), started_ns, MODELS[number % len(MODELS)])

    def _entry(self, exchange_id: int, started_ns: int, route: str) -> Entry:
        provider, _, model = route.partition("/")
        usage = self._usage()
        tariff = self._tariff(route, started_ns)
        thinking = usage.reasoning_tokens > 0
        cost = tariff.cost_nanousd(usage, thinking)
        text = _raw(provider, usage)
        attempt = AttemptRow(
            exchange_id, 1, route, 40, 900_000, 300_000, 200, "ok", None, model, f"{exchange_id:032x}", "stop",
            int(thinking), usage.input_tokens, usage.output_tokens, usage.cache_hit_tokens, 0, usage.reasoning_tokens,
            0, "reported", text, cost, None, tariff.digest,
        )  # fmt: skip
        exchange = ExchangeRow(
            exchange_id, started_ns, 900_100, 300_100, "key_abcdefghijkl", "alice", "research", "assistant", None, 0,
            200, "ok", None, 1, cost, None, 2_048, 4_096,
        )  # fmt: skip
        return Entry(exchange, [attempt])

    def _usage(self) -> Usage:
        draw = self._draw
        given, written = draw.randrange(50, 60_000), draw.randrange(1, 2_000)
        hits = draw.randrange(given) // 64 * 64
        return Usage(given, written, hits, 0, draw.choice((0, 0, written // 2)))

    def _tariff(self, route: str, wall_ns: int) -> Tariff:
        tariff = self._tariffs.get(route)
        if tariff is None or not tariff.valid_from_ns <= wall_ns < tariff.valid_until_ns:
            sheet = self._sheets[route]
            tariff = sheet.at(wall_ns)
            assert tariff is not None, f"{route} has no price"
            self._tariffs[route] = tariff
            self.fact_sets[tariff.digest] = fact_set_of(sheet.facts_behind(tariff), wall_ns)
        return tariff


def _sheet(book: PriceBook, route: str) -> PriceSheet:
    provider, _, model = route.partition("/")
    sheet = book.sheet(provider, model, "singapore" if provider == "qwen" else None)
    assert sheet is not None, f"{route} has no price"
    return sheet


def _raw(provider: str, usage: Usage) -> str:
    """As the provider writes it."""
    details: dict[str, object] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cache_hit_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
    if provider == "deepseek":
        details["prompt_cache_hit_tokens"] = usage.cache_hit_tokens
        details["prompt_cache_miss_tokens"] = usage.input_tokens - usage.cache_hit_tokens
    return msgspec.json.encode(details).decode()
