"""One exchange's state: who asked what, what was tried, what went out, and the rows that it leaves."""

from collections.abc import Sequence
from typing import Final

from routeproof.access.keys import KeyRecord
from routeproof.dialects.implied_thinking import imply_thinking
from routeproof.errors import ClientError, ModelRetired, UpstreamError
from routeproof.gateway import settlement
from routeproof.gateway.answer import Answer
from routeproof.gateway.asked import Asked
from routeproof.gateway.attempt import Attempt
from routeproof.gateway.hub import Hub
from routeproof.gateway.reply_bytes import JSON, error_answer, relayed_fields, relayed_head
from routeproof.gateway.routes import Route
from routeproof.gateway.tap import ExchangeTap
from routeproof.ids import ExchangeId
from routeproof.ledger.entries import OK, AttemptRow, Entry, ExchangeRow, OpenExchange, Outcome
from routeproof.net.client import ClientConnection
from routeproof.routing.plan import first_admitted
from routeproof.wire.body import Fields

NO_ANSWER: Final = Answer()
# Compiled, a module's own Final is read at once, an imported class looked up by name each time.
_OPEN_EXCHANGE: Final = OpenExchange
_EXCHANGE_ROW: Final = ExchangeRow
_ENTRY: Final = Entry


class ExchangeState:
    """What the relay and the answers change as an exchange goes on."""

    __slots__ = (
        "answer",
        "asked",
        "attempt",
        "client",
        "committed",
        "drain_bytes_left",
        "draining_until_s",
        "first_sent_s",
        "hub",
        "id",
        "key",
        "max_output_tokens",
        "plan",
        "position",
        "retries",
        "rollback",
        "rows",
        "sent_bytes",
        "sent_status",
        "settled",
        "slot",
        "started_ns",
        "started_s",
        "tap",
        "tried",
    )

    def __init__(
        self,
        hub: Hub,
        client: ClientConnection,
        exchange_id: ExchangeId,
        started_ns: int,
        key: KeyRecord,
        asked: Asked,
        plan: Sequence[Route],
        rollback: str | None,
    ) -> None:
        self.hub = hub
        self.client: ClientConnection | None = client
        """Who asked; None once gone, or once answered."""
        self.id = exchange_id
        self.started_ns = started_ns
        self.started_s = hub.monotonic_s()
        self.key = key
        self.asked = asked
        self.max_output_tokens = asked.max_output_tokens
        """The most that is written in one attempt; None where a route that was tried may write more than was named."""
        self.rollback = rollback
        self.plan = plan
        self.position = 0
        self.retries = 0
        self.rows: list[AttemptRow] = []
        self.tried: list[Route] = []
        self.slot = -1
        self.settled = False
        self.draining_until_s = 0.0
        self.drain_bytes_left = 0
        self.committed = False
        """Something of the answer has gone to the client: no other route can be tried."""
        self.first_sent_s = 0.0
        self.sent_bytes = 0
        self.sent_status: int | None = None
        self.answer = NO_ANSWER
        self.attempt: Attempt
        self.tap: ExchangeTap | None = None
        """Records what goes upstream, for the prover's own key; None for every other."""

    # -- what is sent

    def prepare(self, route: Route, now_s: float) -> Attempt:
        """An attempt on a route, ready to be sent. Raises ClientError where the route can't take the request."""
        asked = self.asked
        given = asked.fields
        if self.started_ns >= route.alias_change_ns:
            route, given = self._through_gate(route)
        fields = route.dialect.prepare(given, route.model_json, stream=asked.stream, policy=route.policy)
        return Attempt(
            len(self.rows) + 1,
            route,
            route.request_bytes(fields),
            thinking=route.dialect.thinking(given, route.model),
            started_s=now_s,
            deadlines_from_s=self.hub.now_s(),
        )

    def prepare_another(self, refused: ModelRetired) -> Attempt:
        """The first route's name is retired: what its provider's refusal would lead to, without asking it.

        Nothing was sent, so this costs no retry and no part of the retry budget. Raises what the first route met.
        """
        self.note_refused(self.plan[0], refused)
        while self.hub.limits.retries_max and (route := self.next_route()) is not None:
            try:
                return self.prepare(route, self.started_s)
            except ModelRetired as error:
                self.note_refused(route, error)
            except ClientError:  # no fallback for what the client sent
                continue
        raise refused

    def next_route(self) -> Route | None:
        """Go on to the next route of the plan, to one that its breaker admits where there is one; None at the end."""
        place = self.position + 1
        rest = self.plan[place:]
        if not rest:
            return None
        now_s = self.hub.monotonic_s()
        chosen = first_admitted(rest, lambda route: route.breaker.admits(now_s))
        # Those that were passed over stay in the plan: where all others fail too, even an ejected route is tried.
        self.plan = [*self.plan[:place], rest[chosen], *rest[:chosen], *rest[chosen + 1 :]]
        self.position = place
        return rest[chosen]

    def _through_gate(self, route: Route) -> tuple[Route, Fields]:
        """What is sent on a route whose name has a gate, and the fields to send. Raises ModelRetired."""
        gate = route.alias_gate
        assert gate is not None
        fields = self.asked.fields
        sent = gate.through(route, self.key, self.started_ns)
        if sent.implied_thinking is not None:
            fields = imply_thinking(sent.dialect.name, fields, sent.implied_thinking)
        return sent, fields

    def note_refused(self, route: Route, error: ModelRetired) -> None:
        """Leave the row of an attempt that was refused here instead of at its provider: nothing was sent."""
        now_s = self.hub.monotonic_s()
        attempt = Attempt(len(self.rows) + 1, route, b"", thinking=False, started_s=now_s, deadlines_from_s=now_s)
        bill = settlement.bill_of(attempt, sent=False, started_ns=self.started_ns, ended_ns=self.started_ns)
        row = attempt.row(self.id, self.started_s, now_s, Outcome.CLIENT_ERROR.value, error.code, bill)
        self.rows.append(row)
        self.tried.append(route)

    # -- what the flight recorder notes

    def opened(self, attempt: Attempt) -> OpenExchange:
        """What the flight recorder notes before this attempt's dispatch."""
        key, asked, route = self.key, self.asked, attempt.route
        if asked.limits_answer_only and attempt.thinking and not route.dialect.max_tokens_covers_thinking:
            self.max_output_tokens = None
        return _OPEN_EXCHANGE(
            self.id,
            self.started_ns,
            key.key_id,
            key.owner,
            key.account,
            asked.model,
            self.rollback,
            int(asked.stream),
            asked.size,
            self.max_output_tokens,
            [*self._sent_before(), route.name] if self.tried else [route.name],
        )

    def _sent_before(self) -> list[str]:
        """Routes that something was sent on, or may have been: those that can have cost something."""
        return [row.route for row in self.rows if row.error_code != ModelRetired.code]

    # -- what goes to the client

    def commit(self, status: int, framing: bytes) -> bytes:
        """From here on this attempt is what the client gets. Returns the head to send."""
        self.committed = True
        if self.client is not None:  # while an answer is only read for its usage nothing is sent
            self.first_sent_s = self.hub.monotonic_s()
            self.sent_status = status
        # A stream may be open for an hour; what it was asked with is needed for another attempt only.
        self.attempt.request = b""
        self.asked.fields = {}
        return self.relayed_head(status, framing, self.attempt.content_type)

    def send(self, payload: bytes) -> None:
        """Hand a piece of the answer to the client, if it is still there."""
        if self.client is not None:
            self.sent_bytes += len(payload)
            self.client.write(payload)

    def failure(self, client: ClientConnection, error: UpstreamError, body: bytes) -> tuple[int, bytes]:
        """The whole answer for a failed exchange: the provider's own error object where there is one, else ours."""
        attempt = self.attempt
        answered = attempt.status is not None and attempt.status >= 400
        fields = relayed_fields(attempt.fields) if answered else b""
        code = b"%bx-routeproof-error: %b\r\n" % (fields, error.kind.value.encode())
        readable = attempt.route.dialect.error_body_for_client(body) if body else None
        if readable is None:
            lines = b"%bx-routeproof-attempts: %d\r\n" % (attempt.route.header_lines, len(self.rows))
            payload = error_answer(error, keep_alive=client.keep_alive, request_id=self.id, extra=lines + code)
            return error.failure_class.status, payload
        readable = attempt.route.without_credential(readable)
        status = attempt.status if answered and attempt.status is not None else error.failure_class.status
        fault = b"x-routeproof-fault: %b\r\n" % error.failure_class.fault.value.encode()
        framing = b"content-length: %d\r\n" % len(readable)
        return status, self.relayed_head(status, code + fault + framing, JSON) + readable

    def relayed_head(self, status: int, framing: bytes, content_type: bytes) -> bytes:
        attempt, client = self.attempt, self.client
        extra = relayed_fields(attempt.fields) if self.committed else b""
        return relayed_head(
            status,
            request_id=self.id,
            route_lines=attempt.route.header_lines,
            attempts=attempt.ordinal,
            upstream_id=attempt.upstream_id,
            content_type=content_type,
            extra=extra + framing,
            keep_alive=client is not None and client.keep_alive,
        )

    def close_attempt(self, outcome: str, error_code: str | None, *, sent: bool) -> AttemptRow:
        """The attempt is over: leave its row. `sent`: its request had gone out."""
        attempt = self.attempt
        attempt.finish_reading()
        now_s = self.hub.monotonic_s()
        ended_ns = self.started_ns + int((now_s - self.started_s) * 1e9)
        bill = settlement.bill_of(attempt, sent=sent, started_ns=self.started_ns, ended_ns=ended_ns)
        row = attempt.row(self.id, self.started_s, now_s, outcome, error_code, bill)
        self.rows.append(row)
        if self.tap is not None:
            self.tap.close(attempt, error_code or (None if outcome == OK else outcome))
        return row

    def settle(self, outcome: str, error_code: str | None, status: int | None) -> None:
        """Exactly once: the rows to the recorder and the writer, and nothing of this exchange left behind."""
        assert not self.settled
        self.settled = True
        hub, key, asked, rows = self.hub, self.key, self.asked, self.rows
        started_us, taken_us = rows[-1].started_us, rows[-1].duration_us
        assert started_us is not None and taken_us is not None  # unknown in rows of a recovery only
        cost = settlement.total_cost(rows)
        row = _EXCHANGE_ROW(
            self.id,
            self.started_ns,
            started_us + taken_us,
            int((self.first_sent_s - self.started_s) * 1e6) if self.first_sent_s else None,
            key.key_id,
            key.owner,
            key.account,
            asked.model,
            self.rollback,
            int(asked.stream),
            status,
            outcome,
            error_code,
            len(rows),
            cost,
            None if cost is not None else self._cost_bound(),
            asked.size,
            self.sent_bytes,
        )
        entry = _ENTRY(row, rows)
        if self.tap is not None:
            self.tap.finish()
        hub.writer.append(hub.recorder.finish(self.slot, entry), self.slot)
        hub.exchanges -= 1
        hub.budget.in_flight -= 1
        if self.retries:
            hub.budget.release(self.retries)
        hub.counters[outcome] += 1
        if self.draining_until_s:
            hub.deadlines.discard(self)
        self.client = None

    def _cost_bound(self) -> int | None:
        return settlement.cost_bound(
            self.rows,
            self.tried,
            request_bytes=self.asked.size,
            max_output_tokens=self.max_output_tokens,
            started_ns=self.started_ns,
        )
