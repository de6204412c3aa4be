"""No key, no prompt and no answer in any log, and nothing of the provider's that is not the client's to see."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from tests.support.raw_client import RawClient, ask, chat, request
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.access.keys import key_digest
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import HttpRequest, Reply, json_reply

PROMPT, ANSWER, TOOL, PROVIDER_TEXT = "canary-prompt-41c9", "canary-answer-8d02", "canary-tool-77aa", "canary-text-5be3"
PROVIDER_HEADER, GUESSED_KEY = "canary-header-93f1", "sk-canary-guess-20bd"
PROVIDER_KEY = SIM_KEYS["deepseek"]
FAULTS = [
    "reset",
    "html_200",
    "gzip_body",
    "empty_body",
    "error_in_200",
    "error_event",
    "cut_mid_event",
    "reset_mid_stream",
    "malformed_chunk",
    "content_length_too_short",
    "huge_line",
    "status_401",
    "status_429",
    "status_500",
    "negative_usage",
    "wrong_model",
]


class Talkative:
    """A provider that repeats what it was sent, key and prompt, in answers, errors and header fields."""

    base_path = ""
    own_faults: frozenset[Fault] = frozenset()

    def __init__(self, status: int) -> None:
        self._status = status

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """Everything it knows."""
        text = f"{PROVIDER_TEXT} {ANSWER} {request.bearer} {request.body.decode()}"
        headers = (
            ("x-request-id", "their-id"),
            ("x-debug", f"{PROVIDER_HEADER} {request.bearer}"),
            ("set-cookie", f"session={PROVIDER_HEADER}"),
            ("www-authenticate", f"Bearer {request.bearer}"),
            ("server", PROVIDER_HEADER),
            ("location", f"http://{PROVIDER_HEADER}/"),
        )
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        error = {"message": text, "type": "t", "param": None, "code": "c"}
        body = {"model": "m", "choices": [choice]} if self._status == 200 else {"error": error}
        return json_reply(self._status, body, headers)

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """The same."""
        return self.answer(request, None)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, at every level and by every logger, or written to standard output and error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    root = logging.getLogger()
    before = root.level, sys.stdout, sys.stderr
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    sys.stdout = sys.stderr = stream
    yield stream
    root.removeHandler(handler)
    level, sys.stdout, sys.stderr = before
    root.setLevel(level)


def secrets(gateway: RunningGateway) -> list[str]:
    """What must not be written anywhere."""
    keys = [gateway.key, gateway.key.split("_")[3], gateway.revoked_key, gateway.revoked_key.split("_")[3]]
    digests = [key_digest(key.encode()).hex() for key in (gateway.key, gateway.revoked_key)]
    canaries = [PROMPT, ANSWER, TOOL, PROVIDER_TEXT, PROVIDER_HEADER, GUESSED_KEY]
    return [*keys, *digests, *canaries, *SIM_KEYS.values(), "sk-sim-other"]


def assert_silent(gateway: RunningGateway, written: io.StringIO) -> None:
    """None of it was written."""
    logging.getLogger("probe").debug("the capture works")
    text = written.getvalue()
    assert "the capture works" in text
    assert [secret for secret in secrets(gateway) if secret in text] == []


def talk(key: str | None, *, stream: bool, model: str = "assistant") -> bytes:
    """A request with a canary wherever a client's text can stand."""
    function = {"name": "f", "description": TOOL, "parameters": {"type": "object", "properties": {}}}
    tools = [{"type": "function", "function": function}]
    return chat(key, PROMPT, model=model, stream=stream, tools=tools, tool_choice="none", metadata={"x": PROMPT})


