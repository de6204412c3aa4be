"""Alibaba Cloud's error replies in compatible mode. Those marked 'assumed' were found in no quoted reply."""

import msgspec

from routeproof.simulator.reply import Headers, Piece, PieceKind, Reply, json_reply

_HELP = "https://help.aliyun.com/zh/model-studio/error-code"
_INVALID = "invalid_request_error"


def error(
    status: int, message: str, code: str | None, request_id: str, headers: Headers, *, kind: str = _INVALID
) -> Reply:
    """An error in the compatible-mode envelope: match on the code, the text may change its language."""
    body = {
        "error": {"message": message, "type": kind, "param": None, "code": code},
        "request_id": request_id,
    }
    return json_reply(status, body, headers)


def auth_failed(key: str | None, request_id: str, headers: Headers) -> Reply:
    """401: no key has a null code; a key of another region or plan gets the body of a mistyped one."""
    if key is None:
        text = (
            "You didn't provide an API key. You need to provide your API key in an Authorization header "
            "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). "
        )
        return error(401, text, None, request_id, headers)
    text = f"Incorrect API key provided. For details, see: {_HELP}#apikey-error"
    return error(401, text, "invalid_api_key", request_id, headers)


def invalid_parameter(detail: str, request_id: str, headers: Headers) -> Reply:
    """400 of a parameter that the model's own check refuses."""
    text = f"<400> InternalError.Algo.InvalidParameter: {detail}"
    return error(400, text, "invalid_parameter_error", request_id, headers)


def unknown_model(name: str, request_id: str, headers: Headers) -> Reply:
    """404; also for a model that the region does not offer."""
    text = f"The model `{name}` does not exist or you do not have access to it."
    return error(404, text, "model_not_found", request_id, headers)


def arrearage(request_id: str, headers: Headers) -> Reply:
    """400 of an unpaid account: neither the client's fault nor worth a retry."""
    text = "Access denied, please make sure your account is in good standing. For details, see: "
    return error(400, f"{text}{_HELP}#overdue-payment", "Arrearage", request_id, headers, kind="Arrearage")


def inspection_failed(completion_id: str, headers: Headers, *, stream: bool) -> Reply:
    """400 of the content check. To a stream it is written as an event, though HTTP says 400."""
    body = {
        "error": {
            "code": "data_inspection_failed",
            "param": None,
            "message": "Input text data may contain inappropriate content.",
            "type": "data_inspection_failed",
        },
        "id": completion_id,
    }
    if not stream:
        return json_reply(400, body, headers)
    data = b"data: " + msgspec.json.encode(body) + b"\n\n"
    stream_headers = (("content-type", "text/event-stream;charset=UTF-8"), *headers)
    return Reply(400, stream_headers, (Piece(data, PieceKind.BODY),))


def proxy_text(status: int, headers: Headers) -> Reply:
    """What the proxy in front says by itself (assumed)."""
    text = "stream timeout" if status in (408, 504) else "upstream connect error or disconnect/reset before headers"
    return Reply(status, (("content-type", "text/plain"), *headers), (Piece(text.encode(), PieceKind.BODY),))


def of_status(status: int, request_id: str, headers: Headers) -> Reply:
    """A reply of that status without a cause in the request."""
    if status in (408, 502, 504):
        return proxy_text(status, headers)
    text, code, kind = _BY_STATUS[status]
    return error(status, text, code, request_id, headers, kind=kind)


_BY_STATUS: dict[int, tuple[str, str | None, str]] = {
    400: (
        "<400> InternalError.Algo.InvalidParameter: Range of n should be [1, 4]",
        "invalid_parameter_error",
        _INVALID,
    ),
    401: (f"Incorrect API key provided. For details, see: {_HELP}#apikey-error", "invalid_api_key", _INVALID),
    402: ("Payment required.", "PrepaidBillOverdue", "PrepaidBillOverdue"),  # assumed
    403: ("Model access denied.", "Model.AccessDenied", "Model.AccessDenied"),
    404: (
        "The model `qwen-absent` does not exist or you do not have access to it.",
        "model_not_found",
        _INVALID,
    ),
    422: ("Request body format invalid", "invalid_parameter_error", _INVALID),  # assumed
    429: (
        f"You have exceeded your current request limit. For details, see: {_HELP}#rate-limit",
        "limit_requests",
        "limit_requests",
    ),
    500: ("An internal error has occured, please try again later.", "internal_error", "internal_error"),
    503: ("Model is unavailable, please try again later.", "ModelUnavailable", "ModelUnavailable"),
}
