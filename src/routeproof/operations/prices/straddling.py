"""Both prices of ledger rows whose price changed while they went on, as far as today's facts tell."""

from collections.abc import Sequence

from routeproof.catalog.pricing.notes import STRADDLES_WINDOW
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.catalog.pricing.straddle import straddle
from routeproof.config.facts_files import load_facts
from routeproof.config.settings import Settings
from routeproof.ledger.entries import AttemptRow
from routeproof.operations.prices.bills import BothBills, both_bills
from routeproof.usage import Usage


class Straddling:
    """Reads the facts files when it is first asked: few rows straddle."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._book: PriceBook | None = None

    def of_row(self, row: AttemptRow, started_ns: int) -> BothBills | None:
        """The bills of an attempt of an exchange that started then; None where its price did not change meanwhile."""
        counts = (
            row.input_tokens,
            row.output_tokens,
            row.cache_hit_tokens,
            row.cache_write_tokens,
            row.reasoning_tokens,
        )
        usage = usage_of(counts, explicit=row.explicit_cache)
        if usage is None or row.cost_note is None or STRADDLES_WINDOW not in row.cost_note:
            return None
        return self.bills(
            route=row.route,
            answered=row.model_answered,
            digest=row.facts_digest,
            usage=usage,
            thinking=row.thinking == 1,
            start_ns=started_ns,
            end_ns=end_ns(started_ns, row.started_us, row.duration_us),
        )

    def bills(
        self,
        *,
        route: str,
        answered: str | None,
        digest: str | None,
        usage: Usage,
        thinking: bool,
        start_ns: int,
        end_ns: int | None,
    ) -> BothBills | None:
        """The bills at both ends of an attempt; the price at `start_ns`, the exchange's start, is the row's.

        None where its end is unknown, the facts of now are not those of the row any more, or the provider is not
        configured. Raises FactsError.
        """
        provider_name, _, asked = route.partition("/")
        provider = self._settings.providers.get(provider_name)
        if provider is None or provider.prices is None or digest is None or end_ns is None:
            return None
        if self._book is None:
            self._book = PriceBook.compile(load_facts(self._settings.server.facts))
        sheet = self._book.sheet(provider.prices, answered or asked, provider.region)
        found = None if sheet is None else straddle(sheet, start_ns, end_ns, usage, thinking)
        return both_bills(found) if found is not None and found.at_start.digest == digest else None


def usage_of(counts: Sequence[int | None], *, explicit: int) -> Usage | None:
    """Input, output, hits, writes and reasoning as a usage; None where one of them is not known."""
    given, written, hits, writes, reasoning = counts
    if given is None or written is None or hits is None or writes is None or reasoning is None:
        return None
    return Usage(given, written, hits, writes, reasoning, explicit == 1)


def end_ns(started_ns: int, started_us: int | None, duration_us: int | None) -> int | None:
    """When an attempt ended, to the microsecond: from its exchange's start, its own, and how long it took.

    None where one of them is unknown.
    """
    if started_us is None or duration_us is None:
        return None
    return started_ns + (started_us + duration_us) * 1_000
