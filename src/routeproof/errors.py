"""Every error that a client or an operator can meet: whose fault, HTTP status, stable code, retryable, billable.

    RouteproofError
    +-- ClientError                the request is at fault; the client must change it
    |   +-- MalformedRequest       framing or headers; the connection closes
    |   +-- InvalidBody            JSON that is unreadable, ambiguous or not allowed
    |   +-- RequestTooLarge
    |   +-- UnsupportedEncoding
    |   +-- InvalidKey
    |   +-- KeyRevoked
    |   +-- UnknownModel
    |   +-- ModelRetired           a name that is no longer sent to its provider
    |   +-- UnsupportedControl     a control that the route's provider would ignore
    |   +-- NotFound
    |   +-- MethodNotAllowed
    |   +-- ClientTooSlow
    |   +-- TapNotFinished
    +-- GatewayError               our side can't serve it now
    |   +-- Overloaded
    |   +-- ShuttingDown
    |   +-- LedgerUnavailable
    +-- UpstreamError              the provider failed; carries how, and whether another route may be tried
    +-- OperatorError              what the person at the command line or in the config got wrong
        +-- ConfigError
        +-- FactsError
        +-- FactsHeld              facts too old to quote by
        +-- StoreError
        +-- PinnedFactsError       what a row was priced with is missing or was changed

Codes are part of the interface: they never change their meaning (`docs/errors.md` lists them).
"""

from enum import StrEnum
from typing import ClassVar

import msgspec


class Fault(StrEnum):
    """Whose fault a failure is."""

    CLIENT = "client"
    GATEWAY = "gateway"
    UPSTREAM = "upstream"
    NETWORK = "network"
    OPERATOR = "operator"


class RouteproofError(Exception):
    """Base of all. `message` says what is wrong and what to do; it never holds a key, a prompt or an answer."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    fault: ClassVar[Fault] = Fault.GATEWAY
    error_type: ClassVar[str] = "server_error"
    retryable: ClassVar[bool] = False
    billable: ClassVar[bool] = False

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class ClientError(RouteproofError):
    """The request is at fault."""

    code = "invalid_request"
    status = 400
    fault = Fault.CLIENT
    error_type = "invalid_request_error"


class MalformedRequest(ClientError):
    """HTTP that could be read in two ways, or not at all."""

    code = "malformed_request"

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.http_status = status


class InvalidBody(ClientError):
    """A body that is no JSON object, names a field twice, nests too deep, or holds a value that is not allowed."""

    code = "invalid_body"


class RequestTooLarge(ClientError):
    """A body over its limit."""

    code = "request_too_large"
    status = 413


class UnsupportedEncoding(ClientError):
    """A Content-Encoding other than identity, or a Content-Type other than JSON."""

    code = "unsupported_encoding"
    status = 415


class InvalidKey(ClientError):
    """No key, a malformed one, or one that nobody holds."""

    code = "invalid_api_key"
    status = 401
    error_type = "authentication_error"


class KeyRevoked(InvalidKey):
    """A key that was revoked."""

    code = "api_key_revoked"


class UnknownModel(ClientError):
    """A model name that this gateway does not offer."""

    code = "model_not_found"
    status = 404


class ModelRetired(ClientError):
    """A model name that its provider has retired; the message names the instant and the successor."""

    code = "model_retired"


class UnsupportedControl(ClientError):
    """A control that the chosen route would silently ignore."""

    code = "unsupported_control"


class NotFound(ClientError):
    """No such address."""

    code = "not_found"
    status = 404


class MethodNotAllowed(ClientError):
    """The address exists, the method does not."""

    code = "method_not_allowed"
    status = 405


class ClientTooSlow(ClientError):
    """A request that did not arrive within its deadline, or below its minimum rate."""

    code = "request_timeout"
    status = 408


class TapNotFinished(ClientError):
    """What a tap recorded was asked for while its exchange is still under way."""

    code = "tap_not_finished"
    status = 409
    retryable = True


class GatewayError(RouteproofError):
    """Our side can't serve the request now."""

    status = 503
    retryable = True


class Overloaded(GatewayError):
    """A bounded queue is full."""

    code = "overloaded"


class ShuttingDown(GatewayError):
    """The process is draining."""

    code = "shutting_down"


class LedgerUnavailable(GatewayError):
    """Rows can't be written, so nothing is sent that would go unrecorded."""

    code = "ledger_unavailable"


class UpstreamKind(StrEnum):
    """How an attempt failed. The value is the stable code that clients and rows show."""

    CONNECT_FAILED = "upstream_connect_failed"
    CONNECT_TIMEOUT = "upstream_connect_timeout"
    EGRESS_DENIED = "upstream_address_denied"
    RESET = "upstream_reset"
    FIRST_BYTE_TIMEOUT = "upstream_first_byte_timeout"
    IDLE_TIMEOUT = "upstream_idle_timeout"
    TOTAL_TIMEOUT = "upstream_total_timeout"
    TRUNCATED = "upstream_truncated"
    INVALID_RESPONSE = "upstream_invalid_response"
    EVENT_TOO_LARGE = "upstream_event_too_large"
    RATE_LIMITED = "upstream_rate_limited"
    BUSY = "upstream_busy"
    SERVER_ERROR = "upstream_server_error"
    TIMEOUT_STATUS = "upstream_timeout"
    BILLING = "upstream_billing"
    AUTH = "upstream_auth_failed"
    PERMISSION = "upstream_permission_denied"
    MODEL_NOT_FOUND = "upstream_model_not_found"
    MODEL_RETIRED = "upstream_model_retired"
    CONTEXT_LENGTH = "upstream_context_length"
    CONTENT_POLICY = "upstream_content_policy"
    BAD_REQUEST = "upstream_bad_request"
    STREAM_ERROR = "upstream_stream_error"


