"""A gateway of the new-api family in front of the simulated providers, honest unless a fault says otherwise.

Facts from QuantumNous/new-api, read in 2026; its providers answer in process, without a network between.
"""

from decimal import Decimal

import msgspec

from routeproof.clock import NS_PER_S, Clock
from routeproof.simulator import newapi_streams as streams
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.draws import Draws
from routeproof.simulator.fault_bodies import json_of
from routeproof.simulator.faults import GATEWAY_FAULTS, Fault, FaultCall
from routeproof.simulator.newapi_account import Account, Consumption, encode
from routeproof.simulator.newapi_prices import MARK_UP, RATIOS, counts_in, pricing, quota
from routeproof.simulator.qwen import QwenProvider
from routeproof.simulator.reply import Headers, HttpRequest, JsonObject, Piece, PieceKind, Reply
from routeproof.simulator.settings import Kind, ProviderSettings

SUBSTITUTE = "deepseek-flash"
_UPSTREAM_KEY = "sk-sim-upstream"
_DEEPSEEK_CHANNEL, _QWEN_CHANNEL = 1, 2


class _Errand(msgspec.Struct, frozen=True):
    """A chat request on its way through."""

    body: JsonObject
    model: str
    serving: str
    """The model that really answers."""
    fault: Fault | None
    request_id: str

    @property
    def is_stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def wants_usage_chunk(self) -> bool:
        options = self.body.get("stream_options")
        return isinstance(options, dict) and bool(options.get("include_usage"))


class NewApiGateway:
    """Answers HTTP requests as a new-api gateway would. Keeps an account; knows no socket."""

    base_path = "/v1"
    own_faults = GATEWAY_FAULTS

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._account = Account(settings.quota)
        upstream = msgspec.structs.replace(settings, keys=(_UPSTREAM_KEY,))
        self._deepseek = DeepSeekProvider(msgspec.structs.replace(upstream, kind=Kind.DEEPSEEK), clock)
        self._qwen = QwenProvider(msgspec.structs.replace(upstream, kind=Kind.QWEN), clock)
        self._served = 0

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """The reply to a request."""
        self._served += 1
        request_id = f"sim{Draws('newapi', self._settings.seed, self._served).hex(24)}"
        if (request.method, request.path) == ("GET", "/api/pricing"):
            listed = pricing(Decimal(self._settings.group_ratio), self._settings.tiered)
            return _json(200, listed, request_id)
        if (request.method, request.path) == ("GET", "/api/log/token"):
            return self._token_log(request, request_id)
        if request.bearer not in self._settings.keys:
            return _error(401, "Invalid token", "", request_id)
        return self._authenticated(request, None if fault is None else fault.fault, request_id)

    @property
    def a_key(self) -> str:
        """The first of those that it accepts."""
        return self._settings.keys[0] if self._settings.keys else ""

    def refusal(self, name: str, request: HttpRequest) -> Reply:  # noqa: ARG002 - the same for all requests
        """An error reply in this family's words."""
        request_id = f"sim{Draws('newapi refusal', self._settings.seed, self._served).hex(24)}"
        status, text, code = _REFUSALS[name]
        return _error(status, text, code, request_id)

    def _authenticated(self, request: HttpRequest, fault: Fault | None, request_id: str) -> Reply:
        if (request.method, request.path) == ("POST", "/v1/chat/completions"):
            return self._chat(request, fault, request_id)
        pages = {
            "/v1/models": self._models,
            "/v1/dashboard/billing/subscription": self._account.subscription,
            "/v1/dashboard/billing/usage": self._account.usage,
        }
        page = pages.get(request.path) if request.method == "GET" else None
        if page is None:
            text = f"Invalid URL ({request.method} {request.path})"
            return _error(404, text, "", request_id, kind="invalid_request_error")
        return _json(200, page(), request_id)

    def _models(self) -> dict[str, object]:
        rows = [
            {
                "id": name,
                "object": "model",
                "created": 1_626_777_600,
                "owned_by": "deepseek" if name.startswith("deepseek") else "ali",
                "supported_endpoint_types": ["openai"],
            }
            for name in RATIOS
        ]
        return {"data": rows, "object": "list", "success": True}

    def _token_log(self, request: HttpRequest, request_id: str) -> Reply:
        key = dict(pair.partition("=")[::2] for pair in request.query.split("&")).get("key", "")
        if key not in self._settings.keys and f"sk-{key}" not in self._settings.keys:
            return _json(200, {"message": "invalid token", "success": False}, request_id)
        return _json(200, self._account.log(), request_id)

    def _chat(self, request: HttpRequest, fault: Fault | None, request_id: str) -> Reply:
        if self._account.exhausted:
            return self.refusal("billing", request)
        try:
            body = streams.asked(request.body)
        except msgspec.DecodeError:
            return _error(400, "invalid request body", "invalid_request", request_id)
        model = str(body.get("model", ""))
        serving = model
        if model not in RATIOS:
            if fault is not Fault.SUBSTITUTE_MODEL:
                text = f"No available channel for model {model} under group default (distributor)"
                return _error(503, text, "model_not_found", request_id)
            serving = SUBSTITUTE
        return self._serve(_Errand(body, model, serving, fault, request_id))

    def _serve(self, errand: _Errand) -> Reply:
        reply = self._upstream(errand)
        headers = _headers(reply, errand.request_id)
        if reply.status != 200:
            return _rewrapped(reply, errand.request_id)
        self._bill(errand, reply)
        if errand.is_stream and not errand.wants_usage_chunk:
            reply = streams.without_usage_chunk(reply)
        if errand.fault is Fault.DROP_REASONING:
            reply = streams.without_reasoning(reply)
        if errand.fault is Fault.COLLAPSE_TO_EVENT and errand.is_stream:
            return streams.as_one_event(reply, (("content-type", "text/event-stream"), *headers[1:]))
        return msgspec.structs.replace(reply, headers=headers)

    def _upstream(self, errand: _Errand) -> Reply:
        """Ask the provider: always for a stream's usage; for no stream where it is to be collapsed."""
        body = {**errand.body, "model": errand.serving}
        if errand.fault in (Fault.COLLAPSE_TO_JSON, Fault.COLLAPSE_TO_EVENT):
            body = {name: field for name, field in body.items() if name not in ("stream", "stream_options")}
        elif errand.is_stream:
            body["stream_options"] = {"include_usage": True}
        provider: DeepSeekProvider | QwenProvider = (
            self._deepseek if errand.serving.startswith("deepseek") else self._qwen
        )
        headers = ((b"authorization", f"Bearer {_UPSTREAM_KEY}".encode()),)
        path = f"{provider.base_path}/chat/completions"
        return provider.answer(HttpRequest("POST", path, "", headers, msgspec.json.encode(body)), None)

    def _bill(self, errand: _Errand, reply: Reply) -> None:
        counts = counts_in(streams.reported_usage(reply))
        ratios = RATIOS[errand.serving]
        listed_ratio = Decimal(self._settings.group_ratio)
        group_ratio = listed_ratio * MARK_UP if errand.fault is Fault.MARK_UP else listed_ratio
        self._account.consume(
            Consumption(
                model=errand.model,
                answered_by=streams.answered_model(reply, errand.serving),
                counts=counts,
                ratios=ratios,
                quota=quota(counts, ratios, group_ratio),
                group_ratio=listed_ratio,
                is_stream=errand.is_stream,
                created_at=self._clock.wall_ns() // NS_PER_S,
                request_id=errand.request_id,
                channel=_DEEPSEEK_CHANNEL if errand.serving.startswith("deepseek") else _QWEN_CHANNEL,
            )
        )


