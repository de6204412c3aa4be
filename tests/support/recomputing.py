"""Recomputing a priced ledger in one call, and attempts that have no usage."""

from typing import Any

from tests.support.priced_ledger import OFF_PEAK, PricedLedger

from routeproof.ledger.entries import AttemptRow
from routeproof.operations.ledger.recompute import Difference, Recomputation, Record, recompute
from routeproof.store.reading import LedgerFilter


def run(ledger: PricedLedger, **wanted: Any) -> tuple[Recomputation, list[Record]]:
    """The summary and everything that was told."""
    told: list[Record] = []
    summary = recompute(ledger.settings, LedgerFilter(**wanted), told.append, lambda *_: None)
    return summary, told


def the_one(ledger: PricedLedger) -> Difference:
    """The only thing that was told."""
    summary, (found,) = run(ledger)
    assert isinstance(found, Difference)
    assert (summary.ok, summary.differences) == (False, 1)
    return found


def unknown(ledger: PricedLedger, **changes: Any) -> AttemptRow:
    """An attempt whose usage never came."""
    blank: dict[str, Any] = dict.fromkeys(
        ("input_tokens", "output_tokens", "cache_hit_tokens", "cache_write_tokens", "reasoning_tokens")
    )
    more: dict[str, Any] = {
        "provenance": "unknown",
        "usage_raw": None,
        "cost_nanousd": None,
        "cost_note": "usage_missing",
        "facts_digest": None,
        "thinking": 0,
    }
    return ledger.attempt(0, OFF_PEAK, **(blank | more | changes))


def failed(ledger: PricedLedger) -> AttemptRow:
    """An attempt that the provider refused."""
    return unknown(ledger, status=503, outcome="upstream_error", cost_nanousd=0, cost_note="error_not_billed")
