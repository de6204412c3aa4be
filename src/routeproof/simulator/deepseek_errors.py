"""DeepSeek's error replies, in its own words. Those marked 'assumed' were found in no recording or issue."""

from http import HTTPStatus

from routeproof.simulator.reply import Headers, Piece, PieceKind, Reply, json_reply

_INVALID = "invalid_request_error"


def error(status: int, message: str, headers: Headers, *, kind: str = _INVALID, code: str | None = _INVALID) -> Reply:
    """An error in DeepSeek's envelope; its `code` is nearly always the same word."""
    return json_reply(status, {"error": {"message": message, "type": kind, "param": None, "code": code}}, headers)


def auth_failed(key: str | None, headers: Headers) -> Reply:
    """401: recorded, showing the last four characters of the key; quoted in issues for no usable header."""
    if key is None:
        text = "Authentication Fails (auth header format should be Bearer sk-...)"
    else:
        text = f"Authentication Fails, Your api key: ****{key[-4:]} is invalid"
    return error(401, text, headers, kind="authentication_error")


def context_length(limit: int, in_messages: int, in_completion: int, headers: Headers) -> Reply:
    """400, as recorded: with the content type of a download."""
    text = (
        f"This model's maximum context length is {limit} tokens. However, you requested "
        f"{in_messages + in_completion} tokens ({in_messages} in the messages, "
        f"{in_completion} in the completion). Please reduce the length of the messages or completion."
    )
    return error(400, text, (("content-type", "application/octet-stream"), *headers))


def malformed(detail: str, headers: Headers) -> Reply:
    """422; 400 was seen, too."""
    text = f"Failed to deserialize the JSON body into the target type: {detail}"
    return error(422, text, headers)


def insufficient_balance(headers: Headers) -> Reply:
    """402."""
    return error(402, "Insufficient Balance", headers, kind="unknown_error")


def content_risk(headers: Headers) -> Reply:
    """400 of the content filter."""
    return error(400, "Content Exists Risk", headers)


def gateway_page(status: int) -> Reply:
    """The HTML page of the load balancer in front (assumed)."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"
    )
    return Reply(status, (("content-type", "text/html"),), (Piece(page.encode(), PieceKind.BODY),))


def of_status(status: int, headers: Headers) -> Reply:
    """A reply of that status without a cause in the request."""
    if status in (502, 504):
        return gateway_page(status)
    text, kind, code = _BY_STATUS[status]
    return error(status, text, headers, kind=kind, code=code)


_BY_STATUS = {
    400: ("Invalid n value (currently only n = 1 is supported)", _INVALID, _INVALID),
    401: ("Authentication Fails, Your api key: ****-key is invalid", "authentication_error", _INVALID),
    402: ("Insufficient Balance", "unknown_error", _INVALID),
    403: ("You don't have permission to access this resource", "permission_error", _INVALID),  # assumed
    404: ("Not Found", _INVALID, _INVALID),  # assumed
    408: ("Request timed out", "timeout_error", _INVALID),  # assumed
    422: (
        "Failed to deserialize the JSON body into the target type: missing field `messages` at line 1 column 2",
        _INVALID,
        _INVALID,
    ),
    429: (
        "Your current concurrency is 40, which exceeds your concurrency limit of 39 based on your remaining balance.",
        "rate_limit_error",  # the envelope around the quoted text is assumed
        _INVALID,
    ),
    500: ("Internal Server Error", "internal_error", _INVALID),  # assumed
    503: (
        "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.",
        "service_unavailable_error",
        "service_unavailable_error",
    ),
}
