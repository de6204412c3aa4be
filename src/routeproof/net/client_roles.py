"""Who a client's connection deals with: the listener that holds it, the application it asks, and what answers."""

from typing import TYPE_CHECKING, Protocol

from routeproof.errors import RouteproofError
from routeproof.limits import Limits
from routeproof.wire.head import RequestHead

if TYPE_CHECKING:
    from routeproof.net.client import ClientConnection


class Handler(Protocol):
    """What answers one request and must know how its client fares."""

    def on_client_gone(self) -> None:
        """The client left or was closed before the answer's end."""
        ...

    def on_client_paused(self) -> None:
        """The client does not keep up: stop producing."""
        ...

    def on_client_resumed(self) -> None:
        """The client keeps up again."""
        ...

    def check_deadlines(self, now_s: float) -> None:
        """Act on each deadline that has passed; called with the connection's own look at its deadlines."""
        ...


class Application(Protocol):
    """What the listener hands requests to."""

    def check_head(self, client: "ClientConnection", head: RequestHead) -> None:
        """Judge a request before its body is read. Raises what shall be answered instead."""
        ...

    def on_request(self, client: "ClientConnection", head: RequestHead, body: bytes) -> None:
        """Answer a request, now or later, by the client's `respond` or `write` ... `finish`."""
        ...

    def refusal(self, client: "ClientConnection", error: RouteproofError, head: RequestHead | None) -> bytes:
        """A whole answer, with `connection: close`, for a request that never became one."""
        ...


class Connections(Protocol):
    """The listener, as far as a connection needs it."""

    limits: Limits
    application: Application
    draining: bool
    """Each new answer is its connection's last, and says so."""
    closing: bool
    """No connection is kept for another request."""

    def opened(self, connection: "ClientConnection") -> bool:
        """Register; False where the connection is one too many."""
        ...

    def ended(self, connection: "ClientConnection") -> None:
        """Forget."""
        ...
