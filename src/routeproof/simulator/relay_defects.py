"""What a gateway can do wrong on the way, by stable name, and what that makes of requests and answers."""

import json
from enum import StrEnum
from typing import Final

import msgspec

Fields = dict[str, msgspec.Raw]
Headers = list[tuple[str, str]]


class RelayDefect(StrEnum):
    """Every defect of the relay. Names never change their meaning."""

    # On the way there
    DROP_FIELD = "drop_field"
    """`stop` does not arrive."""
    ADD_FIELD = "add_field"
    """A penalty that nobody asked for."""
    REENCODE = "reencode"
    """The messages are written anew: equal as values, other bytes."""
    DROP_CONTROL = "drop_control"
    """The controls of thinking do not arrive."""
    FORWARD_CLIENT_KEY = "forward_client_key"
    """The client's key goes to the provider in place of the provider's own, which is sent beside it."""
    FORWARD_HEADERS = "forward_headers"
    """Every header of the client goes to the provider."""

    # On the way back
    RELAY_HEADERS = "relay_headers"
    """Every header of the provider goes to the client."""
    DROP_EVENT = "drop_event"
    """The third event of a stream is lost."""
    REORDER_EVENTS = "reorder_events"
    """The third event of a stream comes after the fourth."""
    MERGE_EVENTS = "merge_events"
    """Each two events that bring text become one."""
    REWRITE_ARGUMENTS = "rewrite_arguments"
    """White space is put into the arguments of tool calls."""
    REWRITE_ANSWER = "rewrite_answer"
    """A whole answer is written anew, with a member more."""
    BUFFER = "buffer"
    """A stream is sent when all of it is there."""
    SLOW = "slow"
    """Every answer waits for a second before its first byte."""

    # What becomes of the exchange
    KEEP_UPSTREAM = "keep_upstream"
    """The provider is read to the end although the client has left."""
    FREE_CANCEL = "free_cancel"
    """An exchange whose client left costs nothing."""
    LOW_BOUND = "low_bound"
    """Such an exchange has a bound that does not cover what was written."""
    HIDDEN_RETRY = "hidden_retry"
    """Each request is sent twice, and one row is written."""
    RETRY_MID_ANSWER = "retry_mid_answer"
    """After the first events the request is sent anew, and the second answer goes on where the first ended."""
    BLAME_CLIENT = "blame_client"
    """Every failure is the client's."""


_CONTROLS: Final = ("thinking", "enable_thinking", "thinking_budget", "reasoning_effort")


def spoiled_fields(fields: Fields, defect: RelayDefect | None) -> Fields:
    """What goes upstream of a request's fields."""
    if defect is RelayDefect.DROP_FIELD:
        return {name: value for name, value in fields.items() if name != "stop"}
    if defect is RelayDefect.DROP_CONTROL:
        return {name: value for name, value in fields.items() if name not in _CONTROLS}
    if defect is RelayDefect.ADD_FIELD:
        return {**fields, "presence_penalty": msgspec.Raw(b"0.5")}
    if defect is RelayDefect.REENCODE and "messages" in fields:
        return {**fields, "messages": msgspec.Raw(json.dumps(json.loads(bytes(fields["messages"]))).encode())}
    return fields


def spoiled_answer(body: bytes, defect: RelayDefect | None) -> bytes:
    """What goes downstream of an answer in one piece."""
    if defect is RelayDefect.REWRITE_ANSWER:
        return msgspec.json.encode({**json.loads(body), "provider": "relay"})
    return _with_arguments_rewritten(body) if defect is RelayDefect.REWRITE_ARGUMENTS else body


class EventsOnTheirWay:
    """A stream's events, one after the other, as a defect lets them through."""

    def __init__(self, defect: RelayDefect | None) -> None:
        self._defect = defect
        self._number = 0
        self._held: bytes | None = None
        self._kept: list[bytes] = []

    def pass_on(self, event: bytes) -> list[bytes]:
        """The events that go out now."""
        self._number += 1
        if self._defect is RelayDefect.DROP_EVENT and self._number == 3:
            return []
        if self._defect is RelayDefect.REORDER_EVENTS:
            return self._turned(event)
        if self._defect is RelayDefect.MERGE_EVENTS:
            return self._merged(event)
        if self._defect is RelayDefect.REWRITE_ARGUMENTS:
            return [_with_arguments_rewritten(event)]
        if self._defect is RelayDefect.BUFFER:
            self._kept.append(event)
            return []
        return [event]

    def rest(self) -> list[bytes]:
        """What goes out at the end."""
        held = [] if self._held is None else [self._held]
        self._held = None
        return [*held, *self._kept]

    def _turned(self, event: bytes) -> list[bytes]:
        if self._number == 3:
            self._held = event
            return []
        return [event, *self.rest()]

    def _merged(self, event: bytes) -> list[bytes]:
        """Two deltas of content as one chunk."""
        text = _content_of(event)
        held, self._held = self._held, None
        if not text:
            return [event] if held is None else [held, event]
        if held is None:
            self._held = event
            return []
        chunk = json.loads(held[6:])
        chunk["choices"][0]["delta"]["content"] = (_content_of(held) or "") + text
        return [b"data: " + msgspec.json.encode(chunk) + b"\n\n"]


def _content_of(event: bytes) -> str | None:
    """The text that a chunk brings; None where it brings none."""
    if not event.startswith(b"data: {"):
        return None
    choices = json.loads(event[6:]).get("choices")
    delta = choices[0].get("delta") if choices else None
    content = delta.get("content") if isinstance(delta, dict) else None
    return content if isinstance(content, str) and content else None


def _with_arguments_rewritten(text: bytes) -> bytes:
    return text.replace(b'\\":\\"', b'\\": \\"').replace(b'\\":', b'\\" :')
