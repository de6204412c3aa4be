"""What can be made to go wrong, by stable name, and how a fault is asked for."""

import re
from enum import StrEnum

import msgspec


class Fault(StrEnum):
    """Every fault of the simulator. Names never change their meaning."""

    # The connection
    REFUSE = "refuse"
    """Accept and close. From a script it strikes connections unread, else the request that names it."""
    RESET = "reset"
    """TCP reset instead of an answer."""
    STALL_BEFORE_HEADERS = "stall_before_headers"
    """Read the request and say nothing: for `seconds`, or until the client leaves."""
    STALL_MID_STREAM = "stall_mid_stream"
    """Fall silent after `after_events`: for `seconds`, or until the client leaves."""
    HALF_CLOSE = "half_close"
    """Shut down our side of the connection after `after_events`, and keep reading."""
    RESET_MID_STREAM = "reset_mid_stream"
    CLOSE_AFTER_RESPONSE = "close_after_response"
    """A whole keep-alive answer, and the connection closed at once: a stale pool entry."""
    CLOSE_ON_REUSE = "close_on_reuse"
    """A whole answer; the connection dies without a byte when its next request arrives."""
    CLOSE_WHILE_IDLE = "close_while_idle"
    """A whole answer; the connection closes after `seconds` (0.05) of idleness."""

    # Cuts
    CUT_MID_EVENT = "cut_mid_event"
    """The connection closes inside an event."""
    CUT_MID_UTF8 = "cut_mid_utf8"
    """The connection closes inside a character of several bytes."""
    END_MID_EVENT = "end_mid_event"
    """HTTP ends cleanly, inside an event."""
    CUT_BEFORE_DONE = "cut_before_done"
    """HTTP ends cleanly, without [DONE]."""
    CLOSE_BEFORE_DONE = "close_before_done"
    """The connection closes without [DONE]."""
    SINGLE_BYTES = "single_bytes"
    """Every byte of the answer in a write of its own. Nothing is wrong with them."""

    # Bodies
    ERROR_EVENT = "error_event"
    """An error object as an event after `after_events`, then the end."""
    ERROR_IN_200 = "error_in_200"
    HTML_200 = "html_200"
    EMPTY_BODY = "empty_body"
    WRONG_MODEL = "wrong_model"
    TRAILING_AFTER_DONE = "trailing_after_done"
    HUGE_LINE = "huge_line"
    """`count` (4 MiB) bytes of data without a line end."""
    BIG_EVENT = "big_event"
    """One event of `count` (1 MiB) bytes, well formed."""
    TEN_THOUSAND_COMMENTS = "ten_thousand_comments"
    """`count` (10,000) comments before the first event."""
    KEEPALIVES_THEN_ANSWER = "keepalives_then_answer"
    """`count` (5) keep-alives, `seconds` (0) apart, before the answer."""
    GZIP_BODY = "gzip_body"
    """A gzip-encoded body that nobody asked for."""
    FOREIGN_FRAME = "foreign_frame"
    """A cost frame of another family after the usage."""

    # Usage
    MISSING_USAGE = "missing_usage"
    NEGATIVE_USAGE = "negative_usage"
    ABSURD_USAGE = "absurd_usage"
    """More tokens than 64 bits hold."""
    INCONSISTENT_USAGE = "inconsistent_usage"
    """More cached tokens than prompt tokens."""
    DUPLICATE_USAGE = "duplicate_usage"

    # Framing
    MALFORMED_CHUNK = "malformed_chunk"
    """After `after_events` a chunk size that is no number, then the connection closes."""
    CONTENT_LENGTH_TOO_LONG = "content_length_too_long"
    """Ten bytes more announced than sent, then the connection closes."""
    CONTENT_LENGTH_TOO_SHORT = "content_length_too_short"
    """Ten bytes fewer announced than sent, on a connection that stays open."""

    # Refusals, in the provider's own words
    BILLING = "billing"
    CONTENT_POLICY = "content_policy"
    CONTEXT_LENGTH = "context_length"
    STATUS_400 = "status_400"
    STATUS_401 = "status_401"
    STATUS_402 = "status_402"
    STATUS_403 = "status_403"
    STATUS_404 = "status_404"
    STATUS_408 = "status_408"
    STATUS_422 = "status_422"
    STATUS_429 = "status_429"
    """With `retry-after: seconds` (1)."""
    STATUS_500 = "status_500"
    STATUS_502 = "status_502"
    STATUS_503 = "status_503"
    STATUS_504 = "status_504"

    # Of a gateway in front of providers only
    DROP_REASONING = "drop_reasoning"
    COLLAPSE_TO_JSON = "collapse_to_json"
    """A stream is answered with one JSON body."""
    COLLAPSE_TO_EVENT = "collapse_to_event"
    """A stream is answered with one giant event."""
    SUBSTITUTE_MODEL = "substitute_model"
    """An unknown model is answered by another."""
    MARK_UP = "mark_up"
    """Charges half as much again as its price list says."""


GATEWAY_FAULTS = frozenset(
    {
        Fault.DROP_REASONING,
        Fault.COLLAPSE_TO_JSON,
        Fault.COLLAPSE_TO_EVENT,
        Fault.SUBSTITUTE_MODEL,
        Fault.MARK_UP,
    }
)
REFUSALS = frozenset(
    fault
    for fault in Fault
    if fault.startswith("status_") or fault in (Fault.BILLING, Fault.CONTENT_POLICY, Fault.CONTEXT_LENGTH)
)


class UnknownFaultError(Exception):
    """A fault was asked for that does not exist, or with a value that can't be read."""


class FaultCall(msgspec.Struct, frozen=True, kw_only=True):
    """A fault to commit, and where or how much. None: the fault's own default."""

    fault: Fault
    after_events: int | None = None
    """Whole events sent before it strikes; by default half of them."""
    seconds: float | None = None
    count: int | None = None


def fault_named(name: str) -> Fault:
    """The fault of that name. Raises UnknownFaultError, listing the names."""
    try:
        return Fault(name)
    except ValueError:
        known = ", ".join(sorted(Fault))
        raise UnknownFaultError(f"the simulator has no fault {name!r}; it has {known}") from None


def parse_fault_call(text: str) -> FaultCall:
    """Read `NAME` or `NAME;after_events=3;seconds=0.5;count=9`, as in the header `x-sim-fault`.

    Raises UnknownFaultError.
    """
    name, *settings = (part.strip() for part in text.split(";"))
    values: dict[str, object] = {"fault": fault_named(name)}
    for setting in settings:
        key, _, value = setting.partition("=")
        pattern = _SETTINGS.get(key)
        if pattern is None or pattern.fullmatch(value) is None:
            raise UnknownFaultError(f"can't read {setting!r}; write after_events=3, seconds=0.5 or count=9")
        values[key] = float(value) if key == "seconds" else int(value)
    return msgspec.convert(values, FaultCall)


_SETTINGS = {
    "after_events": re.compile(r"\d{1,6}"),
    "seconds": re.compile(r"\d{1,4}(\.\d{1,6})?"),
    "count": re.compile(r"\d{1,9}"),
}
