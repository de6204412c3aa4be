"""Rows of the kill matrix: of what only a tap shows (X, and of others what a gateway does on the way)."""

from typing import Final

from routeproof.prover.kill_matrix.matrix import Defect, Via
from routeproof.prover.kill_matrix.rows.row import row

SLOWLY: Final[dict[str, int | str]] = {"event_interval_ms": 10}
"""Long enough between two events for waiting to show."""

PATIENT: Final = {"hold p99": 200, "overhead p95": 400, "overhead p99": 800}
"""Milliseconds for an honest gateway that shares a core with its provider, the prover, and whatever else runs here."""


def _relayed(check: str, words: str, defect: str) -> Defect:
    return row(check, words, via=Via.GATEWAY, relay=defect, settings=SLOWLY)


TAPS: Final = (
    _relayed("X01", "a member does not arrive", "drop_field"),
    _relayed("X01", "a member is added", "add_field"),
    _relayed("X01", "messages are written anew", "reencode"),
    _relayed("X02", "an event is lost", "drop_event"),
    _relayed("X02", "events change places", "reorder_events"),
    _relayed("X02", "two events become one", "merge_events"),
    _relayed("X02", "whole answers are written anew", "rewrite_answer"),
    _relayed("X03", "the client's key goes upstream", "forward_client_key"),
    _relayed("X03", "the client's headers go upstream", "forward_headers"),
    _relayed("X03", "the provider's headers come down", "relay_headers"),
    row("X04", "behind the gateway answers have no usage", "missing_usage", via=Via.BOTH, struck=Via.GATEWAY),
    _relayed("S07", "a stream is sent when all of it is there", "buffer"),
    _relayed("S07", "events are joined", "merge_events"),
    row(
        "S10",
        "the provider is read to the end",
        via=Via.GATEWAY,
        relay="keep_upstream",
        settings={"event_interval_ms": 20},
        limits={"provider let go": 200},
    ),
    _relayed("S10", "what was left costs nothing", "free_cancel"),
    _relayed("T08", "arguments are rewritten", "rewrite_arguments"),
    _relayed("K03", "controls of thinking do not arrive", "drop_control"),
    _relayed("U10", "the bound does not cover what was written", "low_bound"),
    _relayed("U11", "each request is sent twice, and has one row", "hidden_retry"),
    _relayed("U11", "a request is sent anew in the middle of its answer", "retry_mid_answer"),
    _relayed("E04", "every failure is the client's", "blame_client"),
    _relayed("M02", "every answer waits for a second", "slow"),
)