class FailureClass(msgspec.Struct, frozen=True):
    """What follows from one kind of upstream failure."""

    fault: Fault
    status: int
    """The status for the client where the provider gave none of its own."""
    failover: bool
    """Another route may be tried, before the first byte."""
    ejects: bool
    """Counts against the route's breaker."""


_UP, _NET, _CLI, _OP = Fault.UPSTREAM, Fault.NETWORK, Fault.CLIENT, Fault.OPERATOR

FAILURE_CLASSES: dict[UpstreamKind, FailureClass] = {
    UpstreamKind.CONNECT_FAILED: FailureClass(_NET, 502, failover=True, ejects=True),
    UpstreamKind.CONNECT_TIMEOUT: FailureClass(_NET, 504, failover=True, ejects=True),
    UpstreamKind.EGRESS_DENIED: FailureClass(_OP, 502, failover=True, ejects=False),
    UpstreamKind.RESET: FailureClass(_NET, 502, failover=True, ejects=True),
    UpstreamKind.FIRST_BYTE_TIMEOUT: FailureClass(_UP, 504, failover=True, ejects=True),
    UpstreamKind.IDLE_TIMEOUT: FailureClass(_UP, 504, failover=False, ejects=True),
    UpstreamKind.TOTAL_TIMEOUT: FailureClass(_UP, 504, failover=False, ejects=False),
    UpstreamKind.TRUNCATED: FailureClass(_UP, 502, failover=True, ejects=True),
    UpstreamKind.INVALID_RESPONSE: FailureClass(_UP, 502, failover=True, ejects=True),
    UpstreamKind.EVENT_TOO_LARGE: FailureClass(_UP, 502, failover=False, ejects=False),
    UpstreamKind.RATE_LIMITED: FailureClass(_UP, 429, failover=True, ejects=False),
    UpstreamKind.BUSY: FailureClass(_UP, 503, failover=True, ejects=True),
    UpstreamKind.SERVER_ERROR: FailureClass(_UP, 502, failover=True, ejects=True),
    UpstreamKind.TIMEOUT_STATUS: FailureClass(_UP, 504, failover=True, ejects=True),
    UpstreamKind.BILLING: FailureClass(_OP, 502, failover=True, ejects=True),
    UpstreamKind.AUTH: FailureClass(_OP, 502, failover=False, ejects=False),
    UpstreamKind.PERMISSION: FailureClass(_OP, 502, failover=False, ejects=False),
    UpstreamKind.MODEL_NOT_FOUND: FailureClass(_OP, 404, failover=False, ejects=False),
    UpstreamKind.MODEL_RETIRED: FailureClass(_OP, 400, failover=True, ejects=False),
    UpstreamKind.CONTEXT_LENGTH: FailureClass(_CLI, 400, failover=False, ejects=False),
    UpstreamKind.CONTENT_POLICY: FailureClass(_CLI, 400, failover=False, ejects=False),
    UpstreamKind.BAD_REQUEST: FailureClass(_CLI, 400, failover=False, ejects=False),
    UpstreamKind.STREAM_ERROR: FailureClass(_UP, 502, failover=True, ejects=True),
}


class UpstreamError(RouteproofError):
    """An attempt that failed at, or on the way to, the provider."""

    code = "upstream_error"
    status = 502
    fault = Fault.UPSTREAM
    error_type = "upstream_error"
    retryable = True

    def __init__(self, kind: UpstreamKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.failure_class = FAILURE_CLASSES[kind]


class OperatorError(RouteproofError):
    """What the operator has to put right before the program can go on."""

    code = "operator_error"
    fault = Fault.OPERATOR


class ConfigError(OperatorError):
    """One or more mistakes in the configuration, all of them at once, one a line."""

    code = "config_error"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FactsError(OperatorError):
    """One or more mistakes in a facts file, all of them at once, one a line."""

    code = "facts_error"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FactsHeld(OperatorError):
    """Facts that nobody has checked for so long that their policy holds them back from quotes and proofs."""

    code = "facts_held"


class StoreError(OperatorError):
    """The database or the flight recorder can't be used as it is."""

    code = "store_error"


class PinnedFactsError(OperatorError):
    """The facts that a row was priced with are missing from the ledger, or not what its digest says."""

    code = "pinned_facts_error"


class _ErrorBody(msgspec.Struct):
    message: str
    type: str
    param: str | None
    code: str


class _ErrorEnvelope(msgspec.Struct):
    error: _ErrorBody


def error_body(message: str, *, error_type: str, code: str, param: str | None = None) -> bytes:
    """An error in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`."""
    return msgspec.json.encode(_ErrorEnvelope(_ErrorBody(message, error_type, param, code)))


def body_of(error: RouteproofError) -> bytes:
    """The error's body as clients see it."""
    code = error.kind.value if isinstance(error, UpstreamError) else error.code
    return error_body(error.message, error_type=error.error_type, code=code, param=error.param)


def status_of(error: RouteproofError) -> int:
    """The HTTP status that clients see."""
    if isinstance(error, UpstreamError):
        return error.failure_class.status
    if isinstance(error, MalformedRequest):
        return error.http_status
    return error.status
