"""The data plane's addresses: what may be asked, by whom, and who answers.

Every address stands in `ADDRESSES` with its methods and whether it needs a key; a test walks the table.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

import msgspec

from routeproof.access.keys import KeyRecord, KeyRing
from routeproof.errors import (
    InvalidKey,
    LedgerUnavailable,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    RouteproofError,
    ShuttingDown,
    UnknownModel,
    UnsupportedEncoding,
)
from routeproof.gateway.asked import Asked, read_request
from routeproof.gateway.hub import Hub
from routeproof.gateway.rejection import Rejections
from routeproof.gateway.relay import Exchange
from routeproof.gateway.reply_bytes import error_answer, plain_answer
from routeproof.gateway.routes import Route
from routeproof.gateway.snapshot import Snapshot
from routeproof.gateway.tap_transcripts import tap_record
from routeproof.ids import ExchangeId, parse_exchange_id
from routeproof.net.client import ClientConnection
from routeproof.routing.plan import plan_attempts
from routeproof.wire.head import RequestHead

_CHAT: Final = b"/v1/chat/completions"
_MODELS: Final = b"/v1/models"
_TAP: Final = b"/v1/routeproof/tap/"
_GETS = ("GET", "HEAD")


class Address(msgspec.Struct, frozen=True):
    """One address of the data plane."""

    path: bytes
    """A trailing slash means: and one more segment."""
    methods: tuple[str, ...]
    needs_key: bool


ADDRESSES = (
    Address(_CHAT, ("POST",), needs_key=True),
    Address(_MODELS, _GETS, needs_key=True),
    Address(b"/v1/models/", _GETS, needs_key=True),
    Address(_TAP, ("GET",), needs_key=True),
    Address(b"/healthz", _GETS, needs_key=False),
    Address(b"/readyz", _GETS, needs_key=False),
)
_BY_PATH = {address.path: address for address in ADDRESSES}
_PREFIXES: Final = tuple(address.path for address in ADDRESSES if address.path.endswith(b"/"))
_BACKLOG_MAX_SHARE = 2  # of the recorder's slots: a writer further behind than half of them stops new exchanges


class Gateway:
    """The data plane's application (`net.client.Application`)."""

    def __init__(self, hub: Hub, snapshot: Snapshot) -> None:
        self._hub = hub
        self.snapshot = snapshot
        self.serving = True
        """False: not ready, and says so; requests are still answered until the listener closes."""
        self.stopping = False
        """True: new exchanges are refused."""
        self._rejections = Rejections(hub)
        self._backlog_max = hub.limits.recorder_slots // _BACKLOG_MAX_SHARE
        self._answers: dict[bytes, Callable[[ClientConnection, RequestHead, bytes], None]] = {
            _CHAT: self._chat,
            _MODELS: self._models,
            b"/v1/models/": self._model,
            _TAP: self._tap,
            b"/healthz": self._health,
            b"/readyz": self._ready,
        }

    # -- net.client.Application

    def check_head(self, client: ClientConnection, head: RequestHead) -> None:
        """Before a body is read: the address, the method and the key must be right."""
        address = _find(head)
        if address.needs_key:
            self._authenticate(client, head)

    def on_request(self, client: ClientConnection, head: RequestHead, body: bytes) -> None:
        """Answer one request."""
        if head.target == _CHAT and head.method == b"POST":
            self._chat(client, head, body)
            return
        try:
            address = _find(head)
            if address.needs_key and address.path != _CHAT:  # a chat authenticates by itself: its refusals have rows
                self._authenticate(client, head)
            self._answers[address.path](client, head, body)
        except RouteproofError as error:
            client.respond(error_answer(error, keep_alive=client.keep_alive, head=head))

    def refusal(self, client: ClientConnection, error: RouteproofError, head: RequestHead | None) -> bytes:
        """The answer to a request that never became one."""
        if head is not None and head.method == b"POST" and _path(head) == _CHAT:
            return self._record_rejection(error, self._key_of(client, head), None, 0, keep_alive=False)
        self._hub.counters["malformed"] += 1
        return error_answer(error, keep_alive=False, head=head)

    # -- chat

    def _chat(self, client: ClientConnection, head: RequestHead, body: bytes) -> None:
        hub = self._hub
        key: KeyRecord | None = None
        asked: Asked | None = None
        started_ns = hub.wall_ns()
        exchange_id = hub.ids.next(started_ns)
        try:
            key = self._authenticate(client, head)
            if not hub.writer.healthy or hub.writer.backlog > self._backlog_max or self.stopping:
                self._refuse_new()
            if not head.fields.get(b"content-type", b"application/json").lower().startswith(b"application/json"):
                raise UnsupportedEncoding("The Content-Type must be application/json.")
            asked = read_request(body, hub.json_depth_max)
            model = self.snapshot.plan_for(asked.model)
            plan = model.routes if model.alone else plan_attempts(model, exchange_id, self._admits)
            Exchange(hub, client, exchange_id, started_ns, key, asked, plan, model.rollback).start()
        except RouteproofError as error:
            payload = self._record_rejection(
                error, key, asked, len(body), keep_alive=client.keep_alive, identity=(exchange_id, started_ns)
            )
            client.respond(payload)

    def _refuse_new(self) -> None:
        if self.stopping:
            raise ShuttingDown("The gateway is shutting down; send the request again.")
        if not self._hub.writer.healthy:
            raise LedgerUnavailable("The ledger can't be written, so nothing is sent; tell the operator.")
        raise Overloaded("The ledger is behind; try again shortly.")

    def _admits(self, route: Route) -> bool:
        breaker = route.breaker
        return not breaker.ejected or breaker.admits(self._hub.monotonic_s())

    def _authenticate(self, client: ClientConnection, head: RequestHead) -> KeyRecord:
        value = head.fields.get(b"authorization")
        keys = self.snapshot.keys
        known = client.memo
        # The same bytes under the same set of keys: a client that keeps its connection is looked up once.
        if isinstance(known, _Known) and known.value == value and known.keys is keys:
            return known.key
        if value is None or value[:7].lower() != b"bearer ":
            raise InvalidKey("No API key was given; send 'Authorization: Bearer rp_live_...'.")
        key = keys.authenticate(value[7:])
        client.memo = _Known(value, keys, key)
        return key

    def _key_of(self, client: ClientConnection, head: RequestHead) -> KeyRecord | None:
        """Whose request this is; None for a stranger's."""
        try:
            return self._authenticate(client, head)
        except InvalidKey:
            return None

    def _record_rejection(
        self,
        error: RouteproofError,
        key: KeyRecord | None,
        asked: Asked | None,
        request_bytes: int,
        *,
        keep_alive: bool,
        identity: tuple[int, int] | None = None,
    ) -> bytes:
        hub = self._hub
        started_ns = identity[1] if identity is not None else hub.wall_ns()
        exchange_id = hub.ids.next(started_ns) if identity is None else identity[0]
        payload = error_answer(error, keep_alive=keep_alive, request_id=exchange_id)  # type: ignore[arg-type]
        if key is not None and key.tap:
            hub.taps.note_refused(ExchangeId(exchange_id), key.key_id)
        self._rejections.record(
            error,
            exchange_id=exchange_id,  # type: ignore[arg-type]
            started_ns=started_ns,
            key=key,
            asked=asked,
            request_bytes=request_bytes,
            response_bytes=len(payload),
        )
        return payload

    # -- the small addresses

    def _models(self, client: ClientConnection, head: RequestHead, _body: bytes) -> None:
        rows = [_model_object(name) for name in self.snapshot.names()]
        _answer(client, head, 200, msgspec.json.encode({"object": "list", "data": rows}))

    def _model(self, client: ClientConnection, head: RequestHead, _body: bytes) -> None:
        name = unquote(_path(head)[len(_MODELS) + 1 :].decode("latin-1"))  # SDKs write a slash in a name as %2F
        if name not in self.snapshot.names():
            raise UnknownModel(f"The model {name[:128]!r} is not offered here.", param="model")
        _answer(client, head, 200, msgspec.json.encode(_model_object(name)))

    def _tap(self, client: ClientConnection, head: RequestHead, _body: bytes) -> None:
        key = self._authenticate(client, head)
        try:
            exchange_id = parse_exchange_id(_path(head)[len(_TAP) :].decode("latin-1"))
        except ValueError:
            exchange_id = ExchangeId(0)
        # For a key that taps nothing this address is as empty as for a wrong id: it learns nothing here.
        _answer(client, head, 200, tap_record(self._hub.taps.take(exchange_id, key.key_id)))

    def _health(self, client: ClientConnection, head: RequestHead, _body: bytes) -> None:
        _answer(client, head, 200, b'{"status":"ok"}')

    def _ready(self, client: ClientConnection, head: RequestHead, _body: bytes) -> None:
        ready = self.serving and self._hub.writer.healthy
        _answer(client, head, 200 if ready else 503, b'{"ready":true}' if ready else b'{"ready":false}')


