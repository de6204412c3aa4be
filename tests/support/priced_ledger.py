"""A ledger whose rows follow from facts of its own, to change one thing in it and see that it is found."""

import json
import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.pricing.fact_sets import fact_set_of
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.config.loading import load_settings
from routeproof.config.settings import Settings
from routeproof.ids import ExchangeId, exchange_id_floor, format_exchange_id
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.store.connecting import open_current
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.fact_sets import insert_fact_sets
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries
from routeproof.usage import Usage

CONFIG = """
[server]
data_dir = "data"
facts = ["acme.toml"]
[providers.p]
dialect = "openai"
base_url = "https://api.example.com/v1"
api_key = "none"
prices = "acme"
[models.m]
routes = ["p/m"]
"""
_COMMON = (
    'effective_from = "2026-01-01T00:00:00Z"\nsource = "https://example.com/pricing"\n'
    'checked_at = "2026-08-20"\nconfidence = "provider page"\n'
)
_PRICE = (
    '[[fact]]\nid = "acme/{hours}"\nkind = "price"\nsubject = {{ family = "acme", model = "m" }}\nhours = "{hours}"\n'
    'unit = "per 1M tokens"\ncurrency = "USD"\n'
    'value = [{{ input = "{input}", output = "{output}", cache_hit = "0.1", input_tokens_max = 1000000 }}]\n'
)
FACTS = (
    f"{_PRICE.format(hours='off_peak', input='0.15', output='0.6')}{_COMMON}"
    f"{_PRICE.format(hours='peak', input='0.3', output='1.2')}{_COMMON}"
    '[[fact]]\nid = "acme/hours"\nkind = "peak_windows"\nsubject = { family = "acme" }\nunit = "UTC time of day"\n'
    f'value = {{ zone = "Asia/Shanghai", weekdays = [1, 2, 3, 4, 5], windows = [["01:00", "04:00"]] }}\n{_COMMON}'
)
PEAK = parse_instant("2026-08-24T02:00:00Z")
OFF_PEAK = parse_instant("2026-08-24T12:00:00Z")
USAGE = Usage(149, 29, cache_hit_tokens=128, reasoning_tokens=8)
COST_OFF_PEAK = 21 * 150 + 128 * 100 + 29 * 600
COST_PEAK = 21 * 300 + 128 * 100 + 29 * 1_200


def usage_text(usage: Usage, **more: object) -> str:
    """A usage object as OpenAI's format has it."""
    return json.dumps(
        {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cache_hit_tokens},
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
            **more,
        }
    )


@cache
def _empty_database() -> bytes:
    """Migrated once; each ledger is a copy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        ensure_schema(path)
        return path.read_bytes()


class PricedLedger:
    """A folder with configuration, facts and a database."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "routeproof.toml"
        self.config.write_text(CONFIG)
        (folder / "acme.toml").write_text(FACTS)
        make_data_dir(folder / "data")
        self.database = database_path(folder / "data")
        self.database.write_bytes(_empty_database())
        self._book = PriceBook.compile(parse_facts(FACTS, "acme.toml"))
        self._count = 0

    @property
    def settings(self) -> Settings:
        """The configuration, read again."""
        return load_settings(self.config, os.environ)

    def attempt(self, exchange_id: int, started_ns: int, usage: Usage = USAGE, **changes: Any) -> AttemptRow:
        """An attempt as the gateway would have left it, but for the changes; its facts are kept."""
        sheet = self._book.sheet("acme", "m", None)
        tariff = sheet.at(started_ns) if sheet is not None else None
        assert sheet is not None
        assert tariff is not None
        with open_current(self.database) as connection:
            insert_fact_sets(connection, [fact_set_of(sheet.facts_behind(tariff), started_ns)])
        row = AttemptRow(
            exchange_id, 1, "p/m", 20, 900_000, 2_300, 200, "ok", None, "m", "id", "stop", 1,
            usage.input_tokens, usage.output_tokens, usage.cache_hit_tokens, usage.cache_write_tokens,
            usage.reasoning_tokens, int(usage.explicit_cache), "reported", usage_text(usage),
            tariff.cost_nanousd(usage, True), None, tariff.digest,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(row, name, value)
        return row

    def add(self, started_ns: int = OFF_PEAK, *attempts: AttemptRow, **changes: Any) -> str:
        """An exchange of one attempt (or of those that are given); `changes` are to the exchange. Its request id."""
        return self._insert(started_ns, list(attempts) or [self.attempt(0, started_ns)], changes)

    def refuse(self, started_ns: int = OFF_PEAK) -> str:
        """An exchange that was refused before it was dispatched. Its request id."""
        return self._insert(started_ns, [], {"status": 400, "outcome": "client_error"})

    def _insert(self, started_ns: int, rows: list[AttemptRow], changes: dict[str, Any]) -> str:
        self._count += 1
        exchange_id = exchange_id_floor(started_ns + self._count * 1_000_000)
        for ordinal, row in enumerate(rows, 1):
            row.exchange_id, row.ordinal = exchange_id, ordinal
        costs = [row.cost_nanousd for row in rows]
        exchange = ExchangeRow(
            exchange_id, started_ns, 1_000_000, 2_400, "key_abcdefghijkl", "alice", "research", "m", None, 0, 200, "ok",
            None, len(rows), None if None in costs else sum(cost or 0 for cost in costs), None, 100, 200,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(exchange, name, value)
        with open_current(self.database) as connection:
            insert_entries(connection, [Entry(exchange, rows)])
        return format_exchange_id(ExchangeId(exchange_id))

    def add_changed(self, started_ns: int = OFF_PEAK, usage: Usage = USAGE, **changes: Any) -> str:
        """An exchange of one attempt with these changes."""
        return self.add(started_ns, self.attempt(0, started_ns, usage, **changes))
