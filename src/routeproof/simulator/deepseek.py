"""DeepSeek, simulated: what it answers, refuses and ignores, after its pages and live replies of 2026."""

from collections.abc import Callable
from decimal import Decimal
from email.utils import formatdate

import msgspec

from routeproof.clock import NS_PER_S, Clock
from routeproof.simulator import deepseek_errors as errors
from routeproof.simulator import deepseek_models as models
from routeproof.simulator import deepseek_shapes as shapes
from routeproof.simulator.answer import Answer, Budget, answer
from routeproof.simulator.caches import PrefixCache
from routeproof.simulator.chat import ChatBody, read_chat
from routeproof.simulator.choices import deepseek_problem, deepseek_variant
from routeproof.simulator.directions import Directions, read_directions
from routeproof.simulator.draws import Draws
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.ranges import DEEPSEEK_RANGES, ROLES, first_outside, unknown_role
from routeproof.simulator.reply import Headers, HttpRequest, Piece, PieceKind, RefusedError, Reply, json_reply
from routeproof.simulator.sampling import sampling_of
from routeproof.simulator.settings import ProviderSettings
from routeproof.simulator.tokens import BYTES_PER_TOKEN, prompt_parts

_REASONING_MISSING = "The `reasoning_content` in the thinking mode must be passed back to the API."
_JSON_WORD_MISSING = "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'."
_ROLES = ROLES - {"developer"}
_HONOURED = frozenset({"temperature", "top_p", "stop", "logprobs"})
_HONOURED_THINKING = frozenset({"stop", "logprobs"})
"""The penalties and, while thinking, the temperature are taken and ignored; `seed` is not known."""


class _Turn(msgspec.Struct, frozen=True):
    """A chat request and what was made of it."""

    body: ChatBody
    directions: Directions
    model: str
    """The model that answers, aliases resolved."""
    thinking: bool
    headers: Headers


