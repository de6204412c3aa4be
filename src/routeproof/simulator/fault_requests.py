"""Faults in how a request is understood: each answers another request than the one that came."""

from collections.abc import Callable

import msgspec

from routeproof.simulator.fault_bodies import edited, json_of, with_json, with_pieces
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import Behaviour, HttpRequest, JsonObject, Reply, json_reply

_KEPT = frozenset({"model", "messages", "stream"})
_REFUSED = (400, 422)
_GREETING: list[JsonObject] = [{"role": "user", "content": "Hello."}]


def _body_of(request: HttpRequest) -> JsonObject | None:
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        return None


def _with_body(request: HttpRequest, body: JsonObject) -> HttpRequest:
    return msgspec.structs.replace(request, body=msgspec.json.encode(body))


def rewriting(rewrite: Callable[[JsonObject, FaultCall], JsonObject]) -> "RequestFault":
    """Answers the rewritten request."""

    def commit(behaviour: Behaviour, request: HttpRequest, call: FaultCall) -> Reply:
        body = _body_of(request)
        return behaviour.answer(request if body is None else _with_body(request, rewrite(body, call)), None)

    return commit


def _drop_control(body: JsonObject, call: FaultCall) -> JsonObject:
    if call.control is None:
        return {name: value for name, value in body.items() if name in _KEPT}
    return {name: value for name, value in body.items() if name != call.control}


def _drop_system(body: JsonObject, _call: FaultCall) -> JsonObject:
    kept = [one for one in _messages(body) if not _is_systems(one)]
    return {**body, "messages": kept}


def _drop_history(body: JsonObject, _call: FaultCall) -> JsonObject:
    messages = _messages(body)
    return {**body, "messages": [*filter(_is_systems, messages[:-1]), *messages[-1:]]}


def _messages(body: JsonObject) -> list[object]:
    messages = body.get("messages")
    return messages if isinstance(messages, list) else []


def _is_systems(message: object) -> bool:
    return isinstance(message, dict) and message.get("role") in ("system", "developer")


def _reject_control(behaviour: Behaviour, request: HttpRequest, call: FaultCall) -> Reply:
    body = _body_of(request) or {}
    if call.control is None or call.control not in body:
        return behaviour.answer(request, None)
    error = {
        "message": f"Unsupported parameter: '{call.control}' is not supported with this model.",
        "type": "invalid_request_error",
        "param": call.control,
        "code": "unsupported_parameter",
    }
    return json_reply(400, {"error": error}, ())


def _accept_any_key(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
    others = tuple(header for header in request.headers if header[0].lower() != b"authorization")
    key = (b"authorization", f"Bearer {behaviour.a_key}".encode())
    return behaviour.answer(msgspec.structs.replace(request, headers=(*others, key)), None)


def _accept_any_value(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
    reply = behaviour.answer(request, None)
    if reply.status not in _REFUSED:
        return reply
    body: JsonObject = {"model": _first_model(behaviour), "messages": _GREETING}
    return behaviour.answer(_with_body(request, body), None)


def _crash_on_bad_value(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
    reply = behaviour.answer(request, None)
    return behaviour.refusal("status_500", request) if reply.status in _REFUSED else reply


def _fall_back_model(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
    body = _body_of(request)
    asked = None if body is None else body.get("model")
    if body is None or asked in _models(behaviour):
        return behaviour.answer(request, None)
    reply = behaviour.answer(_with_body(request, {**body, "model": _first_model(behaviour)}), None)
    return edited(reply, lambda value: {**value, "model": asked} if "model" in value else value)


def _hide_models(behaviour: Behaviour, request: HttpRequest, _call: FaultCall) -> Reply:
    reply = behaviour.answer(request, None)
    if request.method != "GET":
        return reply
    shown = [with_json(piece, {**(json_of(piece) or {}), "data": []}) for piece in reply.pieces]
    return with_pieces(reply, shown)


def _models(behaviour: Behaviour) -> list[str]:
    key = (b"authorization", f"Bearer {behaviour.a_key}".encode())
    reply = behaviour.answer(HttpRequest("GET", f"{behaviour.base_path}/models", "", (key,), b""), None)
    listed = (json_of(reply.pieces[0]) or {}).get("data") if reply.pieces else None
    rows = listed if isinstance(listed, list) else []
    return [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row]


def _first_model(behaviour: Behaviour) -> str:
    return next(iter(_models(behaviour)), "")


RequestFault = Callable[[Behaviour, HttpRequest, FaultCall], Reply]
REQUEST_FAULTS: dict[Fault, RequestFault] = {
    Fault.HIDE_MODELS: _hide_models,
    Fault.DROP_CONTROL: rewriting(_drop_control),
    Fault.REJECT_CONTROL: _reject_control,
    Fault.DROP_SYSTEM: rewriting(_drop_system),
    Fault.DROP_HISTORY: rewriting(_drop_history),
    Fault.ACCEPT_ANY_KEY: _accept_any_key,
    Fault.ACCEPT_ANY_VALUE: _accept_any_value,
    Fault.CRASH_ON_BAD_VALUE: _crash_on_bad_value,
    Fault.FALL_BACK_MODEL: _fall_back_model,
}
"""Each takes who answers, the request as it came, and the call."""
