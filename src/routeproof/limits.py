"""Every bound of the data plane, with its default and its unit. `docs/limits.md` lists them for operators.

Each is a setting of the same name under `[limits]`. The defaults follow what hardened proxies use: a header
deadline with a minimum rate, a request body cap, separate deadlines for connect, first byte, idle and total.
"""

import msgspec

KIB = 1024
MIB = 1024 * KIB


MAY_BE_ZERO = frozenset({"client_keepalive_comment_s", "retries_max", "drain_accept_s"})
"""Bounds that 0 switches off; every other bound is positive."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of one data-plane process."""

    connections_max: int = 10_000
    """Open client connections; one more is closed at once."""

    header_bytes_max: int = 32 * KIB
    header_fields_max: int = 100
    header_line_bytes_max: int = 8 * KIB
    header_deadline_s: float = 10.0
    """From the first byte of a request to the end of its headers."""
    header_rate_min_bytes_per_s: int = 500
    """Applies once a request's headers have been arriving for one second."""

    body_bytes_max: int = 32 * MIB
    body_bytes_max_unauthenticated: int = 64 * KIB
    """What is read of a body before its key is checked."""
    body_rate_grace_s: float = 20.0
    body_rate_min_bytes_per_s: int = 1 * KIB
    """Minimum average rate of a body after the grace."""
    json_depth_max: int = 64

    idle_keepalive_s: float = 15.0
    """An idle client connection is closed after this."""
    pipeline_bytes_max: int = 64 * KIB
    """Bytes of further requests that are read while one is being answered."""

    event_bytes_max: int = 1 * MIB
    stream_high_water_bytes: int = 64 * KIB
    """Unsent bytes to one client at which reading from the provider stops."""
    client_drain_window_s: float = 60.0
    client_drain_min_bytes_per_s: int = 256
    """A client that stays over the high water and drains less than this over the window is closed."""
    response_bytes_buffered_max: int = 32 * MIB
    """What is kept of a non-stream answer to read its usage; a longer one is relayed with usage unknown."""
    error_bytes_max: int = 1 * MIB
    """What is kept of a provider's error body."""
    response_header_bytes_max: int = 64 * KIB

    connect_timeout_s: float = 5.0
    first_byte_timeout_s: float = 120.0
    idle_event_timeout_s: float = 90.0
    """Between two pieces of an answer; keep-alive comments count as life ..."""
    keepalive_only_max_s: float = 1_800.0
    """... but not for longer than this without an event."""
    total_timeout_s: float = 3_600.0
    client_keepalive_comment_s: float = 0.0
    """Send our own SSE comment when the provider is silent for this long; 0 sends none."""

    upstream_connections_max: int = 1_024
    """Per origin."""
    upstream_queue_max: int = 1_024
    """Exchanges that wait for a connection to one origin."""
    upstream_idle_s: float = 55.0
    upstream_idle_connections_max: int = 256

    retries_max: int = 2
    """Attempts after an exchange's first; 0 never tries another route."""
    retry_budget_percent: int = 20
    retry_budget_min: int = 3
    """Retries in flight: at most this many, or the percentage of exchanges in flight, whichever is more."""
    breaker_failures: int = 5
    breaker_eject_s: float = 30.0
    """The n-th ejection in a row lasts n times this."""
    breaker_eject_max_s: float = 300.0

    drain_accept_s: float = 5.0
    """After the signal to stop, new requests are still accepted for this long; 0 refuses them at once."""
    drain_streams_s: float = 600.0
    disconnect_drain_max_s: float = 30.0
    disconnect_drain_max_bytes: int = 4 * MIB
    """With `on_disconnect = "drain"`: how long and how much is read for the usage once the client is gone."""

    tap_exchanges_max: int = 16
    """Exchanges of tap keys that are recorded or wait to be read; one more is served without a record."""
    tap_bytes_max: int = 32 * MIB
    """What is kept of one of them ..."""
    tap_total_bytes_max: int = 64 * MIB
    """... and of all."""
    tap_keep_s: float = 60.0
    """How long a record waits to be read."""

    recorder_slots: int = 16_384
    """Exchanges that may be in flight or waiting for their row's commit."""
    sweep_interval_s: float = 0.25
    """How often deadlines are looked at; each fires at most this much late."""
