"""What a provider gets of a client's header: nothing. Its head is ours, field by field, and so is its framing."""

import json
from collections.abc import Iterator

import pytest
from tests.support.raw_client import RawClient, ask, chat, chat_body, request
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.simulator.seen import SeenRequest

CANARY = "canary-7f3a"
CLIENT_FIELDS = [
    "User-Agent: their-client/1.0",
    "Accept: text/plain",
    "Accept-Encoding: gzip, br",
    "Accept-Language: de",
    "Cookie: session=" + CANARY,
    "OpenAI-Organization: " + CANARY,
    "X-Api-Key: " + CANARY,
    "X-Stainless-Retry-Count: 2",
    "X-Request-ID: " + CANARY,
    "x-sim-fault: status_500",
    "X-Forwarded-For: 203.0.113.7",
    "Forwarded: for=203.0.113.7",
    "Via: 1.1 somewhere",
    "Connection: keep-alive, x-hop",
    "X-Hop: " + CANARY,
    "Keep-Alive: timeout=5",
    "Proxy-Authorization: Basic " + CANARY,
    "TE: trailers",
    "Trailer: x-late",
    "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "Idempotency-Key: " + CANARY,
    "Content-Language: de",
]
MODELS = {"deepseek": "deepseek/deepseek-flash", "qwen": "qwen/qwen-plus", "newapi": "newapi/qwen-plus"}


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all tests of this file."""
    with RunningGateway() as running:
        yield running


def sent_on(gateway: RunningGateway, provider: str, raw: bytes) -> SeenRequest:
    """The request that a provider got for this one."""
    server = gateway.simulator.server(provider)
    before = server.log.total
    assert ask(gateway.port, raw).status == 200
    assert server.log.total == before + 1
    return server.seen[-1]


@pytest.mark.parametrize("provider", MODELS)
def test_the_head_is_our_own(gateway: RunningGateway, provider: str) -> None:
    """Exactly these fields in this order, whatever the client sent."""
    fields = "".join(f"{line}\r\n" for line in CLIENT_FIELDS)
    seen = sent_on(gateway, provider, chat(gateway.key, model=MODELS[provider], head=fields))
    server = gateway.simulator.server(provider)

    assert seen.path == f"{server.behaviour.base_path}/chat/completions"
    assert [(name.decode(), value.decode()) for name, value in seen.headers] == [
        ("host", server.origin.removeprefix("http://")),
        ("user-agent", "routeproof"),
        ("accept", "application/json, text/event-stream"),
        ("accept-encoding", "identity"),
        ("content-type", "application/json"),
        ("authorization", f"Bearer {SIM_KEYS[provider]}"),
        ("content-length", str(len(seen.body))),
    ]


@pytest.mark.parametrize("provider", MODELS)
def test_the_clients_key_goes_nowhere(gateway: RunningGateway, provider: str) -> None:
    """Neither it nor anything else of the client's head is in what the provider gets."""
    fields = "".join(f"{line}\r\n" for line in CLIENT_FIELDS)
    seen = sent_on(gateway, provider, chat(gateway.key, model=MODELS[provider], head=fields))
    everything = b"".join(name + value for name, value in seen.headers) + seen.body

    assert gateway.key.encode() not in everything
    assert CANARY.encode() not in everything
    assert b"x-" not in b" ".join(name.lower() for name, _ in seen.headers)


def test_a_provider_without_a_key_gets_none() -> None:
    """`api_key = "none"` sends no Authorization field, and not the client's either."""
    more = """
[providers.local]
dialect = "openai"
base_url = "{base_url}"
allow_plain = true
api_key = "none"
"""

    class Local(RunningGateway):
        def config(self) -> str:
            return super().config() + more.format(base_url=self.simulator.base_url("deepseek"))

    with Local() as gateway:
        assert ask(gateway.port, chat(gateway.key, model="local/deepseek-flash")).status == 401
        (seen,) = gateway.simulator.server("deepseek").seen
        assert "authorization" not in [name.decode() for name, _ in seen.headers]


def test_the_query_goes_nowhere(gateway: RunningGateway) -> None:
    """What stands behind the client's path is not sent on."""
    target = "/v1/chat/completions?api-version=1&key=" + CANARY
    seen = sent_on(gateway, "qwen", request("POST", target, key=gateway.key, body=chat_body(model="qwen")))

    assert seen.request.query == ""


def test_a_chunked_body_goes_on_with_a_length(gateway: RunningGateway) -> None:
    """Framing is never passed on: chunks, extensions and trailers end here."""
    body = chat_body(model="qwen/qwen-plus")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:1], body[1:40], body[40:]))
    head = request("POST", "/v1/chat/completions", key=gateway.key, fields="Transfer-Encoding: chunked\r\n")
    seen = sent_on(gateway, "qwen", head + chunks + b"0\r\n\r\n")

    assert json.loads(seen.body) == {**json.loads(body), "model": "qwen-plus"}
    assert (b"content-length", str(len(seen.body)).encode()) in seen.headers
    assert b"transfer-encoding" not in dict(seen.headers)


def test_one_connection_carries_many_clients(gateway: RunningGateway) -> None:
    """A second client's request on a pooled connection has the same head and only its own body."""
    with RawClient(gateway.port) as one, RawClient(gateway.port) as other:
        for client, text in ((one, "first"), (other, "second")):
            assert client.ask(chat(gateway.key, text, model="qwen")).status == 200
    first, second = list(gateway.simulator.server("qwen").seen)[-2:]

    assert first.connection == second.connection
    assert [name for name, _ in first.headers] == [name for name, _ in second.headers]
    assert b"first" in first.body and b"first" not in second.body


def test_a_routes_name_can_not_hold_a_header(gateway: RunningGateway) -> None:
    """A direct route whose model id could not be configured is not offered; nothing is sent, nothing injected."""
    for name in ("deepseek/x\r\nset-cookie: a=b", "deepseek/x y", "deepseek/é", "deepseek/" + "x" * 201, "deepseek/"):
        before = gateway.simulator.server("deepseek").log.total
        answer = ask(gateway.port, chat(gateway.key, model=name))
        assert (answer.status, answer.error["code"]) == (404, "model_not_found")
        assert "set-cookie" not in answer.fields
        assert gateway.simulator.server("deepseek").log.total == before


def test_names_that_clients_made_up_are_not_listed(gateway: RunningGateway) -> None:
    """A direct route that the provider may or may not know is tried, and not shown to other clients."""
    assert ask(gateway.port, chat(gateway.key, model="deepseek/" + CANARY)).status == 400
    listed = ask(gateway.port, request("GET", "/v1/models", key=gateway.key))

    assert listed.status == 200
    assert CANARY.encode() not in listed.body
