"""Judges one scene: exactly one row, and in it what the client saw, what the provider sent, and the exact cost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.access.keys import key_id_of, parse_key
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.config.settings import ModelSettings, Settings
from routeproof.ids import parse_exchange_id
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.operations.demo.client import Sighting
from routeproof.operations.demo.prices import Tariffs, exact_ceiling, exact_cost
from routeproof.operations.demo.reading import read_usage
from routeproof.operations.demo.scene import Bill, Scene, Try
from routeproof.operations.demo.sights import reading_of, wrong_sights
from routeproof.usage import Provenance, Usage

_PRICE_UNKNOWN_NOTES: Final = frozenset({"no_price_facts", "no_price_in_force", "price_incomplete"})
_COUNTS: Final = ("input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens")


class Truth(msgspec.Struct, frozen=True):
    """What the judge knows beside the scene itself."""

    tariffs: Tariffs
    models: Mapping[str, ModelSettings]
    key_id: str


class Judged(msgspec.Struct, frozen=True):
    """One scene with its row, and everything that is wrong with either."""

    scene: Scene
    entry: Entry | None
    """None where there is not exactly one."""
    problems: tuple[str, ...]


class _Case(msgspec.Struct, frozen=True):
    """A scene with all that was seen of it."""

    scene: Scene
    seen: Sighting
    entry: Entry
    truth: Truth


class _Span(msgspec.Struct, frozen=True):
    """The least and the most that a bound of an attempt's cost may say."""

    least: int
    most: int


def truth_of(tariffs: Tariffs, settings: Settings, key: str) -> Truth:
    """What the judge has to know of a configuration and of the client's key."""
    parsed = parse_key(key)
    assert parsed is not None
    return Truth(tariffs, settings.models, key_id_of(parsed.public_id))


def judge(scene: Scene, seen: Sighting, entries: Sequence[Entry], truth: Truth) -> Judged:
    """Compare a scene with what was seen of it and with the whole ledger."""
    problems = list(wrong_sights(scene, seen))
    mine = _entries_of(seen.headers.get("x-request-id", ""), entries)
    if len(mine) != 1:
        problems.append(f"the request has {len(mine) or 'no'} row{'s' * (len(mine) > 1)}, not exactly one")
        return Judged(scene, None, tuple(problems))
    case = _Case(scene, seen, mine[0], truth)
    problems += _wrong_exchange(case)
    if len(mine[0].attempts) != len(scene.tries):
        problems.append(f"the row has {len(mine[0].attempts)} attempts, not {len(scene.tries)}")
    else:
        for place in range(len(scene.tries)):
            problems += (f"attempt {place + 1}: {problem}" for problem in _wrong_attempt(case, place))
        problems += _wrong_sum(case)
    return Judged(scene, mine[0], tuple(problems))


def _entries_of(request_id: str, entries: Sequence[Entry]) -> list[Entry]:
    try:
        wanted = parse_exchange_id(request_id)
    except ValueError:
        return []
    return [entry for entry in entries if entry.exchange.id == wanted]


def _wrong_exchange(case: _Case) -> Iterator[str]:
    scene, row = case.scene, case.entry.exchange
    model = case.truth.models.get(scene.model)
    wanted: dict[str, object] = {
        "key_id": case.truth.key_id if scene.valid_key else None,
        "model_asked": scene.model if scene.valid_key else None,
        "rollback_model": model.rollback if model is not None and scene.tries else None,
        "stream": int(scene.streams),
        "status": scene.status,
        "outcome": scene.outcome.value,
        "error_code": scene.error_code,
        "attempts": len(scene.tries),
    }
    if scene.valid_key:  # the body of a stranger's request may not even be read
        wanted["request_bytes"] = case.seen.request_bytes
    yield from _differences(row, wanted)
    if scene.tries and row.duration_us is None:
        yield "duration_us is not known"


def _wrong_attempt(case: _Case, place: int) -> Iterator[str]:
    wanted, row = case.scene.tries[place], case.entry.attempts[place]
    fields: dict[str, object] = {
        "exchange_id": case.entry.exchange.id,
        "ordinal": place + 1,
        "route": wanted.route,
        "status": wanted.status,
        "outcome": wanted.outcome.value,
        "error_code": wanted.error_code,
        "model_answered": wanted.model_answered,
    }
    if place + 1 == len(case.scene.tries):
        fields["upstream_request_id"] = case.seen.headers.get("x-upstream-request-id")
    yield from _differences(row, fields)
    if wanted.bill is Bill.PRICED:
        yield from _wrong_price(case, place)
    else:
        unbilled = wanted.bill is Bill.NOT_BILLED
        nothing: dict[str, object] = dict.fromkeys((*_COUNTS, "usage_raw", "facts_digest"))
        yield from _differences(
            row,
            {
                **nothing,
                "provenance": Provenance.UNKNOWN.value,
                "cost_nanousd": 0 if unbilled else None,
                "cost_note": wanted.bill.value,
            },
        )


