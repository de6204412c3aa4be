"""Faults of a server that remembers too much: what came before, and from others, shows in what comes next.

Only requests that such a fault strikes are remembered, so a rule that strikes every request sees all of them.
"""

from collections import deque
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus

import msgspec

from routeproof.simulator.caches import BLOCK_TOKENS
from routeproof.simulator.chat import ChatBody, read_chat
from routeproof.simulator.fault_bodies import edited, json_of
from routeproof.simulator.fault_usage import with_hits
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import Behaviour, HttpRequest, JsonObject, Reply
from routeproof.simulator.tokens import BYTES_PER_TOKEN, prompt_parts

MEMORY_FAULTS = frozenset(
    {Fault.REPLAY_ANSWER, Fault.SHARED_CACHE, Fault.LEAK_TENANT, Fault.LEAK_KEY, Fault.OVERCHARGE}
)
PROMPTS_MAX = 256
_BLOCK_BYTES = BLOCK_TOKENS * BYTES_PER_TOKEN
_OVERCHARGE = Decimal("1.00")


class _Asked(msgspec.Struct, frozen=True):
    """A chat request of some key."""

    key: str | None
    model: str
    prompt: bytes
    text: str
    """Of the last user message."""


class Remembering:
    """A behaviour that commits these faults beside its own."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._asked: deque[_Asked] = deque(maxlen=PROMPTS_MAX)
        self._first: dict[bool, Reply] = {}
        self._struck = 0
        self._faults: dict[Fault, Callable[[HttpRequest, ChatBody | None, Reply], Reply]] = {
            Fault.REPLAY_ANSWER: self._replay,
            Fault.SHARED_CACHE: self._share_cache,
            Fault.LEAK_TENANT: self._leak_tenant,
            Fault.LEAK_KEY: self._leak_key,
            Fault.OVERCHARGE: self._overcharge,
        }

    @property
    def base_path(self) -> str:
        """The behaviour's."""
        return self._behaviour.base_path

    @property
    def a_key(self) -> str:
        """The behaviour's."""
        return self._behaviour.a_key

    @property
    def own_faults(self) -> frozenset[Fault]:
        """The behaviour's."""
        return self._behaviour.own_faults

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """The behaviour's reply, changed where the fault is one of these."""
        reply = self._behaviour.answer(request, fault)
        if fault is None or fault.fault not in MEMORY_FAULTS or reply.status != HTTPStatus.OK:
            return reply
        body = _chat_in(request)
        changed = self._faults[fault.fault](request, body, reply)
        if body is not None:
            self._remember(request, body)
        return changed

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """The behaviour's."""
        return self._behaviour.refusal(name, request)

    def _remember(self, request: HttpRequest, body: ChatBody) -> None:
        text = next((message.text() for message in reversed(body.messages) if message.role == "user"), "")
        self._asked.append(_Asked(request.bearer, body.model, _prompt(body), text))

    def _replay(self, _request: HttpRequest, body: ChatBody | None, reply: Reply) -> Reply:
        return reply if body is None else self._first.setdefault(bool(body.stream), reply)

    def _share_cache(self, _request: HttpRequest, body: ChatBody | None, reply: Reply) -> Reply:
        if body is None:
            return reply
        prompt = _prompt(body)
        earlier = (one.prompt for one in self._asked if one.model == body.model)
        hits = max((_common_blocks(prompt, other) * BLOCK_TOKENS for other in earlier), default=0)

        def edit(value: JsonObject) -> JsonObject:
            usage = value.get("usage")
            return {**value, "usage": with_hits(usage, hits)} if isinstance(usage, dict) else value

        return edited(reply, edit)

    def _leak_tenant(self, request: HttpRequest, body: ChatBody | None, reply: Reply) -> Reply:
        others = [one.text for one in self._asked if one.key != request.bearer]
        return reply if body is None or not others else edited(reply, lambda value: {**value, "context": others[-1]})

    def _leak_key(self, request: HttpRequest, body: ChatBody | None, reply: Reply) -> Reply:
        return reply if body is None else edited(reply, lambda value: {**value, "upstream_key": request.bearer})

    def _overcharge(self, _request: HttpRequest, body: ChatBody | None, reply: Reply) -> Reply:
        if body is not None:
            self._struck += 1
            return reply
        infos = (json_of(reply.pieces[0]) or {}).get("balance_infos") if reply.pieces else None
        if not isinstance(infos, list):
            return reply
        taken = self._struck * _OVERCHARGE
        left = [{**info, "total_balance": str(Decimal(info["total_balance"]) - taken)} for info in infos]
        return edited(reply, lambda value: {**value, "balance_infos": left})


def _chat_in(request: HttpRequest) -> ChatBody | None:
    if request.method != "POST":
        return None
    try:
        return read_chat(request.body)
    except msgspec.DecodeError:
        return None


def _prompt(body: ChatBody) -> bytes:
    return b"".join(part.data for part in prompt_parts(body.messages, body.tools))


def _common_blocks(one: bytes, other: bytes) -> int:
    """Whole blocks that both begin with."""
    most = min(len(one), len(other)) // _BLOCK_BYTES
    ends = (block * _BLOCK_BYTES for block in range(1, most + 1))
    return sum(1 for end in ends if one[:end] == other[:end])
