"""One attempt's row against what it follows from: its usage as it was sent, and the facts that it was priced with."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from routeproof.catalog.pricing.fact_sets import PinnedPrices
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.dialects.base import UsageReading
from routeproof.errors import PinnedFactsError
from routeproof.operations.prices.bills import Bill, bill_of
from routeproof.store.fitting import INT_MAX, OUT_OF_RANGE
from routeproof.store.recovery import INTERRUPTED_NOTE
from routeproof.store.repricing_rows import PricedAttempt
from routeproof.usage import Usage

ReadUsage = Callable[[bytes], UsageReading]

_Key = tuple[str, str, str | None]
"""facts_digest, route, model_answered"""

_PRICES_KEPT_MAX: Final = 10_000
_PRICE_INCOMPLETE: Final = "price_incomplete"
_NOT_PRICED: Final = frozenset({"no_price_facts", "no_price_in_force"})
_ANOMALY: Final = "usage_"
"""How a note begins that says what is wrong with the usage, `usage_missing` too."""
_NOT_SENT: Final = "not_sent"
_NOT_BILLED: Final = "error_not_billed"


class Differs(StrEnum):
    """What of a row is not what it follows from."""

    COST = "cost"
    USAGE = "usage"
    """The counts are not those of the usage object as it was sent, or contradict each other."""
    REASON = "reason"
    """The note does not explain the cost, or its absence."""
    FACTS = "facts"
    """The pinned facts are missing, were changed, or are not the price of that model at that instant."""
    SUM = "sum"
    """The exchange's cost is not the sum of its attempts'."""
    ATTEMPTS = "attempts"
    """There are not as many attempts as the exchange says."""


class Finding(msgspec.Struct, frozen=True):
    """One difference in one attempt."""

    differs: Differs
    detail: str
    recomputed_nanousd: int | None = None
    bill: Bill | None = None
    """How the recomputed cost comes about."""


class _Priced:
    """One digest's prices for one route and one answering model, with the last tariff that was looked up."""

    __slots__ = ("prices", "read", "tariff")

    def __init__(self, prices: PinnedPrices, read: ReadUsage | None) -> None:
        self.prices = prices
        self.read = read
        self.tariff: Tariff | None = None


