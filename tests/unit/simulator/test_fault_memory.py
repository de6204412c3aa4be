"""`simulator/fault_memory.py`: servers that remember too much."""

import msgspec
import pytest

from routeproof.clock import SystemClock
from routeproof.simulator.deepseek import DeepSeekProvider
from routeproof.simulator.fault_bodies import json_of
from routeproof.simulator.fault_memory import Remembering
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import HttpRequest, JsonObject
from routeproof.simulator.settings import Kind, ProviderSettings

KEYS = ("sk-sim-first-key", "sk-sim-second-key")


class Server:
    """A provider that may remember."""

    def __init__(self, fault: Fault | None) -> None:
        settings = ProviderSettings(name="p", kind=Kind.DEEPSEEK, keys=KEYS, balance="10.00")
        self.behaviour = Remembering(DeepSeekProvider(settings, SystemClock()))
        self._call = None if fault is None else FaultCall(fault=fault)

    def ask(self, text: str, key: str = KEYS[0], *, stream: bool = False) -> JsonObject:
        """The first JSON object of an answer."""
        body = {"model": "deepseek-flash", "messages": [{"role": "user", "content": text}], "stream": stream}
        return self._send("POST", "/chat/completions", key, msgspec.json.encode(body))

    def get(self, path: str) -> JsonObject:
        """The answer to a GET."""
        return self._send("GET", path, KEYS[0], b"")

    def _send(self, method: str, path: str, key: str, body: bytes) -> JsonObject:
        headers = ((b"authorization", b"Bearer " + key.encode()),)
        reply = self.behaviour.answer(HttpRequest(method, path, "", headers, body), self._call)
        return json_of(reply.pieces[0]) or {}


def hits(answer: JsonObject) -> object:
    """The cached tokens of an answer."""
    usage = answer["usage"]
    assert isinstance(usage, dict)
    return usage["prompt_cache_hit_tokens"]


def test_an_honest_server_remembers_nothing_of_others() -> None:
    """Each answer is its own, and each key has a cache of its own."""
    server = Server(None)
    first, again, other = (server.ask("long " * 100, key) for key in (KEYS[0], KEYS[0], KEYS[1]))

    assert first["id"] != again["id"]
    assert [hits(one) for one in (first, again, other)] == [0, 128, 0]
    assert not {"context", "upstream_key"} & first.keys()


def test_a_replay_is_the_first_answer_with_its_id() -> None:
    """One for streams, and one for whole answers."""
    server = Server(Fault.REPLAY_ANSWER)

    assert server.ask("one") == server.ask("two")
    assert server.ask("one", stream=True)["object"] == "chat.completion.chunk"


def test_a_shared_cache_hits_what_another_key_has_sent() -> None:
    """In whole blocks of 64 tokens."""
    server = Server(Fault.SHARED_CACHE)
    first, other = (server.ask("long " * 100, key) for key in KEYS)

    assert (hits(first), hits(other)) == (0, 128)


def test_a_leak_tells_what_another_key_asked_last() -> None:
    """Never the key's own words."""
    server = Server(Fault.LEAK_TENANT)

    assert "context" not in server.ask("mine")
    assert server.ask("theirs", KEYS[1])["context"] == "mine"


def test_a_leaked_key_is_that_of_the_request() -> None:
    """In the answer's own JSON."""
    assert Server(Fault.LEAK_KEY).ask("one", KEYS[1])["upstream_key"] == KEYS[1]


def test_an_overcharge_takes_a_dollar_for_each_request() -> None:
    """The answers themselves are in order."""
    server = Server(Fault.OVERCHARGE)
    server.ask("one")
    server.ask("two")

    infos = server.get("/user/balance")["balance_infos"]

    assert isinstance(infos, list)
    assert infos[0]["total_balance"] == "8.00"


@pytest.mark.parametrize("fault", [Fault.REPLAY_ANSWER, Fault.SHARED_CACHE, Fault.LEAK_TENANT, Fault.LEAK_KEY])
def test_only_chat_answers_are_touched(fault: Fault) -> None:
    """A list of models stays as it is, and so does a refusal."""
    server, honest = Server(fault), Server(None)
    server.ask("one", KEYS[1])

    assert server.get("/models") == honest.get("/models")
    assert "error" in server.ask("one", "sk-nobody")
