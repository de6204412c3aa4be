"""What must be true of the ledger after a crash, checked from what the providers saw and what the clients were told."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.load import Asked
from tests.support.site import Site

from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import load_settings
from routeproof.ids import ExchangeId, format_exchange_id
from routeproof.ledger.audit import audit_entries
from routeproof.ledger.entries import Entry
from routeproof.operations.demo.prices import Tariffs, exact_ceiling, exact_cost
from routeproof.operations.ledger.recompute import Difference, Record, recompute
from routeproof.store.health import check_database
from routeproof.store.reading import PAGE_MAX, LedgerFilter, LedgerReader
from routeproof.usage import Usage

_NONCE = re.compile(r"nonce-[\w-]+\.")


class LedgerCheck:
    """Looks at what each crash has added to one site's ledger. Only while a gateway serves there."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tariffs = Tariffs(PriceBook.compile(load_facts()), load_settings(site.config, site.environ).providers)
        self._newest = 0

    def after_crash(self, asked: Iterable[Asked], seen: Iterable[Mapping[str, str]]) -> list[Entry]:
        """Check all promises for the requests since the last call; returns their entries."""
        entries = self._new_entries()
        by_size = {entry.exchange.request_bytes: entry for entry in entries}
        sizes = {request.size: request for request in asked}
        dispatched = {nonce for record in seen for nonce in _NONCE.findall(record["body"])}

        assert len(by_size) == len(entries), "a request has two rows"
        assert by_size.keys() <= sizes.keys(), "a row of no request"
        reached = {size for size, request in sizes.items() if request.nonce in dispatched}
        assert reached <= by_size.keys(), "a request that reached a provider has no row"
        for size, request in sizes.items():
            self._check(request, by_size.get(size))
        self._check_ledger()
        return entries

    def _new_entries(self) -> list[Entry]:
        page = LedgerReader(self._site.database).page(LedgerFilter(), PAGE_MAX)
        assert page.next_before_id is None
        entries = [entry for entry in page.entries if entry.exchange.id > self._newest]
        self._newest = max([self._newest, *(entry.exchange.id for entry in entries)])
        return entries

    def _check(self, asked: Asked, entry: Entry | None) -> None:
        """One request: what its client knows stands in its row."""
        if entry is None:
            assert asked.request_id is None, "a client holds the id of a request without a row"
            return
        row = entry.exchange
        assert asked.request_id in (None, format_exchange_id(ExchangeId(row.id)))
        assert row.model_asked == asked.model
        if asked.whole:
            assert (row.outcome, row.status, asked.status) == ("ok", 200, 200)
            assert row.cost_nanousd == self._cost(entry, asked.usage())
        elif row.outcome == "interrupted":
            assert (row.cost_nanousd, row.status) == (None, None)
            assert row.cost_bound_nanousd == self._ceiling(entry, asked)
        else:
            assert row.outcome == "ok" and row.cost_nanousd is not None, row

    def _check_ledger(self) -> None:
        """The whole of it: sound, and adding up."""
        site = self._site
        entries = LedgerReader(site.database).page(LedgerFilter(), PAGE_MAX).entries
        assert audit_entries(entries) == []
        health = check_database(site.database)
        assert (health.problems, health.orphaned_attempts, health.exchanges) == ([], 0, len(entries))
        totals = LedgerReader(site.database).totals(LedgerFilter())
        assert totals.cost_nanousd == sum(entry.exchange.cost_nanousd or 0 for entry in entries)
        assert site.in_recorder() == 0
        told: list[Record] = []
        summary = recompute(load_settings(site.config, site.environ), LedgerFilter(), told.append, lambda *_: None)
        assert [record for record in told if isinstance(record, Difference)] == []
        assert (summary.ok, summary.exchanges) == (True, len(entries))

    def _cost(self, entry: Entry, told: Mapping[str, Any]) -> int | None:
        """What this usage costs on the route that answered; a refusal by another before it is not billed."""
        last = entry.attempts[-1]
        tariff = self._tariffs.of(last.route, entry.exchange.started_ns, answered=last.model_answered)
        assert tariff is not None
        usage = _usage(told)
        return exact_cost(tariff, usage, thinking=usage.reasoning_tokens > 0)

    def _ceiling(self, entry: Entry, asked: Asked) -> int | None:
        """The most that all of its attempts can have cost."""
        if asked.max_tokens is None:
            return None
        total = 0
        for attempt in entry.attempts:
            tariff = self._tariffs.of(attempt.route, entry.exchange.started_ns)
            assert tariff is not None
            total += exact_ceiling(tariff, asked.size, asked.max_tokens) or 0
        assert total > 0
        return total


def _usage(told: Mapping[str, Any]) -> Usage:
    """Both families' usage, read by their documents: DeepSeek names its hits on the top level as well."""
    details = told.get("prompt_tokens_details") or {}
    hits = told.get("prompt_cache_hit_tokens", details.get("cached_tokens")) or 0
    reasoning = (told.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
    return Usage(
        input_tokens=told["prompt_tokens"],
        output_tokens=told["completion_tokens"],
        cache_hit_tokens=hits,
        reasoning_tokens=reasoning,
    )
