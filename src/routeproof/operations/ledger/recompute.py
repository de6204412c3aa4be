"""Works out every cost of the ledger anew, from the stored usage and the pinned facts, and tells every difference."""

from collections.abc import Callable
from typing import Final

import msgspec

from routeproof.catalog.pricing.notes import STRADDLES_WINDOW
from routeproof.config.settings import Settings
from routeproof.dialects.registry import dialect_named
from routeproof.ids import ExchangeId, format_exchange_id
from routeproof.operations.ledger.repricing import AttemptJudge, Differs, Finding
from routeproof.operations.prices.bills import Bill, BothBills
from routeproof.operations.prices.straddling import Straddling, end_ns, usage_of
from routeproof.store.data_dir import database_path
from routeproof.store.fitting import INT_MAX
from routeproof.store.reading import LedgerFilter
from routeproof.store.repricing_rows import PricedAttempt, PricedBatch, PricedExchange, RepricingReader

_COST: Final = 16
_NOTE: Final = 17


class Difference(msgspec.Struct, frozen=True, tag_field="record", tag="difference"):
    """A row that is not what it follows from."""

    request_id: str
    attempt: int | None
    """The attempt's ordinal; None where it is the exchange's own row."""
    differs: Differs
    detail: str
    stored_nanousd: int | None
    recomputed_nanousd: int | None
    facts_digest: str | None
    bill: Bill | None
    """How the recomputed cost comes about; None where there is none."""


class StraddlingRow(msgspec.Struct, frozen=True, tag_field="record", tag="straddle"):
    """An attempt whose price changed while its exchange went on. Nothing is wrong with it."""

    request_id: str
    attempt: int
    stored_nanousd: int | None
    bills: BothBills | None
    """None where the facts files of now do not tell."""


class Recomputation(msgspec.Struct, frozen=True, tag_field="record", tag="summary"):
    """What was looked at, and what was found."""

    ok: bool
    exchanges: int
    attempts: int
    repriced: int
    """Attempts that pinned facts gave a cost, or the reason for none."""
    usage_read: int
    """Attempts whose usage object was read again."""
    usage_cut: int
    """Attempts whose usage object was too long to be kept whole; their columns alone were used."""
    unknown_cost: int
    """Exchanges of unknown cost."""
    cost_nanousd: int
    """The sum of the known ones, as stored."""
    straddling: int
    differences: int


Record = Difference | StraddlingRow
Progress = Callable[[int, int], None]
"""Told how many exchanges are done, and of how many."""


def recompute(
    settings: Settings, wanted: LedgerFilter, found: Callable[[Record], None], progress: Progress
) -> Recomputation:
    """Re-price what the filter lets through, the oldest first; `found` gets every difference as it comes.

    Memory does not grow with the ledger. Raises StoreError, and FactsError where a row straddles a change of price.
    """
    reader = RepricingReader(database_path(settings.server.data_dir))
    count = reader.count(wanted)
    work = _Work(settings, reader.fact_sets(), found)
    progress(0, count)
    for batch in reader.batches(wanted):
        work.batch(batch)
        progress(work.exchanges, max(count, work.exchanges))
    return work.result()


class _Work:
    """Goes through batches and adds up."""

    def __init__(self, settings: Settings, fact_sets: dict[str, str], found: Callable[[Record], None]) -> None:
        readers = {name: dialect_named(one.dialect).read_usage for name, one in settings.providers.items()}
        self._judge = AttemptJudge(fact_sets, readers)
        self._straddling = Straddling(settings)
        self._found = found
        self.exchanges = 0
        self._attempts = self._unknown = self._cost = self._straddles = self._differences = 0

    def batch(self, batch: PricedBatch) -> None:
        """Every exchange of a batch with its attempts, which stand in the same order."""
        judge, rows = self._judge.judge, batch.attempts
        at, end = 0, len(rows)
        for exchange in batch.exchanges:
            exchange_id, started_ns = exchange[0], exchange[1]
            first = at
            total: int | None = 0
            while at < end and rows[at][0] == exchange_id:
                row = rows[at]
                at += 1
                finding = judge(row, started_ns)
                if finding is not None:
                    self._differs(row, finding)
                note, cost = row[_NOTE], row[_COST]
                if note is not None and STRADDLES_WINDOW in note:
                    self._straddle(row, started_ns)
                total = None if total is None or cost is None else total + cost
            self._attempts += at - first
            if exchange[3] != at - first or exchange[4] != total:
                self._sum_differs(exchange, at - first, total)
            if exchange[4] is None:
                self._unknown += 1
            else:
                self._cost += exchange[4]
        self.exchanges += len(batch.exchanges)

    def result(self) -> Recomputation:
        """What there is to say at the end."""
        return Recomputation(
            ok=self._differences == 0,
            exchanges=self.exchanges,
            attempts=self._attempts,
            repriced=self._judge.repriced,
            usage_read=self._judge.usage_read,
            usage_cut=self._judge.usage_cut,
            unknown_cost=self._unknown,
            cost_nanousd=self._cost,
            straddling=self._straddles,
            differences=self._differences,
        )

    def _differs(self, row: PricedAttempt, finding: Finding) -> None:
        self._tell(
            Difference(
                _request_id(row[0]),
                row[1],
                finding.differs,
                finding.detail,
                row[_COST],
                finding.recomputed_nanousd,
                row[18],
                finding.bill,
            )
        )

    def _sum_differs(self, exchange: PricedExchange, attempts: int, total: int | None) -> None:
        exchange_id, _, _, said, stored = exchange
        if attempts != said:
            detail = f"the exchange says {said} attempts, there are {attempts}"
            self._tell(Difference(_request_id(exchange_id), None, Differs.ATTEMPTS, detail, stored, None, None, None))
        if stored != total and not (stored is None and total is not None and total > INT_MAX):
            detail = "the exchange's cost is not the sum of its attempts'"
            self._tell(Difference(_request_id(exchange_id), None, Differs.SUM, detail, stored, total, None, None))

    def _tell(self, difference: Difference) -> None:
        self._differences += 1
        self._found(difference)

    def _straddle(self, row: PricedAttempt, started_ns: int) -> None:
        self._straddles += 1
        usage = usage_of(row[8:13], explicit=row[13])
        bills = None
        if usage is not None:
            bills = self._straddling.bills(
                route=row[2],
                answered=row[6],
                digest=row[18],
                usage=usage,
                thinking=row[7] == 1,
                start_ns=started_ns,
                end_ns=end_ns(started_ns, row[3], row[4]),
            )
        self._found(StraddlingRow(_request_id(row[0]), row[1], row[_COST], bills))


def _request_id(exchange_id: int) -> str:
    return format_exchange_id(ExchangeId(exchange_id))
