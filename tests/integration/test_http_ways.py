"""The ways of HTTP/1.x that clients may use: pipelines, kept connections, 1.0, waiting for 100, HEAD, other methods."""

import json
from collections.abc import Iterator

import pytest
from tests.support.raw_client import Answer, RawClient, ask, chat, chat_body, request
from tests.support.running_gateway import RunningGateway

DEEPSEEK = "deepseek/deepseek-flash"
QUIET = {"thinking": {"type": "disabled"}}
LATE = "[[sim:stall_before_headers]][[sim:seconds=0.1]]"


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all ways."""
    with RunningGateway() as running:
        yield running


def old_chat(gateway: RunningGateway, *, head: str = "", stream: bool = False, text: str = "hello") -> bytes:
    """A chat request of HTTP/1.0, without a Host."""
    raw = chat(gateway.key, text, model=DEEPSEEK, stream=stream, head=head, **QUIET)
    return raw.replace(b"HTTP/1.1\r\nHost: gateway.test", b"HTTP/1.0")


def test_a_pipeline_is_answered_in_order(gateway: RunningGateway) -> None:
    """Six requests in one piece, the first the slowest: each gets its own answer, in the order of asking."""
    texts = [LATE, "one", "two", "three"]
    alone = [ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, **QUIET)).text for text in texts]
    with RawClient(gateway.port) as client:
        requests = [chat(gateway.key, text, model=DEEPSEEK, **QUIET) for text in texts]
        client.send(requests[0] + request("GET", "/healthz") + b"".join(requests[1:]) + request("GET", "/nowhere"))
        answers = [client.answer() for _ in range(6)]

    assert [answer.status for answer in answers] == [200, 200, 200, 200, 200, 404]
    assert answers[1].body == b'{"status":"ok"}'
    assert [answers[index].text for index in (0, 2, 3, 4)] == alone


def test_a_pipeline_of_streams(gateway: RunningGateway) -> None:
    """The second stream begins where the first one ends."""
    with RawClient(gateway.port) as client:
        client.send(chat(gateway.key, "[[sim:events=9]]", model=DEEPSEEK, stream=True, **QUIET) * 3)
        streams = [client.answer() for _ in range(3)]

    assert [stream.events.count(b"[DONE]") for stream in streams] == [1, 1, 1]
    assert len({stream.text for stream in streams}) == 1
    assert len({stream.fields["x-request-id"] for stream in streams}) == 3


def test_a_pipeline_behind_a_broken_stream(gateway: RunningGateway) -> None:
    """After a break the connection ends: what was asked behind it is not answered, and never sent."""
    log = gateway.simulator.server("deepseek").log
    before = log.total
    with RawClient(gateway.port) as client:
        broken = chat(gateway.key, "[[sim:cut_mid_event]][[sim:event_interval_ms=4]]", model=DEEPSEEK, stream=True)
        client.send(broken + chat(gateway.key, "never", model=DEEPSEEK))
        answer = client.answer()
        assert client.rest() == b""

    assert answer.error_event is not None
    assert log.total == before + 1


@pytest.mark.parametrize("stream", [False, True])
def test_an_offer_to_speak_http_2_is_passed_over(gateway: RunningGateway, stream: bool) -> None:
    """As RFC 9110 7.8 allows: the answer is HTTP/1.1, the provider hears of none of it, and the connection goes on."""
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
    log = gateway.simulator.server("deepseek").log
    before = log.total
    with RawClient(gateway.port) as client:
        first = client.ask(chat(gateway.key, model=DEEPSEEK, stream=stream, head=offer, **QUIET))
        second = client.ask(chat(gateway.key, model=DEEPSEEK, stream=stream, **QUIET))
    sent = {name for name, _ in log.get(before).headers}

    assert (first.status, second.status, first.text) == (200, 200, second.text)
    assert (first.fields.get("upgrade"), first.fields.get("connection", "keep-alive")) == (None, "keep-alive")
    assert not sent & {b"connection", b"upgrade", b"http2-settings"}
    assert log.total == before + 2


def test_a_kept_connection_carries_requests_of_all_kinds(gateway: RunningGateway) -> None:
    """Plain, streamed, refused and unknown ones follow each other on one connection."""
    with RawClient(gateway.port) as client:
        statuses = [
            client.ask(raw).status
            for raw in (
                chat(gateway.key, model=DEEPSEEK),
                chat("rp_live_wrong", model=DEEPSEEK),
                chat(gateway.key, model=DEEPSEEK, stream=True),
                chat(gateway.key, model="no such model"),
                chat(gateway.key, "[[sim:status_429]]", model=DEEPSEEK),
                request("GET", "/v1/models", key=gateway.key),
                request("DELETE", "/v1/models", key=gateway.key),
                chat(gateway.key, model=DEEPSEEK),
            )
        ]

    assert statuses == [200, 401, 200, 404, 429, 200, 405, 200]


# -- HTTP/1.0


def test_a_plain_answer_over_http_1_0(gateway: RunningGateway) -> None:
    """It has a length, and the connection ends behind it."""
    with RawClient(gateway.port) as client:
        answer = client.ask(old_chat(gateway))
        assert (client.rest(), client.ended) == (b"", "eof")

    assert (answer.status, answer.complete, answer.fields["connection"]) == (200, True, "close")


@pytest.mark.parametrize("head", ["", "Connection: keep-alive\r\n"])
def test_a_stream_over_http_1_0(gateway: RunningGateway, head: str) -> None:
    """It comes without chunks, and the connection's end is its end."""
    whole = ask(gateway.port, chat(gateway.key, "[[sim:events=9]]", model=DEEPSEEK, stream=True, **QUIET))
    with RawClient(gateway.port) as client:
        answer = client.ask(old_chat(gateway, head=head, stream=True, text="[[sim:events=9]]"))

    assert "transfer-encoding" not in answer.fields
    assert (answer.fields["connection"], answer.complete) == ("close", True)
    assert (answer.text, answer.events[-1]) == (whole.text, b"[DONE]")


