"""Answers that are failures: a provider's error body, and what is no answer to the question."""

from typing import TYPE_CHECKING

from routeproof.errors import UpstreamKind
from routeproof.gateway.answer import Answer

if TYPE_CHECKING:
    from routeproof.gateway.relay import Exchange


class ErrorAnswer(Answer):
    """Collects a provider's error body, up to a bound, to tell what it means."""

    __slots__ = ("_bytes_max", "_parts", "_size")

    def __init__(self, bytes_max: int) -> None:
        super().__init__()
        self._bytes_max = bytes_max
        self._parts: list[bytes] = []
        self._size = 0

    def data(self, exchange: "Exchange", data: bytes, last: bool) -> None:
        """Take a piece of the body."""
        self._size += len(data)
        self._parts.append(data)
        if self._size > self._bytes_max:
            exchange.fail_by_status(b"")
        elif last:
            exchange.fail_by_status(b"".join(self._parts))


class UnfitAnswer(Answer):
    """A redirect, a page, a coded body, a stream where none was asked for: never shown to the client."""

    __slots__ = ()

    def data(self, exchange: "Exchange", _data: bytes, _last: bool) -> None:
        """Whatever it is, it is not the answer."""
        exchange.fail(UpstreamKind.INVALID_RESPONSE, "The provider's answer is not of the kind that was asked for.")
