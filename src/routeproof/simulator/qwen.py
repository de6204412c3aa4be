"""Qwen on Alibaba Cloud Model Studio (compatible mode), simulated after pages and recordings of 2026."""

from email.utils import formatdate
from urllib.parse import parse_qs

import msgspec

from routeproof.clock import NS_PER_S, Clock
from routeproof.simulator import qwen_classic, qwen_modern
from routeproof.simulator import qwen_errors as errors
from routeproof.simulator import qwen_models as models
from routeproof.simulator.answer import Answer, Budget, answer
from routeproof.simulator.caches import ExplicitCache, PrefixCache
from routeproof.simulator.chat import ChatBody, read_chat
from routeproof.simulator.choices import qwen_problem
from routeproof.simulator.directions import Directions, read_directions
from routeproof.simulator.draws import Draws
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.ranges import QWEN_RANGES, ROLES, first_outside, unknown_role
from routeproof.simulator.reply import DONE, Headers, HttpRequest, RefusedError, Reply, json_reply
from routeproof.simulator.sampling import sampling_of
from routeproof.simulator.settings import ProviderSettings
from routeproof.simulator.tokens import BYTES_PER_TOKEN, PromptPart, prompt_parts

_JSON_WORD_MISSING = (
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
)
CHOICES_MAX = 4
QUOTAS_PAGE_MAX = 100
_HONOURED = frozenset({"temperature", "top_p", "seed", "presence_penalty", "stop"})
"""`frequency_penalty` is not known here; probabilities are given by dated snapshots only, of which there are none."""


class _Turn(msgspec.Struct, frozen=True):
    """A chat request and what was made of it."""

    body: ChatBody
    model: models.QwenModel
    directions: Directions
    thinking: bool
    request_id: str
    headers: Headers


