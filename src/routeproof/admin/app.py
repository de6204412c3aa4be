"""The admin plane's application: health, readiness and metrics, read from the workers' heartbeats."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from routeproof.admin.headers import SecurityHeaders
from routeproof.clock import Clock
from routeproof.errors import MethodNotAllowed, NotFound, StoreError, body_of, status_of
from routeproof.observe.metrics import Beat, is_fresh, render_metrics

ReadWorkers = Callable[[], Sequence[Beat]]
SERVING = "serving"
_JSON = "application/json"


class Readiness(msgspec.Struct, frozen=True):
    """Whether a worker takes requests, and if not, why."""

    ready: bool
    reason: str


def build_app(read_workers: ReadWorkers, clock: Clock) -> Starlette:
    """The application. `read_workers` may wait for the database: it is called in a thread of its own."""

    def healthz(_: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type=_JSON)

    def readyz(_: Request) -> Response:
        readiness = judge_readiness(read_workers, clock.wall_ns())
        status = HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return Response(msgspec.json.encode(readiness), status, media_type=_JSON)

    def metrics(_: Request) -> Response:
        return Response(render_metrics(read_workers(), clock.wall_ns()), media_type=CONTENT_TYPE_LATEST)

    endpoints = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    app = Starlette(
        routes=[Route(path, endpoint, methods=["GET"]) for path, endpoint in endpoints.items()],
        exception_handlers={HTTPException: _refused, StoreError: _database_failed},
    )
    app.router.redirect_slashes = False
    app.add_middleware(SecurityHeaders)
    return app


def judge_readiness(read_workers: ReadWorkers, now_ns: int) -> Readiness:
    """Ready if a fresh heartbeat says `serving`. Not ready where that can't be read."""
    try:
        beats = read_workers()
    except StoreError:
        return Readiness(False, "the workers' heartbeats can't be read; see the log")
    fresh = [beat for beat in beats if is_fresh(beat, now_ns)]
    if any(beat.state == SERVING for beat in fresh):
        return Readiness(True, "a worker is serving")
    if fresh:
        return Readiness(False, f"no worker is serving: {', '.join(sorted({beat.state for beat in fresh}))}")
    return Readiness(False, "no worker has been heard of within 5 seconds")


def _refused(request: Request, error: Exception) -> Response:
    """Unknown addresses and wrong methods, in the one error shape."""
    headers = error.headers if isinstance(error, HTTPException) else None
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refusal: MethodNotAllowed | NotFound = MethodNotAllowed(f"Use GET for {request.scope['path']!r}.")
    else:
        refusal = NotFound("The admin plane has /healthz, /readyz and /metrics.")
    return Response(body_of(refusal), status_of(refusal), headers, _JSON)


def _database_failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    return Response(body_of(error), HTTPStatus.SERVICE_UNAVAILABLE, media_type=_JSON)
