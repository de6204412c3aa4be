"""The shape of one request of the demo: what is sent, and what has to come of it."""

from enum import StrEnum

import msgspec

from routeproof.ledger.entries import Outcome


class Case(StrEnum):
    """What a scene is an example of. The demo's mix holds each of them."""

    PLAIN = "plain"
    STREAM = "stream"
    STREAM_USAGE = "stream_usage"
    TOOLS = "tools"
    PARALLEL_TOOLS_STREAMED = "parallel_tools_streamed"
    JSON_MODE = "json_mode"
    THINKING = "thinking"
    CACHE = "cache"
    FAILOVER = "failover"
    NO_PRICE = "no_price"
    PROVIDER_REFUSAL = "provider_refusal"
    BREAK = "break"
    HANG_UP = "hang_up"
    BAD_KEY = "bad_key"
    UNKNOWN_MODEL = "unknown_model"
    FOREIGN_CONTROL = "foreign_control"


class Sight(StrEnum):
    """What the client has to see in its answer."""

    TEXT = "text"
    REASONING = "reasoning"
    NO_REASONING = "no reasoning"
    USAGE = "usage"
    NO_USAGE = "no usage"
    TOOL_CALL = "one tool call"
    PARALLEL_CALLS = "two tool calls"
    JSON_OBJECT = "a JSON object as text"
    CACHE_HIT = "input read from the cache"
    CACHE_MISS = "no input read from the cache"
    END_MARK = "the end mark of the stream"
    VISIBLE_BREAK = "an error event, no end mark, and a connection that closes"
    ERROR_BODY = "an error object, and the row's code with it"
    REMEDY = "an error that names the control to send instead"
    CLOSED_UPSTREAM = "the provider's connection closed once the client had left"


class Bill(StrEnum):
    """How an attempt's cost is known."""

    PRICED = "priced"
    """By the usage that the provider reported; unknown only where no fact states a price."""
    NOT_BILLED = "error_not_billed"
    """Zero, on the assumption that the note names."""
    NOT_KNOWN = "usage_missing"
    """The provider's report was never seen."""


class Try(msgspec.Struct, frozen=True):
    """One attempt as its row has to show it."""

    route: str
    outcome: Outcome = Outcome.OK
    bill: Bill = Bill.PRICED
    status: int | None = 200
    """The provider's; None where it gave none."""
    error_code: str | None = None
    model_answered: str | None = None


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One request, and what the client and the ledger have to show for it."""

    name: str
    case: Case
    body: dict[str, object]
    tries: tuple[Try, ...] = ()
    """Empty: nothing may be sent to a provider."""
    sees: tuple[Sight, ...] = ()
    status: int = 200
    outcome: Outcome = Outcome.OK
    error_code: str | None = None
    thinking: bool = False
    """The model is asked to think, by a control or by its default; it may decide the price."""
    valid_key: bool = True
    leaves_after_events: int | None = None
    """The client hangs up after so many events."""

    @property
    def model(self) -> str:
        """The model that is asked for."""
        return str(self.body["model"])

    @property
    def streams(self) -> bool:
        """Whether a stream is asked for."""
        return self.body.get("stream") is True

    @property
    def max_tokens(self) -> int | None:
        """The most tokens that the answer may have; None where the request names no limit."""
        value = self.body.get("max_tokens")
        return value if isinstance(value, int) else None