class QwenProvider:
    """Answers HTTP requests as dashscope's compatible mode would. Holds prompt caches; knows no socket."""

    base_path = "/compatible-mode/v1"
    own_faults: frozenset[Fault] = frozenset()

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._implicit = PrefixCache()
        self._explicit = ExplicitCache()
        self._served = 0

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:  # noqa: ARG002 - has none of its own
        """The reply to a request."""
        request_id, headers = self._headers()
        if request.bearer not in self._settings.keys:
            return errors.auth_failed(request.bearer, request_id, headers)
        if (request.method, request.path) == ("GET", f"{self.base_path}/models"):
            return json_reply(200, models.listed(), headers)
        if (request.method, request.path) == ("GET", "/api/v1/quotas"):
            return _quotas(request.query, request_id, headers)
        if (request.method, request.path) != ("POST", f"{self.base_path}/chat/completions"):
            return errors.error(404, "Not found", "not_found", request_id, headers)
        try:
            return self._chat(request, request_id, headers)
        except RefusedError as refused:
            return refused.reply

    @property
    def a_key(self) -> str:
        """The first of those that it accepts."""
        return self._settings.keys[0] if self._settings.keys else ""

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """An error reply in Model Studio's words. An unpaid account is a 400 here, and no 402 exists."""
        request_id, headers = self._headers()
        if name == "billing":
            return errors.arrearage(request_id, headers)
        if name == "content_policy":
            return errors.inspection_failed(f"chatcmpl-{request_id}", headers, stream=_asks_for_stream(request))
        if name == "context_length":
            return self._too_long(request_id, headers)
        return errors.of_status(int(name.removeprefix("status_")), request_id, headers)

    def _chat(self, request: HttpRequest, request_id: str, headers: Headers) -> Reply:
        turn = self._turn(request, request_id, headers)
        problem = _problem(turn)
        if problem is not None:
            raise RefusedError(errors.invalid_parameter(problem, request_id, headers))
        preserve = turn.body.preserve_thinking
        with_reasoning = turn.model.preserves if preserve is None else preserve
        parts = prompt_parts(turn.body.messages, turn.body.tools, with_reasoning=with_reasoning)
        prompt_tokens = sum(len(part.data) for part in parts) // BYTES_PER_TOKEN
        if prompt_tokens > self._context_tokens:
            raise RefusedError(self._too_long(request_id, headers))
        answers = self._answers(turn)
        family = qwen_modern if turn.model.modern else qwen_classic
        usage = family.usage_of(
            answers, prompt_tokens, self._cache_details(f"{turn.model.name} {request.bearer}", parts)
        )
        return self._reply(turn, answers, usage)

    def _turn(self, request: HttpRequest, request_id: str, headers: Headers) -> _Turn:
        try:
            body = read_chat(request.body)
        except msgspec.DecodeError as error:
            raise RefusedError(errors.invalid_parameter(str(error), request_id, headers)) from error
        model = models.MODELS.get(body.model)
        if model is None:
            raise RefusedError(errors.unknown_model(body.model, request_id, headers))
        if body.enable_thinking is True and not body.stream and not model.thinks_unstreamed:
            text = "parameter.enable_thinking must be set to false for non-streaming calls"
            raise RefusedError(errors.error(400, text, "invalid_parameter_error", request_id, headers))
        directions = read_directions(body.messages)
        thinking = _thinks(body, model) or directions.reasoning
        return _Turn(body, model, directions, thinking, request_id, headers)

    def _answers(self, turn: _Turn) -> list[Answer]:
        body = turn.body
        budget = Budget(total=body.max_completion_tokens, content=body.max_tokens, reasoning=body.thinking_budget)
        return [
            answer(
                body,
                turn.directions,
                seed=self._settings.seed,
                choice=choice,
                thinking=turn.thinking,
                budget=budget,
                sampling=sampling_of(body, _HONOURED, self._served),
            )
            for choice in range(body.n or 1)
        ]

    def _reply(self, turn: _Turn, answers: list[Answer], usage: dict[str, object]) -> Reply:
        draws = Draws("qwen ids", self._settings.seed, self._served)
        call_ids = [[f"call_{draws.hex(22)}" for _ in one.tool_uses] for one in answers]
        created = self._clock.wall_ns() // NS_PER_S
        shape_class = qwen_modern.ModernShape if turn.model.modern else qwen_classic.ClassicShape
        shape = shape_class(f"chatcmpl-{draws.uuid()}", created, turn.model.name, call_ids)
        if not turn.body.stream:
            return json_reply(200, shape.completion(answers, usage), turn.headers)
        closing = (shape.usage_chunk(usage), DONE) if turn.body.wants_usage_chunk else (DONE,)
        headers = (("content-type", "text/event-stream;charset=UTF-8"), *turn.headers)
        return Reply(200, headers, (*shape.stream(answers, thinking=turn.thinking), *closing), chunked=True)

    def _cache_details(self, scope: str, parts: list[PromptPart]) -> dict[str, object]:
        """One cache or the other for a request; only the explicit one says its type."""
        if not any(part.marked for part in parts):
            return {"cached_tokens": self._implicit.hit_and_store(scope, parts)}
        use = self._explicit.use(scope, parts, self._clock.wall_ns())
        return {
            "cached_tokens": use.hit,
            "cache_type": "ephemeral",
            "cache_creation_input_tokens": use.created,
            "cache_creation": {"ephemeral_5m_input_tokens": use.created},
        }

    def _too_long(self, request_id: str, headers: Headers) -> Reply:
        detail = f"Range of input length should be [1, {self._context_tokens}]"
        return errors.invalid_parameter(detail, request_id, headers)

    @property
    def _context_tokens(self) -> int:
        return self._settings.context_tokens or models.CONTEXT_TOKENS

    def _headers(self) -> tuple[str, Headers]:
        """A request id, and the headers of every reply but `content-type`; counts the reply."""
        self._served += 1
        request_id = Draws("qwen request", self._settings.seed, self._served).uuid()
        now_ns = self._clock.wall_ns()
        now_ms = str(now_ns // 1_000_000)
        return request_id, (
            ("vary", "Origin,Access-Control-Request-Method,Access-Control-Request-Headers, Accept-Encoding"),
            ("x-request-id", request_id),
            ("x-dashscope-call-gateway", "true"),
            ("req-cost-time", "0"),
            ("req-arrive-time", now_ms),
            ("resp-start-time", now_ms),
            ("x-envoy-upstream-service-time", "0"),
            ("date", formatdate(now_ns // NS_PER_S, usegmt=True)),
            ("server", "istio-envoy"),
        )


def _quotas(query: str, request_id: str, headers: Headers) -> Reply:
    """A page of 1 to 100 models, 20 unless asked."""
    asked = {name: int(values[0]) for name, values in parse_qs(query).items() if values[0].isdecimal()}
    page, size = max(1, asked.get("page_no", 1)), max(1, asked.get("page_size", 20))
    if size > QUOTAS_PAGE_MAX:
        body = {"code": "InvalidParameter", "message": "Pagination parameter page_size exceeds the length limit"}
        return json_reply(400, {**body, "request_id": request_id}, headers)
    return json_reply(200, models.quotas(page, size, request_id), headers)


def _asks_for_stream(request: HttpRequest) -> bool:
    try:
        return bool(read_chat(request.body).stream)
    except msgspec.DecodeError:
        return False


def _thinks(body: ChatBody, model: models.QwenModel) -> bool:
    """`enable_thinking` decides, then the effort where the model reads it, then the model.

    DeepSeek's `thinking` is not read.
    """
    if isinstance(body.enable_thinking, bool):
        return body.enable_thinking
    return model.thinks and not (model.reads_effort and body.reasoning_effort == "none")


def _invalid_value(body: ChatBody) -> str | None:
    outside = first_outside(body, QWEN_RANGES)
    if outside is not None:
        return f"Range of {outside[0]} should be {outside[1]}"
    if not 1 <= (1 if body.n is None else body.n) <= CHOICES_MAX:
        return f"Range of n should be [1, {CHOICES_MAX}]"
    if not body.messages:
        return "[] is too short - 'messages'"
    role = unknown_role(body, ROLES)
    return None if role is None else f"'{role}' is not one of the roles that a message may have - 'messages.role'"


def _problem(turn: _Turn) -> str | None:
    body, model = turn.body, turn.model
    invalid = _invalid_value(body)
    if invalid is not None:
        return invalid
    unfit = qwen_problem(body, thinking=turn.thinking)
    if unfit is not None:
        return unfit
    if body.response_format is None or not body.wants_json:
        return None
    if body.response_format.type == "json_schema" and not model.schema:
        return f"'response_format' of type 'json_schema' is not supported by model {model.name}."
    if body.enable_thinking is True:
        return "Json mode response is not supported when enable_thinking is true"
    plain = body.response_format.type == "json_object"
    return _JSON_WORD_MISSING if plain and not body.mentions_json() else None
