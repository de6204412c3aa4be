"""What one usage object costs on a route at an instant, line by line, or why that is not known."""

from pathlib import Path
from typing import Final

import msgspec

from routeproof.catalog.pricing.notes import SEPARATOR
from routeproof.catalog.pricing.price_sheet import PriceSheet
from routeproof.catalog.pricing.straddle import straddle
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.catalog.staleness import require_quotable
from routeproof.clock import format_instant
from routeproof.dialects.base import UsageReading
from routeproof.dialects.registry import dialect_named
from routeproof.errors import OperatorError
from routeproof.operations.prices.answers import FactNote, answered_model, note_of, stale_lines, why_unpriced
from routeproof.operations.prices.bills import Bill, BothBills, bill_of, both_bills
from routeproof.operations.prices.priced_routes import PriceDesk, PricedRoute
from routeproof.usage import Usage

FILE_BYTES_MAX: Final = 1024 * 1024
_NORMALISED: Final = frozenset(Usage.__struct_fields__)
_decode_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class UsageCost(msgspec.Struct, frozen=True):
    """The answer. Without a bill there is a reason; with one the reason is the bill's."""

    route: str
    at: str
    until: str | None
    model: str
    answered_by: str | None
    """The model whose price it is, after aliases."""
    usage: Usage | None
    thinking: bool
    thinking_by: str
    """How it is known: `asked`, `usage` (it counts reasoning) or `model` (its default)."""
    bill: Bill | None
    """By the price at the start, which counts."""
    both: BothBills | None
    """Where the price changed before the end."""
    flags: list[str]
    """Words that a row of the ledger would have in its `cost_note`."""
    reason: str | None
    facts: list[FactNote]
    stale: list[str]


def read_usage_file(path: Path, dialect: str) -> UsageReading:
    """The usage in a file: a provider's raw object, the answer around it, or normalised counts.

    Raises OperatorError where the file can't be read or holds no JSON object.
    """
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise OperatorError(f"{path}: can't be read ({error.strerror}); name a file with a usage object") from error
    if len(content) > FILE_BYTES_MAX:
        raise OperatorError(f"{path}: is larger than {FILE_BYTES_MAX} bytes; name a file with a usage object alone")
    return _read(content, path, dialect)


def cost_of_usage(
    desk: PriceDesk,
    route: PricedRoute,
    reading: UsageReading,
    *,
    at_ns: int,
    until_ns: int | None,
    thinking: bool | None,
) -> UsageCost:
    """Price a usage by the facts in force at its start. `thinking` None: by the usage, else by the model's default.

    Raises FactsHeld where those facts are too old to quote by.
    """
    usage, answered_by = reading.usage, answered_model(desk, route, at_ns)
    sheet = desk.sheet(route)
    tariff = None if sheet is None else sheet.at(at_ns)
    thinks, thinks_by = _thinking(route, usage, thinking)
    answer = UsageCost(
        route=route.name,
        at=format_instant(at_ns),
        until=None if until_ns is None else format_instant(until_ns),
        model=route.model,
        answered_by=answered_by,
        usage=usage,
        thinking=thinks,
        thinking_by=thinks_by,
        bill=None,
        both=None,
        flags=[],
        reason=f"usage_{reading.anomaly}" if usage is None else why_unpriced(route, answered_by),
        facts=[],
        stale=[],
    )
    if usage is None or sheet is None or tariff is None:
        return answer
    return _billed(desk, answer, sheet, tariff, usage, at_ns, until_ns)


def _billed(
    desk: PriceDesk,
    answer: UsageCost,
    sheet: PriceSheet,
    tariff: Tariff,
    usage: Usage,
    at_ns: int,
    until_ns: int | None,
) -> UsageCost:
    end_ns = at_ns if until_ns is None else until_ns
    straddled = straddle(sheet, at_ns, end_ns, usage, answer.thinking)
    behind = {fact.id: fact for fact in sheet.facts_behind(tariff)}
    last = None if straddled is None else sheet.at(end_ns)
    if last is not None:
        behind |= {fact.id: fact for fact in sheet.facts_behind(last)}
    stale = require_quotable(behind.values(), desk.policies, at_ns)
    bill = bill_of(tariff.itemise(usage, answer.thinking))
    note = tariff.note_of(at_ns, end_ns)
    return msgspec.structs.replace(
        answer,
        bill=bill,
        both=both_bills(straddled),
        flags=note.split(SEPARATOR) if note else [],
        reason=bill.reason,
        facts=[note_of(fact, at_ns) for fact in behind.values()],
        stale=stale_lines(stale),
    )


def _thinking(route: PricedRoute, usage: Usage | None, asked: bool | None) -> tuple[bool, str]:
    if asked is not None:
        return asked, "asked"
    if usage is not None and usage.reasoning_tokens:
        return True, "usage"
    return dialect_named(route.dialect).thinking({}, route.model), "model"


def _read(content: bytes, path: Path, dialect: str) -> UsageReading:
    try:
        members = _decode_members(content)
    except (ValueError, RecursionError) as error:
        raise OperatorError(f"{path}: holds no JSON object; save the `usage` of an answer there") from error
    inner = members.get("usage")
    if inner is not None:
        return _read(bytes(inner), path, dialect)
    if members.keys() <= _NORMALISED and {"input_tokens", "output_tokens"} <= members.keys():
        return _read_normalised(content, path)
    return dialect_named(dialect).read_usage(content)


def _read_normalised(content: bytes, path: Path) -> UsageReading:
    """Counts as the ledger has them; they must hold what they hold there."""
    try:
        usage = msgspec.json.decode(content, type=Usage)
    except msgspec.ValidationError as error:
        raise OperatorError(f"{path}: is no usage ({error}); write whole numbers of tokens") from error
    counts = (usage.input_tokens, usage.output_tokens, usage.cache_hit_tokens, usage.cache_write_tokens)
    if min(*counts, usage.reasoning_tokens) < 0:
        return UsageReading(None, "negative")
    parts = usage.cache_hit_tokens + usage.cache_write_tokens
    if parts > usage.input_tokens or usage.reasoning_tokens > usage.output_tokens:
        return UsageReading(None, "part_exceeds_whole")
    return UsageReading(usage)