class DeepSeekProvider:
    """Answers HTTP requests as api.deepseek.com would. Holds a prompt cache; knows no socket."""

    base_path = ""
    own_faults: frozenset[Fault] = frozenset()

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._cache = PrefixCache()
        self._served = 0

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:  # noqa: ARG002 - has none of its own
        """The reply to a request."""
        headers = self._headers()
        if request.bearer not in self._settings.keys:
            return errors.auth_failed(request.bearer, headers)
        handler = self._handler(request.method, request.path.removeprefix("/v1").removeprefix("/beta"))
        if handler is None:
            return errors.of_status(404, headers)
        try:
            return handler(request, headers)
        except RefusedError as refused:
            return refused.reply

    @property
    def a_key(self) -> str:
        """The first of those that it accepts."""
        return self._settings.keys[0] if self._settings.keys else ""

    def refusal(self, name: str, request: HttpRequest) -> Reply:  # noqa: ARG002 - the same for all requests
        """An error reply in DeepSeek's words."""
        headers = self._headers()
        if name == "billing":
            return errors.insufficient_balance(headers)
        if name == "content_policy":
            return errors.content_risk(headers)
        if name == "context_length":
            return errors.context_length(self._context_tokens, self._context_tokens + 1, 0, headers)
        return errors.of_status(int(name.removeprefix("status_")), headers)

    def _handler(self, method: str, path: str) -> Callable[[HttpRequest, Headers], Reply] | None:
        handlers: dict[tuple[str, str], Callable[[HttpRequest, Headers], Reply]] = {
            ("POST", "/chat/completions"): self._chat,
            ("GET", "/models"): self._list,
            ("GET", "/user/balance"): self._balance,
        }
        return handlers.get((method, path))

    def _list(self, _request: HttpRequest, headers: Headers) -> Reply:
        return json_reply(200, models.listed(self._now_ns()), headers)

    def _balance(self, _request: HttpRequest, headers: Headers) -> Reply:
        info = {
            "currency": "USD",
            "total_balance": self._settings.balance,
            "granted_balance": "0.00",
            "topped_up_balance": self._settings.balance,
        }
        return json_reply(200, {"is_available": self._in_credit, "balance_infos": [info]}, headers)

    def _chat(self, request: HttpRequest, headers: Headers) -> Reply:
        turn = self._turn(request, headers)
        self._check(turn)
        parts = prompt_parts(turn.body.messages, turn.body.tools)
        prompt_tokens = sum(len(part.data) for part in parts) // BYTES_PER_TOKEN
        self._check_context(prompt_tokens, turn.body.max_tokens or 0, headers)
        written = answer(
            turn.body,
            turn.directions,
            seed=self._settings.seed,
            choice=0,
            thinking=turn.thinking,
            budget=Budget(total=turn.body.max_tokens),
            sampling=sampling_of(turn.body, _HONOURED_THINKING if turn.thinking else _HONOURED, self._served),
        )
        hit = self._cache.hit_and_store(f"{turn.model} {turn.body.user_id} {request.bearer}", parts)
        return self._reply(turn, written, shapes.usage(written, prompt_tokens, hit))

    def _turn(self, request: HttpRequest, headers: Headers) -> _Turn:
        if not self._in_credit:
            raise RefusedError(errors.insufficient_balance(headers))
        try:
            body = read_chat(request.body)
        except msgspec.DecodeError as error:
            raise RefusedError(errors.malformed(str(error), headers)) from error
        role = unknown_role(body, _ROLES)
        if role is not None:
            raise RefusedError(errors.malformed(f"messages: unknown variant `{role}`, expected a known role", headers))
        variant = deepseek_variant(body)
        if variant is not None:
            raise RefusedError(errors.malformed(variant, headers))
        served = models.served(body.model, self._now_ns())
        if served is None:
            raise RefusedError(errors.error(400, models.refusal_text(body.model, self._now_ns()), headers))
        directions = read_directions(body.messages)
        thinking = _thinks(body, served, headers) or directions.reasoning
        return _Turn(body, directions, served.answered_as, thinking, headers)

    def _reply(self, turn: _Turn, written: Answer, usage: dict[str, object]) -> Reply:
        draws = Draws("deepseek ids", self._settings.seed, self._served)
        created = self._clock.wall_ns() // NS_PER_S
        who = shapes.identity(written, turn.model, models.FINGERPRINTS[turn.model], created, draws)
        if turn.body.stream:
            frames = shapes.stream(written, who, usage, thinking=turn.thinking)
            pieces = (*self._waiting(turn.directions, b": keep-alive\n\n"), *frames)
            headers = (("content-type", "text/event-stream; charset=utf-8"), *turn.headers)
            return Reply(200, headers, pieces, chunked=True)
        whole = json_reply(200, shapes.completion(written, who, usage), turn.headers, chunked=True)
        pieces = (*self._waiting(turn.directions, b"\n"), *whole.pieces)
        return msgspec.structs.replace(whole, pieces=pieces)

    def _waiting(self, directions: Directions, data: bytes) -> list[Piece]:
        count = self._settings.keepalives if directions.keepalives is None else directions.keepalives
        return [Piece(data, PieceKind.COMMENT, self._settings.keepalive_interval_s)] * count

    def _check(self, turn: _Turn) -> None:
        problem, body = None, turn.body
        outside = first_outside(body, DEEPSEEK_RANGES)
        if outside is not None:
            problem = f"Invalid {outside[0]} value, the valid range of {outside[0]} is {outside[1]}"
        elif not body.messages:
            problem = "Empty input messages"
        elif body.n not in (None, 1):
            problem = "Invalid n value (currently only n = 1 is supported)"
        elif body.response_format is not None and body.response_format.type == "json_schema":
            problem = "This response_format type is unavailable now"
        elif body.wants_json and not body.mentions_json():
            problem = _JSON_WORD_MISSING
        elif (unfit := deepseek_problem(body)) is not None:
            problem = unfit
        elif turn.thinking and turn.model == "deepseek-v4-pro" and not _reasoning_passed_back(body):
            problem = f"{_REASONING_MISSING} (request_id: {Draws('request', self._served).uuid()})"
        if problem is not None:
            raise RefusedError(errors.error(400, problem, turn.headers))

    def _check_context(self, prompt_tokens: int, completion_tokens: int, headers: Headers) -> None:
        if prompt_tokens + completion_tokens > self._context_tokens:
            raise RefusedError(errors.context_length(self._context_tokens, prompt_tokens, completion_tokens, headers))

    @property
    def _context_tokens(self) -> int:
        return self._settings.context_tokens or models.CONTEXT_TOKENS

    @property
    def _in_credit(self) -> bool:
        return Decimal(self._settings.balance) > 0

    def _now_ns(self) -> int:
        return self._clock.wall_ns() if self._settings.as_of_ns is None else self._settings.as_of_ns

    def _headers(self) -> Headers:
        """The headers of every reply but `content-type`, in the recorded order; counts the reply."""
        self._served += 1
        return (
            ("connection", "keep-alive"),
            ("date", formatdate(self._clock.wall_ns() // NS_PER_S, usegmt=True)),
            ("server", "elb"),
            ("vary", "origin, access-control-request-method, access-control-request-headers"),
            ("access-control-allow-credentials", "true"),
            ("x-ds-trace-id", Draws("trace", self._settings.seed, self._served).hex(32)),
            ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
            ("x-content-type-options", "nosniff"),
        )


def _thinks(body: ChatBody, served: models.Served, headers: Headers) -> bool:
    """`thinking.type` decides, then `reasoning_effort: none`, then the model; never `enable_thinking`."""
    if body.thinking is not None:
        if not isinstance(body.thinking, dict):
            kind = {bool: "boolean", str: "string", list: "sequence"}.get(type(body.thinking), "number")
            shown = msgspec.json.encode(body.thinking).decode()
            detail = f"thinking: invalid type: {kind} `{shown}`, expected struct ThinkingOptions"
            raise RefusedError(errors.malformed(detail, headers))
        return body.thinking.get("type") != "disabled"
    return served.thinks and body.reasoning_effort != "none"


def _reasoning_passed_back(body: ChatBody) -> bool:
    """Enforced by v4-pro where tools are given; flash accepts anything (57 live calls, 2026-10-06)."""
    if not body.tools:
        return True
    return all(message.reasoning_content is not None for message in body.messages if message.tool_calls)
