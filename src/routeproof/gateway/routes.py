"""A route as the relay uses it: everything that can be worked out before a request comes is worked out here."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from routeproof.catalog.alias_policy import NO_CHANGE_NS
from routeproof.catalog.kinds import AnyFact
from routeproof.catalog.pricing.price_book import PriceBook, Tariff
from routeproof.dialects.base import ControlPolicy, Dialect
from routeproof.ids import RouteName
from routeproof.native import plain_request
from routeproof.net.pool import OriginPool
from routeproof.routing.breaker import Breaker
from routeproof.wire.body import Fields, encode_fields

if TYPE_CHECKING:
    from routeproof.gateway.alias_gate import AliasGate

Pin = Callable[[str, Sequence[AnyFact], int], None]
"""Has the facts behind a digest kept, with the start of the exchange that is priced with them."""

TARIFFS_MAX = 256
"""Models whose prices a route keeps at hand."""
_MASK = b"****"
_plain_request: Final = plain_request


class RouteTimeouts(msgspec.Struct, frozen=True):
    """The deadlines of one provider."""

    first_byte_s: float
    idle_event_s: float
    total_s: float


class Route:
    """One provider's one model. Fixed for its life, but for the breaker, the tariffs at hand and the alias's change."""

    __slots__ = (
        "_credential",
        "_pin",
        "_prices",
        "_region",
        "_tariffs",
        "alias_change_ns",
        "alias_gate",
        "breaker",
        "dialect",
        "drain_on_disconnect",
        "family",
        "header_lines",
        "implied_thinking",
        "model",
        "model_json",
        "name",
        "policy",
        "pool",
        "provider",
        "request_head",
        "request_id_headers",
        "timeouts",
    )

    def __init__(
        self,
        name: RouteName,
        *,
        provider: str,
        model: str,
        dialect: Dialect,
        pool: OriginPool,
        request_head: bytes,
        timeouts: RouteTimeouts,
        breaker: Breaker,
        policy: ControlPolicy,
        drain_on_disconnect: bool,
        prices: PriceBook,
        family: str | None,
        region: str | None,
        pin: Pin,
    ) -> None:
        self.name = name
        self.header_lines = b"x-routeproof-route: %b\r\n" % name.encode("ascii", "replace")
        self.provider = provider
        self.model = model
        self.model_json = msgspec.Raw(msgspec.json.encode(model))
        self.dialect = dialect
        self.request_id_headers = dialect.request_id_headers
        self.pool = pool
        self.request_head = request_head
        """The upstream request's head, up to and without the Content-Length value."""
        self.timeouts = timeouts
        self.breaker = breaker
        self.policy = policy
        self.drain_on_disconnect = drain_on_disconnect
        self.family = family
        """Whose price facts apply; None where no price list is declared for this provider."""
        self.alias_gate: AliasGate | None = None
        """What an exchange passes that starts at `alias_change_ns` or later."""
        self.alias_change_ns = NO_CHANGE_NS
        self.implied_thinking: bool | None = None
        """What the name that was mapped to this route's model says about thinking."""
        self._credential = _credential_in(request_head)
        self._prices = prices
        self._region = region
        self._pin = pin
        self._tariffs: dict[str, Tariff] = {}

    def tariff(self, model: str, wall_ns: int) -> Tariff | None:
        """The price of a model of this provider at an instant; None where it is not known.

        The last tariff of each model is kept while it holds, so that pricing is one look-up.
        """
        tariff = self._tariffs.get(model)
        if tariff is not None and tariff.valid_from_ns <= wall_ns < tariff.valid_until_ns:
            return tariff
        if self.family is None:
            return None
        sheet = self._prices.sheet(self.family, model, self._region)
        tariff = sheet.at(wall_ns) if sheet is not None else None
        if sheet is not None and tariff is not None:
            self._pin(tariff.digest, sheet.facts_behind(tariff), wall_ns)
        if tariff is not None and (model in self._tariffs or len(self._tariffs) < TARIFFS_MAX):
            self._tariffs[model] = tariff
        return tariff

    def without_credential(self, text: bytes) -> bytes:
        """A provider's words about a failure, with our key masked where it repeats what it was sent."""
        return text.replace(self._credential, _MASK) if self._credential else text

    def masked(self, recorded: bytes) -> bytes:
        """What was recorded, with our key masked at its length, so that sizes and offsets stay true."""
        if not self._credential:
            return recorded
        for spelling in {self._credential, self._credential.replace(b"/", b"\\/")}:  # the second is JSON's other one
            recorded = recorded.replace(spelling, b"*" * len(spelling))
        return recorded

    def request_bytes(self, fields: Fields) -> bytes:
        """The whole upstream request: our own head and framing, then the fields, their values byte for byte."""
        plain = _plain_request(self.request_head, fields)
        if plain is not None:
            return plain
        body = encode_fields(fields)
        return b"%b%d\r\n\r\n%b" % (self.request_head, len(body), body)


def request_head(path: str, authority: str, api_key: str | None) -> bytes:
    """The head of every request to one provider: an allow-list of our own fields, none of the client's."""
    rows = [
        f"POST {path} HTTP/1.1",
        f"host: {authority}",
        "user-agent: routeproof",
        "accept: application/json, text/event-stream",
        "accept-encoding: identity",
        "content-type: application/json",
    ]
    if api_key is not None:
        rows.append(f"authorization: Bearer {api_key}")
    rows.append("content-length: ")
    return "\r\n".join(rows).encode("ascii")


def _credential_in(head: bytes) -> bytes | None:
    _, found, rest = head.partition(b"\r\nauthorization: Bearer ")
    return rest.partition(b"\r\n")[0] if found else None