def test_a_broken_stream_over_http_1_0(gateway: RunningGateway) -> None:
    """Without framing of its own it shows its break by the error event."""
    text = "[[sim:cut_mid_event]][[sim:event_interval_ms=4]]"
    answer = ask(gateway.port, old_chat(gateway, stream=True, text=text))

    assert answer.error_event is not None
    assert b"[DONE]" not in answer.events


def test_a_kept_connection_over_http_1_0(gateway: RunningGateway) -> None:
    """It is kept where the client asks for that."""
    with RawClient(gateway.port) as client:
        asked = old_chat(gateway, head="Connection: Keep-Alive\r\n")
        assert [client.ask(asked).status for _ in range(2)] == [200, 200]


# -- Expect


def expecting(gateway: RunningGateway, key: str | None = None) -> tuple[bytes, bytes]:
    """The head of a request that waits to be asked for its body, and the body."""
    raw = chat(key or gateway.key, model=DEEPSEEK, head="Expect: 100-continue\r\n")
    head, mark, body = raw.partition(b"\r\n\r\n")
    return head + mark, body


def test_a_body_is_asked_for(gateway: RunningGateway) -> None:
    """The client is told to go on, once, and then answered."""
    head, body = expecting(gateway)
    with RawClient(gateway.port) as client:
        client.send(head)
        assert client.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(body[:10])
        gateway.turn()
        client.send(body[10:])
        assert client.head().startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_body_that_would_be_refused_is_not_asked_for(gateway: RunningGateway) -> None:
    """A wrong key is answered without the body, and the connection ends."""
    head, _ = expecting(gateway, "rp_live_wrong")
    with RawClient(gateway.port) as client:
        client.send(head)
        assert client.head().startswith(b"HTTP/1.1 401 ")


def test_http_1_0_is_not_told_to_go_on(gateway: RunningGateway) -> None:
    """A 1.0 client would take an interim answer for the final one (RFC 9110 10.1.1)."""
    head, body = expecting(gateway)
    with RawClient(gateway.port) as client:
        client.send(head.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        gateway.turn()
        client.send(body)
        assert client.head().startswith(b"HTTP/1.1 200 OK\r\n")


# -- HEAD and other methods


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/v1/models", "/v1/models/assistant", "/nowhere"])
def test_head_is_get_without_a_body(gateway: RunningGateway, target: str) -> None:
    """The same status and length, and not a byte more; the connection goes on."""
    with RawClient(gateway.port) as client:
        got = client.ask(request("GET", target, key=gateway.key))
        head = client.ask(request("HEAD", target, key=gateway.key))
        after = client.ask(request("GET", "/healthz"))

    assert (head.status, head.fields) == (got.status, got.fields)
    assert int(head.fields["content-length"]) == len(got.body) > 0
    assert after.body == b'{"status":"ok"}'


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("HEAD", "/v1/chat/completions", "POST"),
        ("OPTIONS", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("DELETE", "/v1/models/assistant", "GET, HEAD"),
        ("PUT", "/healthz", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_ones_there_are(
    gateway: RunningGateway, method: str, target: str, allow: str
) -> None:
    """405, with what is allowed."""
    answer = ask(gateway.port, request(method, target, key=gateway.key))

    assert (answer.status, answer.fields["allow"]) == (405, allow)
    assert method == "HEAD" or answer.error["code"] == "method_not_allowed"


def models(answer: Answer) -> list[str]:
    """The ids of a list of models."""
    return [row["id"] for row in json.loads(answer.body)["data"]]


def test_a_model_may_have_a_slash_in_its_name(gateway: RunningGateway) -> None:
    """As routes have; clients write it plainly or encoded."""
    listed = models(ask(gateway.port, request("GET", "/v1/models", key=gateway.key)))
    assert DEEPSEEK in listed
    for target in (f"/v1/models/{DEEPSEEK}", f"/v1/models/{DEEPSEEK.replace('/', '%2F')}"):
        answer = ask(gateway.port, request("GET", target, key=gateway.key))
        assert (answer.status, json.loads(answer.body)["id"]) == (200, DEEPSEEK)


def test_a_body_in_chunks_of_any_size(gateway: RunningGateway) -> None:
    """What reaches the provider is the body itself, with its length."""
    body = chat_body("hello", model=DEEPSEEK)
    fields = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    head = request("POST", "/v1/chat/completions", key=gateway.key, fields=fields)
    for size in (1, 7, 4_096):
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
        assert ask(gateway.port, head + chunks + b"0\r\n\r\n").status == 200
        seen = gateway.simulator.server("deepseek").seen[-1]
        assert dict(seen.headers)[b"content-length"] == b"%d" % len(seen.body)
        assert json.loads(seen.body)["messages"] == json.loads(body)["messages"]