def _wrong_price(case: _Case, place: int) -> Iterator[str]:
    row = case.entry.attempts[place]
    raw, promised = _usage_seen(case, place), _usage_promised(case, place)
    if raw is None:
        yield "no usage was seen to compare the row with"
        return
    if promised is not None and raw != promised:
        yield "the client saw another usage than the provider sent"
    if row.usage_raw is None or msgspec.json.decode(row.usage_raw) != raw:
        yield "usage_raw is not what the provider sent"
    usage = read_usage(raw)
    thinking = case.scene.thinking or usage.reasoning_tokens > 0
    counts: dict[str, object] = {name: getattr(usage, name) for name in _COUNTS}
    flags = {"explicit_cache": int(usage.explicit_cache), "thinking": int(thinking)}
    yield from _differences(row, {**counts, **flags, "provenance": Provenance.REPORTED.value})
    yield from _wrong_cost(case, place, usage, thinking=thinking)


def _wrong_cost(case: _Case, place: int, usage: Usage, *, thinking: bool) -> Iterator[str]:
    row = case.entry.attempts[place]
    tariff = case.truth.tariffs.of(row.route, case.entry.exchange.started_ns, answered=row.model_answered)
    cost = None if tariff is None else exact_cost(tariff, usage, thinking=thinking)
    digest = None if tariff is None else tariff.digest
    yield from _differences(row, {"cost_nanousd": cost, "facts_digest": digest})
    if cost is None or tariff is None:
        if row.cost_note not in _PRICE_UNKNOWN_NOTES:
            yield f"the cost is unknown and its note, {row.cost_note}, does not say why"
    elif row.cost_note not in _grounded_notes(tariff, case.entry.exchange.started_ns):
        yield f"the cost is known and its note, {row.cost_note}, has no ground"


def _grounded_notes(tariff: Tariff, started_ns: int) -> tuple[str | None, ...]:
    """The note of an exchange that ended before its price changed, and that of one that did not."""
    return tariff.note_of(started_ns, started_ns), tariff.note_of(started_ns, tariff.valid_until_ns)


def _wrong_sum(case: _Case) -> Iterator[str]:
    """The exchange's cost is that of its attempts; where it is unknown it has a bound, if one can be known."""
    exchange = case.entry.exchange
    costs = [row.cost_nanousd for row in case.entry.attempts]
    known = [cost for cost in costs if cost is not None]
    yield from _differences(exchange, {"cost_nanousd": sum(known) if len(known) == len(costs) else None})
    bound = exchange.cost_bound_nanousd
    spans = [_span(case, place) for place in range(len(costs))]
    told = [span for span in spans if span is not None]
    if len(known) == len(costs) or len(told) < len(spans):
        if bound is not None:
            yield f"cost_bound_nanousd is {bound}, not None"
    elif bound is None:
        yield "cost_bound_nanousd is None, though the request limits its answer"
    elif not sum(span.least for span in told) <= bound <= sum(span.most for span in told):
        yield (
            f"cost_bound_nanousd is {bound}, not from {sum(span.least for span in told)} (what the whole answer "
            f"costs) to {sum(span.most for span in told)} (a token for each byte sent)"
        )


def _span(case: _Case, place: int) -> _Span | None:
    """What a bound may say of one attempt; None where it can't be bounded."""
    row, limit = case.entry.attempts[place], case.scene.max_tokens
    if row.cost_nanousd is not None:
        return _Span(row.cost_nanousd, row.cost_nanousd)
    tariff = case.truth.tariffs.of(row.route, case.entry.exchange.started_ns)
    if tariff is None or limit is None:
        return None
    promised = _usage_promised(case, place)
    least = 0
    if promised is not None:
        least = exact_cost(tariff, read_usage(promised), thinking=case.scene.thinking) or 0
    most = exact_ceiling(tariff, case.seen.request_bytes, limit)
    return None if most is None else _Span(least, most)


def _usage_seen(case: _Case, place: int) -> Mapping[str, object] | None:
    """What the client saw of the last attempt; where it saw none, what the provider says it sent."""
    shown = reading_of(case.scene, case.seen).usage if place + 1 == len(case.scene.tries) else None
    return _usage_promised(case, place) if shown is None else shown


def _usage_promised(case: _Case, place: int) -> Mapping[str, object] | None:
    provider = _provider(case.scene.tries[place])
    return next((promise.usage for promise in case.seen.promises if promise.provider == provider), None)


def _provider(attempt: Try) -> str:
    return attempt.route.partition("/")[0]


def _differences(row: ExchangeRow | AttemptRow, wanted: Mapping[str, object]) -> Iterator[str]:
    for name, value in wanted.items():
        found = getattr(row, name)
        if found != value:
            yield f"{name} is {found}, not {value}"
