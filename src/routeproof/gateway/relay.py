"""One exchange's way: dispatch, failover before the first byte, relay, and exactly one settlement.

    start -> dispatch -> (no connection yet) -> sent -> head -> data ... last -> settled
                 ^                                  |
                 +---- the next route <--- failed --+   only while nothing has gone to the client

Everything here runs on the event loop as plain calls; nothing blocks. Whatever happens, `settle` runs once and
leaves one row for the exchange and one for each attempt.
"""

from routeproof.dialects.finish_reasons import is_provider_abort
from routeproof.errors import (
    FAILURE_CLASSES,
    ClientError,
    ModelRetired,
    Overloaded,
    RouteproofError,
    UpstreamError,
    UpstreamKind,
)
from routeproof.gateway.attempt import Attempt
from routeproof.gateway.exchange import NO_ANSWER, ExchangeState
from routeproof.gateway.failed_answer import ErrorAnswer, UnfitAnswer
from routeproof.gateway.note_wait import NoteWait, dispatch_once_noted
from routeproof.gateway.reply_bytes import error_answer
from routeproof.gateway.settlement import failure_outcome, was_sent
from routeproof.gateway.stream_answer import StreamAnswer
from routeproof.gateway.whole_answer import WholeAnswer
from routeproof.ledger.entries import CANCELLED, OK, TRUNCATED, Outcome
from routeproof.net.upstream import UpstreamConnection


