"""A demo's settings, one exchange with everything in order, and ways to make something wrong with it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from routeproof.access.keys import RANDOM_BYTES, mint_key
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.ids import ExchangeId, format_exchange_id
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.operations.demo.client import Ending, Sighting
from routeproof.operations.demo.config import config_text, demo_providers
from routeproof.operations.demo.judge import Truth, truth_of
from routeproof.operations.demo.prices import Tariffs
from routeproof.operations.demo.scene import Scene
from routeproof.operations.demo.scenes import SCENES
from routeproof.operations.screen import Column

KEY = mint_key(bytes(range(RANDOM_BYTES)))
STARTED_NS = parse_instant("2026-11-24T12:00:00Z")
"""Off-peak for DeepSeek: 0.15 USD in and 0.6 USD out per million tokens of deepseek-flash."""
EXCHANGE_ID = ExchangeId(0x1234_5678_9ABC)
REQUEST_BYTES = 111
USAGE: dict[str, object] = {
    "prompt_tokens": 7,
    "completion_tokens": 23,
    "total_tokens": 30,
    "prompt_tokens_details": {"cached_tokens": 0},
    "prompt_cache_hit_tokens": 0,
    "prompt_cache_miss_tokens": 7,
}
COST_NANOUSD = 14_850
"""7 x 150 + 23 x 600."""


@cache
def prices() -> PriceBook:
    """The shipped facts."""
    return PriceBook.compile(load_facts())


def demo_config() -> str:
    """The demo's configuration."""
    return config_text(demo_providers(), lambda name: f"http://127.0.0.1:9/{name}")


def settings(folder: Path) -> Settings:
    """The demo's settings; the keys' files are made in the folder."""
    (folder / "keys").mkdir()
    for provider in demo_providers().providers:
        (folder / "keys" / provider.name).write_text(provider.keys[0])
    return parse_settings(demo_config(), folder / "routeproof.toml", {})


def truth(folder: Path) -> Truth:
    """What the judge knows of the demo."""
    demo = settings(folder)
    return truth_of(Tariffs(prices(), demo.providers), demo, KEY.text)


def scene(name: str) -> Scene:
    """A scene of the mix."""
    (found,) = [one for one in SCENES if one.name == name]
    return found


def sighting(**changes: object) -> Sighting:
    """What the client sees of `deepseek plain`."""
    answer = {
        "model": "deepseek-flash",
        "choices": [{"index": 0, "message": {"content": "Hello."}, "finish_reason": "stop"}],
        "usage": USAGE,
    }
    seen = Sighting(
        request_bytes=REQUEST_BYTES,
        ending=Ending.WHOLE,
        status=200,
        headers={
            "content-type": "application/json",
            "x-request-id": format_exchange_id(EXCHANGE_ID),
            "x-routeproof-route": "deepseek/deepseek-flash",
            "x-routeproof-attempts": "1",
            "x-upstream-request-id": "trace-1",
        },
        body=msgspec.json.encode(answer),
    )
    return msgspec.structs.replace(seen, **changes)


def exchange_row(**changes: object) -> ExchangeRow:
    """The exchange row of `deepseek plain`."""
    row = ExchangeRow(
        id=EXCHANGE_ID,
        started_ns=STARTED_NS,
        duration_us=900,
        first_byte_us=800,
        key_id=f"key_{KEY.public_id}",
        key_owner="demo",
        account="demo",
        model_asked="assistant",
        rollback_model="deepseek/deepseek-v4-pro",
        stream=0,
        status=200,
        outcome="ok",
        error_code=None,
        attempts=1,
        cost_nanousd=COST_NANOUSD,
        cost_bound_nanousd=None,
        request_bytes=REQUEST_BYTES,
        response_bytes=999,
    )
    return msgspec.structs.replace(row, **changes)


def attempt_row(**changes: object) -> AttemptRow:
    """The attempt row of `deepseek plain`."""
    sheet = prices().sheet("deepseek", "deepseek-flash", None)
    assert sheet is not None
    tariff = sheet.at(STARTED_NS)
    assert tariff is not None
    row = AttemptRow(
        exchange_id=EXCHANGE_ID,
        ordinal=1,
        route="deepseek/deepseek-flash",
        started_us=0,
        duration_us=900,
        first_byte_us=700,
        status=200,
        outcome="ok",
        error_code=None,
        model_answered="deepseek-flash",
        upstream_request_id="trace-1",
        finish_reason="stop",
        thinking=0,
        input_tokens=7,
        output_tokens=23,
        cache_hit_tokens=0,
        cache_write_tokens=0,
        reasoning_tokens=0,
        explicit_cache=0,
        provenance="reported",
        usage_raw=msgspec.json.encode(USAGE).decode(),
        cost_nanousd=COST_NANOUSD,
        cost_note=None,
        facts_digest=tariff.digest,
    )
    return msgspec.structs.replace(row, **changes)


def entry(exchange: ExchangeRow | None = None, *attempts: AttemptRow) -> Entry:
    """Both rows; those that are not given are in order."""
    return Entry(exchange or exchange_row(), list(attempts or (attempt_row(),)))


class NotingScreen:
    """Keeps what it is told to show, in order."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.rows: list[list[str]] = []

    def say(self, text: str = "") -> None:
        """Note a line."""
        self.shown.append(text)

    def tell(self, text: str) -> None:
        """Note a line for a person."""
        self.shown.append(f"stderr: {text}")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Note a table."""
        self.rows = [list(row) for row in rows]
        self.shown.append("table")

    def json_line(self, value: object) -> None:
        """Note a value as its JSON."""
        self.shown.append(msgspec.json.encode(value).decode())