class _Known:
    """Who a connection's requests come from, as long as neither the credential nor the keys change."""

    __slots__ = ("key", "keys", "value")

    def __init__(self, value: bytes, keys: KeyRing, key: KeyRecord) -> None:
        self.value = value
        self.keys = keys
        self.key = key


def _model_object(name: str) -> dict[str, str | int]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "routeproof"}


def _answer(client: ClientConnection, head: RequestHead, status: int, body: bytes) -> None:
    client.respond(plain_answer(status, body, keep_alive=client.keep_alive, head_only=head.method == b"HEAD"))


def _path(head: RequestHead) -> bytes:
    return head.target.partition(b"?")[0]


def _find(head: RequestHead) -> Address:
    """The address that a request is for. Raises NotFound or MethodNotAllowed."""
    path = _path(head)
    address = _BY_PATH.get(path) if not path.endswith(b"/") else None
    if address is None:
        address = next((_BY_PATH[it] for it in _PREFIXES if path.startswith(it) and len(path) > len(it)), None)
    if address is None:
        raise NotFound("There is nothing at this address; see the documentation for those that exist.")
    if head.method.decode("ascii") not in address.methods:
        raise MethodNotAllowed(f"This address takes {' and '.join(address.methods)}.", param=", ".join(address.methods))
    return address
