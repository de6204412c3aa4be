"""Rows of the kill matrix: of latency, availability, freshness and tenancy (M, I, N)."""

from typing import Final

from routeproof.evidence.plan import Declared
from routeproof.prover.kill_matrix.matrix import SeededFault
from routeproof.prover.kill_matrix.rows.row import row

_APART: Final[dict[str, Declared]] = {"cache-isolation": "key"}
SERVICE: Final = (
    row("M01", "first deltas come later than they may", settings={"first_byte_ms": 40}, limits={"first-delta p50": 20}),
    row(
        "M01",
        "the gaps are longer than they may be",
        settings={"event_interval_ms": 20},
        limits={"longest-gap p50": 10},
    ),
    row("M03", "no capacity", "status_503"),
    row("M03", "connections are reset", "reset"),
    row("M03", "streams end before their end", SeededFault(fault="cut_before_done", stream=True)),
    row("I01", "every request gets the first answer again", "replay_answer"),
    row("N01", "an answer holds what another key asked", "leak_tenant"),
    row("N01", "two keys share a cache that is promised to be apart", "shared_cache", declared=_APART),
    row("N02", "an answer holds the key that it was asked with", "leak_key"),
)