class Exchange(ExchangeState):
    """One client request and everything that happens to it."""

    __slots__ = ()

    # -- the way there

    def start(self) -> None:
        """Dispatch the first attempt. Raises what must be answered instead, with nothing dispatched or recorded."""
        hub = self.hub
        try:
            attempt = self.prepare(self.plan[0], self.started_s)
        except ModelRetired as error:
            attempt = self.prepare_another(error)
        self.slot = hub.recorder.claim(self.opened(attempt))
        if self.key.tap:
            self.tap = hub.taps.begin(self.id, self.key.key_id)
        assert self.client is not None
        self.client.handler = self
        hub.exchanges += 1
        hub.budget.in_flight += 1
        self._dispatch(attempt)

    def _dispatch(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.answer = NO_ANSWER
        self.tried.append(attempt.route)
        note_sync = self.hub.note_sync
        if note_sync is None:
            self.connect(attempt)
        else:
            dispatch_once_noted(self, note_sync)

    def connect(self, attempt: Attempt) -> None:
        """Send the attempt's request, on an idle connection or as soon as there is one."""
        connection = attempt.route.pool.take_idle()
        if connection is not None:
            self._send(attempt, connection)
        else:
            self._wait_for_connection(attempt)

    def _send(self, attempt: Attempt, connection: UpstreamConnection) -> None:
        attempt.connection = connection
        connection.send(attempt.request, self if self.tap is None else self.tap.between(attempt, self))

    def _wait_for_connection(self, attempt: Attempt) -> None:
        try:
            attempt.waiter = attempt.route.pool.take(self._on_connection)
        except Overloaded as error:
            self.fail_gateway(error)

    def _on_connection(self, connection: UpstreamConnection | None, error: UpstreamError | None) -> None:
        attempt = self.attempt
        attempt.waiter = None
        if connection is not None:
            self._send(attempt, connection)
        else:
            assert error is not None
            self.fail(error.kind, error.message)

    # -- the way back (net.upstream.Receiver)

    def on_answer_head(self, status: int, fields: dict[bytes, bytes]) -> None:
        attempt, hub, asked = self.attempt, self.hub, self.asked
        attempt.take_head(status, fields)
        content_type = attempt.content_type
        if status >= 400:
            self.answer = ErrorAnswer(hub.error_bytes_max)
        elif status != 200 or b"content-encoding" in fields:
            self.answer = UnfitAnswer()
        elif asked.stream and content_type.startswith(b"text/event-stream"):
            self.answer = StreamAnswer(
                attempt,
                hide_usage=not asked.wants_usage,
                event_bytes_max=hub.event_bytes_max,
                now_s=hub.now_s(),
            )
        elif not asked.stream and content_type.find(b"json") >= 0:  # `in` raises and catches an error inside
            self.answer = WholeAnswer(attempt, hold_bytes=hub.hold_bytes, keep_bytes=hub.keep_bytes)
        else:
            self.answer = UnfitAnswer()

    def on_answer_data(self, data: bytes, last: bool) -> None:
        attempt = self.attempt
        attempt.alive = True
        if attempt.first_byte_s == 0.0:
            attempt.first_byte_s = self.hub.monotonic_s()
        if last:
            attempt.connection = None
        elif self.client is None:
            self.drain_bytes_left -= len(data)
            if self.drain_bytes_left < 0:
                self.cancel()
                return
        self.answer.data(self, data, last)

    def on_answer_lost(self, *, got_bytes: bool, malformed: bool) -> None:
        attempt = self.attempt
        connection, attempt.connection = attempt.connection, None
        stale = not got_bytes and connection is not None and connection.uses > 1
        if stale and not attempt.stale_retried and self.client is not None:
            # The provider had closed the idle connection before it saw this request, so nothing was processed
            # (RFC 9110 9.2.2 allows the retry then).
            attempt.stale_retried = True
            self._wait_for_connection(attempt)
            return
        if malformed:
            self.fail(UpstreamKind.INVALID_RESPONSE, "The provider's answer is not well-formed HTTP.")
            return
        kind = UpstreamKind.RESET if attempt.status is None else UpstreamKind.TRUNCATED
        self.fail(kind, "The provider's connection ended before its answer did.")

    # -- how the client fares (net.client.Handler)

    def on_client_gone(self) -> None:
        self.client = None
        attempt, limits = self.attempt, self.hub.limits
        # A plain answer's head comes only with its end, so a usage may come although nothing has come yet.
        hopeful = self.answer is NO_ANSWER or self.answer.worth_draining
        if attempt.route.drain_on_disconnect and attempt.connection is not None and hopeful:
            self.draining_until_s = self.hub.now_s() + limits.disconnect_drain_max_s
            self.drain_bytes_left = limits.disconnect_drain_max_bytes
            self.hub.deadlines.add(self)  # until now the client's connection looked after the exchange's deadlines
            attempt.connection.resume()
            return
        self.cancel()

    def on_client_paused(self) -> None:
        if self.attempt.connection is not None:
            self.attempt.connection.pause()

    def on_client_resumed(self) -> None:
        if self.attempt.connection is not None:
            self.attempt.connection.resume()

    # -- deadlines

    def check_deadlines(self, now_s: float) -> None:
        """Look at total, first byte, idle and keep-alive-only time; and send our own keep-alive where asked to."""
        attempt = self.attempt
        limits, timeouts = self.hub.limits, attempt.route.timeouts
        if self.draining_until_s and now_s >= self.draining_until_s:
            self.cancel()
            return
        connection = attempt.connection
        if attempt.alive or (connection is not None and connection.paused):
            attempt.alive = False
            attempt.last_data_s = now_s
        silent_s = now_s - attempt.last_data_s
        if now_s - attempt.deadlines_from_s > timeouts.total_s:
            self.fail(UpstreamKind.TOTAL_TIMEOUT, f"The answer took longer than {timeouts.total_s:g} s.")
        elif attempt.first_byte_s == 0.0:
            if silent_s > timeouts.first_byte_s:
                self.fail(UpstreamKind.FIRST_BYTE_TIMEOUT, f"No answer within {timeouts.first_byte_s:g} s.")
        elif silent_s > timeouts.idle_event_s:
            self.fail(UpstreamKind.IDLE_TIMEOUT, "The provider fell silent in the middle of its answer.")
        elif self.answer.only_comments_for(now_s) > limits.keepalive_only_max_s:
            self.fail(UpstreamKind.IDLE_TIMEOUT, "The provider sent nothing but keep-alives for too long.")
        elif 0 < limits.client_keepalive_comment_s <= silent_s:
            self.answer.keep_client_alive(self, now_s)

    # -- what answers do with it

    def complete(self, status: int | None, outcome: str, error: UpstreamKind | None, last_bytes: int) -> None:
        """The answer is whole: settle it. Its end, of `last_bytes`, goes to the client after this and never before.

        So whoever holds a whole answer has an exact row, even where the process is killed in between.
        """
        attempt = self.attempt
        attempt.finish_reading()
        if outcome == OK and attempt.finish_reason is not None and is_provider_abort(attempt.finish_reason):
            outcome, error = TRUNCATED, UpstreamKind.TRUNCATED
        code = None if error is None else error.value
        self.close_attempt(outcome, code, sent=True)
        if error is None:
            attempt.route.breaker.succeeded()
        elif FAILURE_CLASSES[error].ejects:
            attempt.route.breaker.failed(self.hub.monotonic_s())
        if self.client is None:
            outcome, status = CANCELLED, self.sent_status
        else:
            self.sent_bytes += last_bytes
        self.settle(outcome, code, status)

    def classify_in_200(self, body: bytes) -> UpstreamKind:
        """What an error object inside an answer with status 200 means."""
        return self.attempt.route.dialect.classify(200, "application/json", body)

    def fail_in_200(self, body: bytes) -> None:
        """The answer, status 200, is an error object."""
        self.fail(self.classify_in_200(body), "The provider answered with an error.", body)

    def fail_by_status(self, body: bytes) -> None:
        """The provider answered with an error status."""
        attempt = self.attempt
        status = attempt.status or 502
        kind = attempt.route.dialect.classify(status, attempt.content_type.decode("latin-1"), body)
        self.fail(kind, f"The provider answered with status {status}.", body)

    # -- ends

    def fail(self, kind: UpstreamKind, message: str, body: bytes = b"") -> None:
        """The attempt failed: try the next route, or tell the client. `body` is the provider's own error object."""
        attempt = self.attempt
        if isinstance(attempt.waiter, NoteWait):
            attempt.waiter.overdue()
            return
        waiting = attempt.waiter is not None
        attempt.release()
        if FAILURE_CLASSES[kind].ejects:
            attempt.route.breaker.failed(self.hub.monotonic_s())
        outcome = TRUNCATED if self.committed else failure_outcome(kind)
        self.close_attempt(outcome, kind.value, sent=was_sent(kind) and not waiting)
        client = self.client
        if client is None:
            self.settle(CANCELLED, kind.value, self.sent_status)
        elif self.committed:
            last_words = self.answer.last_words(UpstreamError(kind, message))
            self.sent_bytes += len(last_words)
            self.settle(TRUNCATED, kind.value, self.sent_status)
            client.break_off(last_words)
        elif not self._try_next(kind):
            status, payload = self.failure(client, UpstreamError(kind, message), body)
            self.sent_bytes += len(payload)
            self.settle(outcome, kind.value, status)
            client.respond(payload)

    def _try_next(self, kind: UpstreamKind) -> bool:
        hub = self.hub
        if not FAILURE_CLASSES[kind].failover or self.retries >= hub.limits.retries_max:
            return False
        while (route := self.next_route()) is not None:
            try:
                attempt = self.prepare(route, hub.monotonic_s())
            except ModelRetired as error:
                self.note_refused(route, error)
                continue
            except ClientError:  # this route's dialect refuses what the client sent: it is no fallback for it
                continue
            if not hub.budget.take():
                hub.counters["retries_denied"] += 1
                return False
            self.retries += 1
            hub.recorder.update(self.slot, self.opened(attempt))
            self._dispatch(attempt)
            return True
        return False

    def fail_gateway(self, error: RouteproofError) -> None:
        """Our own side can't go on with the attempt."""
        self.attempt.release()
        self.close_attempt(Outcome.GATEWAY_ERROR.value, error.code, sent=False)
        client = self.client
        payload = b""
        if client is not None:
            payload = error_answer(error, keep_alive=client.keep_alive, request_id=self.id)
            self.sent_bytes += len(payload)
        self.settle(Outcome.GATEWAY_ERROR.value, error.code, error.status)
        if client is not None:
            client.respond(payload)

    def cancel(self) -> None:
        """The client is gone (or must go): stop the provider at once and settle with what is known."""
        if not self.settled:
            self._end_early(CANCELLED, None, self.sent_status)

    def stop(self, error: RouteproofError) -> None:
        """The process is stopping: end visibly."""
        client = self.client
        if client is None or self.settled:
            self.cancel()
            return
        if self.committed:
            last_words = self.answer.last_words(error)
        else:
            last_words = error_answer(error, keep_alive=False, request_id=self.id)
        self.sent_bytes += len(last_words)
        self._end_early(Outcome.INTERRUPTED.value, error.code, self.sent_status or error.status)
        client.break_off(last_words)

    def _end_early(self, outcome: str, error_code: str | None, status: int | None) -> None:
        waiting = self.attempt.waiter is not None
        self.attempt.release()
        self.close_attempt(outcome, None, sent=not waiting)
        self.settle(outcome, error_code, status)