def _headers(reply: Reply, request_id: str) -> Headers:
    content_type = dict(reply.headers).get("content-type", "application/json")
    return (("content-type", content_type), ("x-oneapi-request-id", request_id))


def _json(status: int, payload: object, request_id: str) -> Reply:
    headers = (("content-type", "application/json; charset=utf-8"), ("x-oneapi-request-id", request_id))
    return Reply(status, headers, (Piece(encode(payload), PieceKind.BODY),))


def _error(status: int, message: str, code: str, request_id: str, *, kind: str = "new_api_error") -> Reply:
    text = f"{message} (request id: {request_id})"
    return _json(status, {"error": {"code": code, "message": text, "type": kind}}, request_id)


def _rewrapped(reply: Reply, request_id: str) -> Reply:
    """A provider's error under this gateway's name: its words kept, our request id put behind them."""
    value = json_of(reply.pieces[-1]) or {}
    error = value.get("error")
    inner = error if isinstance(error, dict) else {}
    body = {
        "message": f"{inner.get('message', 'bad response from upstream')} (request id: {request_id})",
        "type": inner.get("type", "upstream_error"),
        "param": inner.get("param") or "",
        "code": inner.get("code"),
    }
    return _json(reply.status, {"error": body}, request_id)


_REFUSALS: dict[str, tuple[int, str, str]] = {
    "billing": (403, "用户额度不足, 剩余额度: $0.000000", "insufficient_user_quota"),
    "content_policy": (400, "Input text data may contain inappropriate content.", "data_inspection_failed"),
    "context_length": (
        400,
        "This model's maximum context length is 1048565 tokens.",
        "invalid_request_error",
    ),
    "status_400": (400, "invalid request body", "invalid_request"),
    "status_401": (401, "Invalid token", ""),
    "status_402": (402, "Insufficient Balance", "insufficient_user_quota"),
    "status_403": (403, "This token has no access to this model", "access_denied"),
    "status_404": (404, "Invalid URL (POST /v1/chat/completions)", ""),
    "status_408": (408, "upstream timeout", "do_request_failed"),
    "status_422": (422, "invalid request body", "invalid_request"),
    "status_429": (429, "当前分组上游负载已饱和, 请稍后再试", "rate_limit_exceeded"),
    "status_500": (500, "upstream error: do request failed", "do_request_failed"),
    "status_502": (502, "bad response status code 502", "bad_response_status_code"),
    "status_503": (
        503,
        "No available channel for model sim-absent under group default (distributor)",
        "model_not_found",
    ),
    "status_504": (504, "bad response status code 504", "bad_response_status_code"),
}
"""By name: status, message, code. Quoted from public issues where this family's own; otherwise assumed."""
