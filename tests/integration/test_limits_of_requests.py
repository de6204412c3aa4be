"""Every bound on what a client may send and how long it may take, each by its name."""

import json
import socket

import pytest
from tests.support.inside import held_bytes, swept, unsent_bytes
from tests.support.raw_client import RawClient, ask, chat, chat_body, request, several
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

HEALTH = request("GET", "/healthz")
SLOWLY = "[[sim:stall_before_headers]][[sim:seconds=0.4]]"


def padded(size: int) -> bytes:
    """A head of exactly that many bytes, in lines of at most a hundred."""
    head = HEALTH[:-2]
    while size - len(head) - 2 > 110:
        head += b"X-A: " + b"a" * 93 + b"\r\n"
    return head + b"X-A: " + b"a" * (size - len(head) - 9) + b"\r\n\r\n"


def test_header_bytes_max() -> None:
    """A head of exactly the limit is read; one byte more is answered 431."""
    with RunningGateway(limits="header_bytes_max = 2_000\nheader_line_bytes_max = 1_000") as gateway:
        assert len(padded(2_000)) == 2_000
        assert ask(gateway.port, padded(2_000)).status == 200
        assert ask(gateway.port, padded(2_001)).status == 431


def test_header_fields_max() -> None:
    """As many fields as the limit are read; one more is answered 431."""
    with RunningGateway(limits="header_fields_max = 5") as gateway:
        answers = [ask(gateway.port, request("GET", "/healthz", fields="X-A: 1\r\n" * more)) for more in (4, 5)]

    assert [answer.status for answer in answers] == [200, 431]


def test_header_line_bytes_max() -> None:
    """A line of the limit is read; a longer field is answered 431, a longer request line 414."""
    with RunningGateway(limits="header_line_bytes_max = 300") as gateway:
        fields = [request("GET", "/healthz", fields=f"X-A: {'a' * size}\r\n") for size in (295, 296)]
        lines = [request("GET", f"/healthz?{'a' * size}") for size in (300 - len("GET /healthz? HTTP/1.1"), 300)]
        statuses = [ask(gateway.port, raw).status for raw in (*fields, *lines)]

    assert statuses == [200, 431, 200, 414]


def test_header_deadline_s() -> None:
    """A head that is begun and not ended is answered 408, and the connection ends."""
    with RunningGateway(limits="header_deadline_s = 0.1") as gateway, RawClient(gateway.port) as client:
        client.send(HEALTH[:-2])
        answer = client.answer()
        assert (answer.status, answer.error["code"]) == (408, "request_timeout")
        assert client.rest() == b""


def test_header_rate_min_bytes_per_s() -> None:
    """A head that arrives below the rate is answered 408 long before its deadline."""
    limits = "header_deadline_s = 3_600\nheader_rate_min_bytes_per_s = 100_000"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port) as client:
        client.send(HEALTH[:-2])
        assert client.answer().status == 408


def test_a_quick_head_is_not_held_to_the_rate() -> None:
    """The rate binds only after a second: who is done before may be as slow as any."""
    limits = "header_deadline_s = 3_600\nheader_rate_min_bytes_per_s = 1_000_000"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port) as client:
        client.send(HEALTH[:-2])
        gateway.turn()
        client.send(b"\r\n")
        assert client.answer().status == 200


@pytest.mark.parametrize("head", ["", "Expect: 100-continue\r\n"])
def test_body_bytes_max(head: str) -> None:
    """A declared body over the limit is answered 413 before a byte of it is sent."""
    with RunningGateway(limits="body_bytes_max = 1_000\nbody_bytes_max_unauthenticated = 500") as gateway:
        whole = chat(gateway.key, "a" * 2_000, head=head)
        with RawClient(gateway.port) as client:
            answer = client.ask(whole[: whole.index(b"\r\n\r\n") + 4])
            assert (answer.status, answer.error["code"]) == (413, "request_too_large")
            assert client.rest() == b""


def test_body_bytes_max_of_chunks() -> None:
    """Chunks that add up to more than the limit are answered 413 as soon as one says so; up to it they are taken."""
    body = chat_body("a" * 900)
    with RunningGateway(limits=f"body_bytes_max = {len(body)}\nbody_bytes_max_unauthenticated = 500") as gateway:
        fields = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        head = request("POST", "/v1/chat/completions", key=gateway.key, fields=fields)
        first = head + b"%x\r\n%b\r\n" % (500, body[:500])
        rest = b"%x\r\n%b\r\n" % (len(body) - 500, body[500:])
        assert ask(gateway.port, first + rest + b"0\r\n\r\n").status == 200
        assert ask(gateway.port, first + rest + b"1\r\n").status == 413


def test_body_bytes_max_unauthenticated() -> None:
    """A larger body is not waited for until the key has been checked; a smaller one is."""
    with RunningGateway(limits="body_bytes_max_unauthenticated = 200") as gateway:
        for key, text in (("rp_live_wrong", "a" * 300), (None, "a" * 300), ("rp_live_wrong", "a")):
            whole = chat(key, text)
            cut = len(whole) if len(text) == 1 else whole.index(b"\r\n\r\n") + 4
            answer = ask(gateway.port, whole[:cut])
            assert (answer.status, answer.error["code"]) == (401, "invalid_api_key")
        assert ask(gateway.port, chat(gateway.key, "a" * 300)).status == 200


