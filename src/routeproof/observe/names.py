"""The metrics: name, kind, meaning, and which of a worker's counters each is read from."""

from typing import Final, Literal

import msgspec

from routeproof.ledger.entries import Outcome

PREFIX: Final = "routeproof_"


class Metric(msgspec.Struct, frozen=True):
    """One metric, without the prefix that all of them share."""

    name: str
    kind: Literal["counter", "gauge"]
    """A counter is summed over all workers there were, a gauge over those that are alive."""
    meaning: str
    counters: dict[str, tuple[str, ...]] = {}
    """The worker's counters it is read from, each with its labels' values."""
    labels: tuple[str, ...] = ()


METRICS: Final = (
    Metric(
        "exchanges_total",
        "counter",
        "Client requests that ended, by outcome.",
        {outcome.value: (outcome.value,) for outcome in Outcome},
        ("outcome",),
    ),
    Metric(
        "malformed_requests_total",
        "counter",
        "Requests refused for their framing or headers, outside the ledger.",
        {"malformed": ()},
    ),
    Metric(
        "unauthenticated_rows_shed_total",
        "counter",
        "Refused requests without a valid key that got no row, because there were too many.",
        {"unauthenticated_rows_shed": ()},
    ),
    Metric(
        "ledger_rows_shed_total",
        "counter",
        "Refused requests that got no row, because too many rows waited for their commit.",
        {"ledger_rows_shed": ()},
    ),
    Metric(
        "retries_denied_total",
        "counter",
        "Times that another route was not tried because the retry budget was spent.",
        {"retries_denied": ()},
    ),
    Metric(
        "client_connections_refused_total",
        "counter",
        "Client connections closed at once because there were too many.",
        {"connections_refused": ()},
    ),
    Metric("exchanges_in_flight", "gauge", "Client requests being served.", {"in_flight": ()}),
    Metric("client_connections_open", "gauge", "Open client connections.", {"connections": ()}),
    Metric("upstream_connections_open", "gauge", "Open connections to providers.", {"upstream_connections": ()}),
    Metric("ledger_backlog", "gauge", "Exchanges that wait for their commit.", {"ledger_backlog": ()}),
)
"""What workers count."""

WORKER_METRICS: Final = (
    Metric("workers", "gauge", "Workers with a fresh heartbeat, by state.", labels=("state",)),
    Metric("heartbeat_age_seconds", "gauge", "Since a worker's last heartbeat.", labels=("worker",)),
    Metric("undocumented_counters", "gauge", "Counters that workers keep and no metric shows: none."),
)
"""What the admin plane itself knows of the workers."""
