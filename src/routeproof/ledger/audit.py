"""What must be true of every entry, whatever happened to its exchange. A violation is a fault of ours."""

from collections.abc import Iterable
from typing import Final

import msgspec

from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow, Outcome
from routeproof.usage import Provenance

_OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)
_PROVENANCES: Final = frozenset(provenance.value for provenance in Provenance)
_TOKENS: Final = ("input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens")
_NEVER_NEGATIVE: Final = (
    "duration_us",
    "first_byte_us",
    "started_us",
    "attempts",
    "cost_nanousd",
    "cost_bound_nanousd",
    "request_bytes",
    "response_bytes",
    *_TOKENS,
)
_FLAGS: Final = ("stream", "thinking", "explicit_cache")


class Violation(msgspec.Struct, frozen=True):
    """One thing that is not as it must be."""

    exchange_id: int
    rule: str
    """A stable name, such as `cost_is_the_sum`."""
    detail: str


def audit_entries(entries: Iterable[Entry]) -> list[Violation]:
    """Check every entry, and that no exchange has two. The list is empty where all is well.

    - `exchange_once`: no id twice.
    - `attempts_are_counted`: as many attempts as the exchange says, all of its id, numbered from 1 without a gap.
    - `cost_is_the_sum`: the exchange's cost is the sum of its attempts', and unknown as soon as one of them is.
    - `bound_where_unknown`: an upper bound stands only where the cost is unknown.
    - `no_negative`: no count, duration, size or amount is below zero.
    - `flags`: yes-or-no columns hold 0 or 1.
    - `known_words`: outcome and provenance are among those defined.
    - `parts_within_whole`: cached, written and reasoning tokens never exceed the tokens they are part of.
    - `usage_has_provenance`: counts stand just where the provenance says that the usage is known.
    - `unknown_has_a_reason`: an attempt whose cost is unknown says why.
    - `outcome_fits`: an exchange that is ok, truncated, cancelled or interrupted has an attempt; an ok one ends with an
      ok attempt.
    """
    violations: list[Violation] = []
    seen: set[int] = set()
    for entry in entries:
        if entry.exchange.id in seen:
            violations.append(Violation(entry.exchange.id, "exchange_once", "the id stands twice in the ledger"))
        seen.add(entry.exchange.id)
        violations.extend(audit_entry(entry))
    return violations


def audit_entry(entry: Entry) -> list[Violation]:
    """Check one entry by the rules of `audit_entries`."""
    found = _audit_numbering(entry) + _audit_cost(entry) + _audit_outcome(entry)
    found += _audit_values(entry.exchange)
    for attempt in entry.attempts:
        found += _audit_values(attempt) + _audit_usage(attempt)
    return [Violation(entry.exchange.id, rule, detail) for rule, detail in found]


_Found = list[tuple[str, str]]


def _audit_numbering(entry: Entry) -> _Found:
    expected = [(entry.exchange.id, ordinal) for ordinal in range(1, entry.exchange.attempts + 1)]
    actual = [(attempt.exchange_id, attempt.ordinal) for attempt in entry.attempts]
    if actual == expected:
        return []
    return [("attempts_are_counted", f"{entry.exchange.attempts} attempts expected, found {actual}")]


def _audit_cost(entry: Entry) -> _Found:
    found: _Found = []
    costs = [attempt.cost_nanousd for attempt in entry.attempts]
    known = [cost for cost in costs if cost is not None]
    total = sum(known) if len(known) == len(costs) else None
    exchange = entry.exchange
    if exchange.cost_nanousd != total:
        found.append(("cost_is_the_sum", f"the exchange says {exchange.cost_nanousd}, its attempts {total}"))
    if exchange.cost_nanousd is not None and exchange.cost_bound_nanousd is not None:
        found.append(("bound_where_unknown", f"a bound of {exchange.cost_bound_nanousd} beside a known cost"))
    return found


def _audit_values(row: ExchangeRow | AttemptRow) -> _Found:
    where = f"attempt {row.ordinal}" if isinstance(row, AttemptRow) else "the exchange"
    found: _Found = []
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if name in _NEVER_NEGATIVE and value is not None and value < 0:
            found.append(("no_negative", f"{name} of {where} is {value}"))
        if name in _FLAGS and value not in (0, 1):
            found.append(("flags", f"{name} of {where} is {value}"))
    if row.outcome not in _OUTCOMES:
        found.append(("known_words", f"the outcome of {where} is {str(row.outcome)!r}"))
    return found


def _audit_usage(row: AttemptRow) -> _Found:
    found: _Found = []
    where = f"attempt {row.ordinal}"
    if row.provenance not in _PROVENANCES:
        found.append(("known_words", f"the provenance of {where} is {str(row.provenance)!r}"))
    counts = [getattr(row, name) for name in _TOKENS]
    known = row.provenance != Provenance.UNKNOWN
    if any((count is not None) != known for count in counts):
        found.append(("usage_has_provenance", f"{where} is {row.provenance} with counts {counts}"))
    elif known:
        found += _audit_parts(row, where)
    if row.cost_nanousd is None and not row.cost_note:
        found.append(("unknown_has_a_reason", f"{where} has neither a cost nor a note"))
    return found


def _audit_parts(row: AttemptRow, where: str) -> _Found:
    cached = (row.cache_hit_tokens or 0) + (row.cache_write_tokens or 0)
    found: _Found = []
    if cached > (row.input_tokens or 0):
        found.append(("parts_within_whole", f"{where} has {cached} cached of {row.input_tokens} input tokens"))
    if (row.reasoning_tokens or 0) > (row.output_tokens or 0):
        detail = f"{where} has {row.reasoning_tokens} reasoning of {row.output_tokens} output tokens"
        found.append(("parts_within_whole", detail))
    return found


_NEEDS_AN_ATTEMPT: Final = frozenset((Outcome.OK, Outcome.TRUNCATED, Outcome.CANCELLED, Outcome.INTERRUPTED))


def _audit_outcome(entry: Entry) -> _Found:
    exchange = entry.exchange
    found: _Found = []
    if exchange.outcome in _NEEDS_AN_ATTEMPT and not entry.attempts:
        found.append(("outcome_fits", f"the outcome is {exchange.outcome} without an attempt"))
    if exchange.outcome == Outcome.OK and entry.attempts and entry.attempts[-1].outcome != Outcome.OK:
        found.append(("outcome_fits", f"the exchange is ok, its last attempt {entry.attempts[-1].outcome}"))
    return found