class AttemptJudge:
    """Judges attempts one after the other; what it reads of the facts is kept for the next."""

    def __init__(self, fact_sets: Mapping[str, str], readers: Mapping[str, ReadUsage]) -> None:
        """`fact_sets`: canonical JSON by digest. `readers`: how each provider's usage object is read, by its name."""
        self._fact_sets = fact_sets
        self._readers = readers
        self._priced: dict[_Key, _Priced | Finding] = {}
        self.repriced = 0
        """Attempts whose cost was worked out anew from pinned facts."""
        self.usage_read = 0
        """Attempts whose usage object was read again."""
        self.usage_cut = 0
        """Usage objects that are not whole, so that there is nothing to read."""

    def judge(self, row: PricedAttempt, started_ns: int) -> Finding | None:
        """The first difference in an attempt of an exchange that started then; None where there is none."""
        given, written, hits, writes, reasoning, explicit, _, _, stored, _, digest = row[8:]
        if given is None or written is None or hits is None or writes is None or reasoning is None:
            return self._without_usage(row)
        usage = Usage(given, written, hits, writes, reasoning, explicit == 1)
        if digest is None:
            return self._unpriced(row, usage)
        key = (digest, row[2], row[6])
        priced = self._priced.get(key) or self._look_up(key)
        if isinstance(priced, Finding):
            return priced
        different = self._usage_differs(row, usage, priced.read)
        tariff = priced.tariff
        if tariff is None or not tariff.valid_from_ns <= started_ns < tariff.valid_until_ns:
            tariff = priced.tariff = priced.prices.at(started_ns)
        if different is not None or tariff is None:
            return different or Finding(Differs.FACTS, f"the facts {digest} were no price at the exchange's start")
        self.repriced += 1
        cost = tariff.cost_nanousd(usage, row[7] == 1)
        return None if cost == stored and cost is not None else _cost_differs(tariff, usage, cost, row)

    def _look_up(self, key: _Key) -> _Priced | Finding:
        digest, route, model = key
        if len(self._priced) >= _PRICES_KEPT_MAX:  # models' names come from outside
            self._priced.clear()
        provider, _, asked = route.partition("/")
        found: _Priced | Finding
        try:
            prices = PinnedPrices(digest, self._fact_sets.get(digest))
        except PinnedFactsError as error:
            found = Finding(Differs.FACTS, error.message)
        else:
            found = _Priced(prices, self._readers.get(provider))
            if prices.name != (model or asked):
                found = Finding(
                    Differs.FACTS, f"the facts {digest} are the price of {prices.name}, answered has {model or asked}"
                )
        self._priced[key] = found
        return found

    def _usage_differs(self, row: PricedAttempt, usage: Usage, read: ReadUsage | None) -> Finding | None:
        """The columns against the usage object as it was sent, where it was kept and its provider is configured."""
        if usage.reasoning_tokens and not row[7]:
            return Finding(Differs.USAGE, f"{usage.reasoning_tokens} reasoning tokens without thinking")
        raw = row[15]
        if raw is None or read is None:
            return None
        reading = read(raw.encode("utf-8", "surrogatepass"))
        self.usage_read += 1
        if reading.usage == usage:
            return None
        if reading.usage is None and _is_cut(raw):
            self.usage_read -= 1
            self.usage_cut += 1
            return None
        said = reading.anomaly if reading.usage is None else _counts_text(reading.usage)
        return Finding(Differs.USAGE, f"the columns say {_counts_text(usage)}, the usage object {said}")

    def _unpriced(self, row: PricedAttempt, usage: Usage) -> Finding | None:
        """A known usage that no fact priced: the cost is unknown for want of a price."""
        if row[16] is not None:
            return Finding(Differs.FACTS, "there is a cost without the digest of facts")
        if _words(row[17]).isdisjoint(_NOT_PRICED):
            return Finding(Differs.REASON, f"no facts priced it, and the note is {row[17]!r}")
        return self._usage_differs(row, usage, self._readers.get(row[2].partition("/")[0]))

    def _without_usage(self, row: PricedAttempt) -> Finding | None:
        """No counts: zero because nothing was billed, or unknown because nothing is known."""
        status, counts, raw, stored, note = row[5], row[8:13], row[15], row[16], row[17]
        words = _words(note)
        if any(count is not None for count in counts):
            return Finding(Differs.USAGE, f"only some counts are known: {list(counts)}")
        if raw is not None:
            return self._untrusted(row, raw, words)
        if stored is None:
            # An anomaly without its usage object: it was too long for the flight recorder.
            if words & {INTERRUPTED_NOTE, OUT_OF_RANGE} or _is_anomaly(words):
                return None
            return Finding(Differs.REASON, f"there is no usage, and the note is {note!r}")
        unbilled = (_NOT_SENT in words and status is None) or (_NOT_BILLED in words and (status or 0) >= 400)
        if stored != 0 or not unbilled:
            return Finding(Differs.COST, f"a cost without a usage, status {status}, note {note!r}")
        return None

    def _untrusted(self, row: PricedAttempt, raw: str, words: frozenset[str]) -> Finding | None:
        """A usage object that was not taken: the note says what is wrong with it."""
        if row[16] is not None:
            return Finding(Differs.COST, "a cost of a usage that was not taken")
        read = self._readers.get(row[2].partition("/")[0])
        if read is None or _is_cut(raw):
            self.usage_cut += read is not None
            return None if _is_anomaly(words) else _no_reason(row)
        self.usage_read += 1
        reading = read(raw.encode("utf-8", "surrogatepass"))
        if reading.usage is not None:
            return Finding(Differs.USAGE, f"no counts, the usage object {_counts_text(reading.usage)}")
        return None if f"{_ANOMALY}{reading.anomaly}" in words else _no_reason(row)


def _cost_differs(tariff: Tariff, usage: Usage, cost: int | None, row: PricedAttempt) -> Finding | None:
    """The stored cost is another one, or unknown: which may be right."""
    stored, note = row[16], row[17]
    if stored is None:
        expected = _PRICE_INCOMPLETE if cost is None else OUT_OF_RANGE
        if expected in _words(note) and (cost is None or cost > INT_MAX):
            return None
    bill = bill_of(tariff.itemise(usage, row[7] == 1))
    if stored is None and cost is None:
        return Finding(Differs.REASON, f"the cost is unknown for {bill.reason}, and the note is {note!r}", None, bill)
    return Finding(Differs.COST, "the usage and the pinned facts give another cost", cost, bill)


def _is_anomaly(words: frozenset[str]) -> bool:
    return any(word.startswith(_ANOMALY) for word in words)


def _no_reason(row: PricedAttempt) -> Finding:
    return Finding(Differs.REASON, f"the note {row[17]!r} is not what is wrong with the usage object")


def _words(note: str | None) -> frozenset[str]:
    return frozenset(() if note is None else (word.strip() for word in note.split(",")))


def _is_cut(raw: str) -> bool:
    """Whether a usage object ends before its end: long ones are kept in part."""
    try:
        msgspec.json.decode(raw.encode("utf-8", "surrogatepass"), type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return raw.startswith("{") and "truncated" in str(error)
    return False


def _counts_text(usage: Usage) -> str:
    cache = "explicit" if usage.explicit_cache else "implicit"
    return (
        f"{usage.input_tokens} in ({usage.cache_hit_tokens} {cache} hits, {usage.cache_write_tokens} written), "
        f"{usage.output_tokens} out ({usage.reasoning_tokens} reasoning)"
    )