def test_body_rate_grace_s() -> None:
    """Within the grace any rate will do; after it a body below the rate is answered 408."""
    rate = "body_rate_min_bytes_per_s = 1_000_000"
    for grace_s, status in (("3_600", 200), ("0.1", 408)):
        with RunningGateway(limits=f"body_rate_grace_s = {grace_s}\n{rate}") as gateway:
            whole = chat(gateway.key)
            with RawClient(gateway.port) as client:
                client.send(whole[:-1])
                gateway.turn()
                client.send(whole[-1:] if status == 200 else b"")
                assert client.answer().status == status


def test_body_rate_min_bytes_per_s() -> None:
    """A body above the rate is waited for after the grace, too."""
    limits = "body_rate_grace_s = 0.02\nbody_rate_min_bytes_per_s = 1"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port) as client:
        whole = chat(gateway.key)
        client.send(whole[:-1])
        until(swept(gateway, 5), "a look at the deadlines after the grace")
        client.send(whole[-1:])
        assert client.answer().status == 200


def test_json_depth_max() -> None:
    """A body that nests as deep as the limit is taken; one level more is answered 400."""
    with RunningGateway(limits="json_depth_max = 6") as gateway:
        answers = [ask(gateway.port, chat(gateway.key, deep=json.loads("[" * n + "]" * n))) for n in (5, 6)]

    assert [answer.status for answer in answers] == [200, 400]
    assert answers[1].error["code"] == "invalid_body"


def test_idle_keepalive_s() -> None:
    """A connection without a request is closed after this long, silently; before, it serves."""
    with RunningGateway(limits="idle_keepalive_s = 0.2") as gateway, RawClient(gateway.port) as client:
        assert [client.ask(HEALTH).status for _ in range(2)] == [200, 200]
        assert (client.rest(), client.ended) == (b"", "eof")


def test_connections_max() -> None:
    """One connection more is closed at once; when one leaves there is room again."""
    with RunningGateway(limits="connections_max = 3") as gateway, several(gateway.port, 3) as clients:
        assert [client.ask(HEALTH).status for client in clients] == [200] * 3
        with RawClient(gateway.port) as surplus, pytest.raises(ConnectionError):
            surplus.ask(HEALTH)
        assert gateway.plane.listener.refused == 1
        clients.pop().socket.close()
        until(lambda: gateway.plane.listener.open_connections == 2, "room for another")
        assert ask(gateway.port, HEALTH).status == 200


def swallowed(gateway: RunningGateway, client: RawClient, data: bytes, most: int) -> int:
    """How many bytes of the repeated data go out before nobody takes any more."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    client.socket.setblocking(False)
    data *= 65_536 // len(data)
    sent, in_vain = 0, 0
    while sent < most and in_vain < 50:
        try:
            sent += client.socket.send(data[sent % len(data) :])
            in_vain = 0
        except BlockingIOError:
            in_vain += 1
            gateway.turn()
    client.socket.settimeout(15)
    return sent


def test_pipeline_bytes_max() -> None:
    """While a request is answered no more than this is read of those behind it, and none of them is lost."""
    with RunningGateway(limits="pipeline_bytes_max = 1_000") as gateway, RawClient(gateway.port) as client:
        client.send(chat(gateway.key, SLOWLY))
        sent = swallowed(gateway, client, HEALTH, 40_000_000)
        assert sent < 20_000_000  # what the sockets' own buffers hold
        client.send(HEALTH[sent % len(HEALTH) :])
        wanted = 1 + -(-sent // len(HEALTH))
        assert [client.answer().status for _ in range(wanted)] == [200] * wanted


def test_pipeline_bytes_max_while_requests_are_answered() -> None:
    """What is held of the requests behind stays bounded however many of them have been answered."""
    with RunningGateway(limits="pipeline_bytes_max = 1_000") as gateway, RawClient(gateway.port) as client:
        wanted = 600
        client.send(chat(gateway.key) * wanted + HEALTH * 20_000)
        held = 0
        for _ in range(wanted):
            assert client.answer().status == 200
            held = max(held, held_bytes(gateway))
    assert 0 < held < 300_000  # the limit, and what one read may bring


def test_a_client_that_does_not_read_is_not_read_either() -> None:
    """Requests behind answers that nobody takes wait, so that answers can't pile up; each is answered in the end."""
    with RunningGateway() as gateway, RawClient(gateway.port, receive_bytes=4_096) as client:
        one = ask(gateway.port, HEALTH)
        sent = swallowed(gateway, client, HEALTH, 40_000_000)
        assert sent < 20_000_000
        assert unsent_bytes(gateway) < 200_000
        wanted = -(-sent // len(HEALTH))
        size = len(one.head) + len(one.body)
        assert client.take(size * (wanted - 1)).count(one.head) == wanted - 1
        client.send(HEALTH[sent % len(HEALTH) :])
        assert client.answer().status == 200