@pytest.mark.parametrize("stream", [False, True])
def test_the_usual_way_is_silent(written: io.StringIO, stream: bool) -> None:
    """Answers, refused keys, refused bodies, unknown addresses."""
    with RunningGateway() as gateway, RawClient(gateway.port) as client:
        for key in (gateway.key, gateway.revoked_key, GUESSED_KEY, None):
            client.ask(talk(key, stream=stream))
        client.ask(talk(gateway.key, stream=stream, model=PROMPT))
        client.ask(chat(gateway.key, PROMPT, max_tokens=PROMPT))
        client.ask(request("GET", f"/v1/models/{PROMPT}", key=gateway.key))
        client.ask(request("GET", f"/{PROMPT}?key={gateway.key}"))
        client.ask(request("POST", "/v1/chat/completions", key=gateway.key, body=b'{"' + PROMPT.encode()))
        ask(gateway.port, f"BROKEN {PROMPT}\r\nAuthorization: {gateway.key}\r\n\r\n".encode())
    assert_silent(gateway, written)


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_silent(written: io.StringIO, fault: str) -> None:
    """Whatever a provider does, streamed or not, nothing of the exchange is written."""
    with RunningGateway() as gateway:
        for stream in (False, True):
            for provider in ("deepseek", "qwen"):
                gateway.simulator.server(provider).faults.add(fault)
            ask(gateway.port, talk(gateway.key, stream=stream))
    assert_silent(gateway, written)


def test_a_client_that_leaves_is_silent(written: io.StringIO) -> None:
    """In the middle of an answer, and of its own request."""
    with RunningGateway() as gateway:
        gateway.simulator.server("deepseek").faults.add("stall_mid_stream", after_events=2)
        with RawClient(gateway.port) as client:
            client.send(talk(gateway.key, stream=True))
            client.head()
            client.reset()
        gateway.ledger.wait(1)
        with RawClient(gateway.port) as client:
            client.send(talk(gateway.key, stream=True)[:-20])
            client.reset()
    assert_silent(gateway, written)


def test_objects_that_hold_a_secret_do_not_show_it() -> None:
    """Settings, keys, routes and entries, as a traceback or a debugger would print them."""
    with RunningGateway() as gateway:
        assert ask(gateway.port, talk(gateway.key, stream=False)).status == 200
        plane = gateway.plane
        shown = [gateway.key_record, plane.gateway.snapshot.keys, plane.gateway.snapshot, plane._settings, plane.hub]
        text = " ".join(f"{thing!r} {thing!s}" for thing in [*shown, *gateway.ledger.wait(1), *plane._assembly.pools])

    assert [secret for secret in secrets(gateway) if secret in text] == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
def test_an_error_reply_holds_nothing_of_our_credentials(written: io.StringIO, status: int) -> None:
    """A provider's words reach the client; its header fields don't, nor the key that we gave it, wherever it put it."""
    with RunningGateway(behaviours={"deepseek": Talkative(status)}) as gateway:
        answer = ask(gateway.port, talk(gateway.key, stream=False, model="deepseek/deepseek-flash"))
    everything = answer.head.decode() + answer.body.decode()

    assert answer.status == status
    assert PROVIDER_TEXT in answer.body.decode()
    assert PROVIDER_HEADER not in everything
    assert PROVIDER_KEY not in everything
    assert gateway.key not in everything
    assert_silent(gateway, written)


def test_an_answer_brings_none_of_the_providers_header_fields(written: io.StringIO) -> None:
    """Only its content type and its request id."""
    with RunningGateway(behaviours={"other": Talkative(200)}) as gateway:
        answer = ask(gateway.port, talk(gateway.key, stream=False, model="other/m"))

    assert answer.status == 200
    assert set(answer.fields) == {
        "content-type",
        "content-length",
        "x-request-id",
        "x-upstream-request-id",
        "x-routeproof-route",
        "x-routeproof-attempts",
    }
    assert ANSWER in json.loads(answer.body)["choices"][0]["message"]["content"]
    assert_silent(gateway, written)


def test_a_refused_key_is_not_repeated() -> None:
    """Neither a guess nor a revoked key, nor what was asked with it."""
    with RunningGateway() as gateway:
        for key in (GUESSED_KEY, gateway.revoked_key):
            answer = ask(gateway.port, talk(key, stream=False))
            everything = answer.head.decode() + answer.body.decode()
            assert answer.status == 401
            assert key not in everything
            assert PROMPT not in everything
