"""Every bound on what of an answer is held, relayed and waited for, each by its name."""

from collections.abc import Iterator

import pytest
from tests.support.inside import swept, unsent_bytes
from tests.support.raw_client import RawClient, ask, chat
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.simulator.faults import FaultCall
from routeproof.simulator.reply import HttpRequest, Piece, PieceKind, Reply

DEEPSEEK = "deepseek/deepseek-flash"
JSON = (("content-type", "application/json"),)
ENDLESS = "[[sim:bytes=24000000]][[sim:events=2400]]"


def stalled_stream(gateway: RunningGateway, client: RawClient) -> None:
    """Ask for a long stream, read its head, and wait until the provider can send no more of it."""
    client.send(chat(gateway.key, ENDLESS, model=DEEPSEEK, stream=True, head="Connection: close\r\n"))
    client.head()
    seen = gateway.simulator.server("deepseek").seen
    last, same = -1, 0
    while same < 30:
        gateway.turn()
        now = seen[-1].response_bytes
        last, same = now, same + 1 if now == last else 0


def test_event_bytes_max() -> None:
    """An event up to the limit passes; a larger one ends the stream with an error event."""
    with RunningGateway(limits="event_bytes_max = 300_000") as gateway:
        words = [f"[[sim:big_event]][[sim:count={size}]][[sim:event_interval_ms=4]]" for size in (290_000, 900_000)]
        fits, too_large = (ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=True)) for text in words)

    assert (fits.complete, fits.events[-1]) == (True, b"[DONE]")
    assert max(map(len, fits.events)) > 280_000
    assert not too_large.complete
    assert too_large.error_event is not None
    assert too_large.error_event["code"] == "upstream_event_too_large"


def test_event_bytes_max_of_an_event_without_end() -> None:
    """Megabytes without a line end are not gathered."""
    with RunningGateway(limits="event_bytes_max = 20_000") as gateway:
        text = "[[sim:huge_line]][[sim:count=24000000]][[sim:event_interval_ms=4]]"
        answer = ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=True))
        seen = gateway.simulator.server("deepseek").seen[-1]
        until(lambda: seen.client_gone, "the provider's end")
        assert seen.response_bytes < 20_000_000  # what the sockets' own buffers hold

    assert not answer.complete
    assert answer.body.count(b"x") < 20_000


def test_stream_high_water_bytes() -> None:
    """Once this much waits for a client the provider is read no further, until the client goes on reading."""
    with RunningGateway(limits="stream_high_water_bytes = 16_384") as gateway:
        with RawClient(gateway.port, receive_bytes=4_096) as client:
            stalled_stream(gateway, client)
            sent = gateway.simulator.server("deepseek").seen[-1].response_bytes
            assert sent < 20_000_000  # what the sockets' own buffers hold, of 24 MB
            assert 0 < unsent_bytes(gateway) < 16_384 + 300_000  # the mark, and what one read may bring
            rest = client.rest_of_chunks()
        (entry,) = gateway.ledger.wait(1)

    assert rest.complete
    assert rest.events[-1] == b"[DONE]"
    assert len(rest.body) > 24_000_000
    assert entry.exchange.outcome == "ok"


def test_client_drain_window_s() -> None:
    """A client that takes nothing for this long is closed, its provider let go, its row written."""
    limits = "stream_high_water_bytes = 16_384\nclient_drain_window_s = 0.1"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port, receive_bytes=4_096) as client:
        stalled_stream(gateway, client)
        (entry,) = gateway.ledger.wait(1)
        server = gateway.simulator.server("deepseek")
        until(lambda: server.seen[-1].client_gone, "the provider's end")

    assert (entry.exchange.outcome, entry.exchange.cost_nanousd) == ("cancelled", None)


def test_client_drain_min_bytes_per_s() -> None:
    """A client that takes its answer slowly, but faster than this, is kept."""
    limits = "stream_high_water_bytes = 16_384\nclient_drain_window_s = 0.5\nclient_drain_min_bytes_per_s = 1"
    with RunningGateway(limits=limits) as gateway, RawClient(gateway.port, receive_bytes=4_096) as client:
        stalled_stream(gateway, client)
        for _ in range(30):
            client.take(300_000)
            until(swept(gateway, 1), "a look at the drain rate")
        assert client.rest().endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


def test_response_bytes_buffered_max() -> None:
    """A plain answer up to this is read for its usage; a longer one is relayed whole, its usage unknown."""
    limits = "stream_high_water_bytes = 1_000\nresponse_bytes_buffered_max = 5_000"
    texts = [f"[[sim:bytes={size}]][[sim:single_bytes]]" for size in (2_000, 10_000)]
    with RunningGateway(limits=limits) as gateway:
        answers = [ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK)) for text in texts]
        rows = [gateway.ledger.entry(answer.fields["x-request-id"]).attempts[0] for answer in answers]

    assert [answer.complete for answer in answers] == [True, True]
    assert [len(answer.text.encode()) for answer in answers] == [2_000, 10_000]
    assert rows[0].cost_nanousd is not None
    assert (rows[1].cost_nanousd, rows[1].cost_note) == (None, "usage_missing")


@pytest.mark.parametrize("size", [100, 600, 2_000])
def test_response_bytes_buffered_max_below_the_high_water(size: int) -> None:
    """Not a byte is lost where less may be kept than is held before the first byte goes out."""
    limits = "stream_high_water_bytes = 3_000\nresponse_bytes_buffered_max = 1_000"
    body = b'{"model":"any","choices":[],"pad":"%b","usage":{"prompt_tokens":1}}' % (b"a" * size * 3)
    pieces = (body[:size], body[size : 2 * size], body[2 * size :])
    reply = Reply(200, JSON, tuple(Piece(piece, PieceKind.BODY, 0.02) for piece in pieces), chunked=True)
    with RunningGateway(limits=limits, behaviours={"odd": Misbehaving(reply)}) as gateway:
        answer = ask(gateway.port, chat(gateway.key, model="odd/any"))
        row = gateway.ledger.entry(answer.fields["x-request-id"]).attempts[0]

    assert (answer.complete, answer.body) == (True, body)
    assert (row.usage_raw is None) == (len(body) > 1_000)


def test_a_blank_inside_an_answer_is_no_keep_alive() -> None:
    """Only blanks before the answer are passed on at once; one inside it commits to nothing."""
    pieces = (b'{"model":"any",', b" ", b'"cho')
    reply = Reply(200, JSON, tuple(Piece(piece, PieceKind.BODY, 0.02) for piece in pieces), chunked=True)
    with RunningGateway(behaviours={"odd": Misbehaving(reply)}) as gateway:
        answer = ask(gateway.port, chat(gateway.key, model="odd/any"))

    assert (answer.status, answer.error["code"]) == (502, "upstream_invalid_response")


class Misbehaving:
    """A provider whose answer is given in full by the test."""

    base_path = "/v1"

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """Always the same."""
        return self.reply

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """Never asked for."""
        raise NotImplementedError


def error_of_size(size: int) -> Reply:
    """An error in OpenAI's shape of about that many bytes."""
    body = b'{"error":{"message":"%b","type":"server_error","param":null,"code":"own_code"}}' % (b"a" * size)
    return Reply(500, JSON, (Piece(body, PieceKind.BODY),))


@pytest.fixture
def misbehaving() -> Iterator[tuple[RunningGateway, Misbehaving]]:
    """A gateway with small limits in front of it."""
    provider = Misbehaving(error_of_size(10))
    limits = "error_bytes_max = 2_000\nresponse_header_bytes_max = 2_000"
    with RunningGateway(limits=limits, behaviours={"odd": provider}) as gateway:
        yield gateway, provider


def test_error_bytes_max(misbehaving: tuple[RunningGateway, Misbehaving]) -> None:
    """A provider's error body up to this reaches the client; of a longer one only its status does its work."""
    gateway, provider = misbehaving
    small = ask(gateway.port, chat(gateway.key, model="odd/any"))
    provider.reply = error_of_size(5_000)
    large = ask(gateway.port, chat(gateway.key, model="odd/any"))

    assert (small.status, small.error["code"]) == (500, "own_code")
    assert (large.status, large.error["code"]) == (502, "upstream_server_error")


def test_response_header_bytes_max(misbehaving: tuple[RunningGateway, Misbehaving]) -> None:
    """A provider's head up to this is read; a longer one is no answer."""
    gateway, provider = misbehaving
    unreadable = "upstream_invalid_response"
    for size, code in ((1_000, "own_code"), (4_000, unreadable), (90_000, unreadable)):
        provider.reply = Reply(500, (*JSON, ("x-long", "a" * size)), error_of_size(10).pieces)
        assert ask(gateway.port, chat(gateway.key, model="odd/any")).error["code"] == code


def test_client_keepalive_comment_s() -> None:
    """While the provider is silent in the middle of a stream the client hears a comment each time this has passed."""
    text = "[[sim:stall_mid_stream]][[sim:seconds=0.5]][[sim:events=6]]"
    with RunningGateway(limits="client_keepalive_comment_s = 0.1") as gateway:
        answer = ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=True))

    assert answer.complete
    assert answer.events[-1] == b"[DONE]"
    assert 1 <= answer.body.count(b": keep-alive\n\n") <= 5


def test_no_comment_of_our_own_by_default() -> None:
    """Where it is 0 the client gets the provider's bytes and nothing else."""
    text = "[[sim:stall_mid_stream]][[sim:seconds=0.1]][[sim:events=6]]"
    with RunningGateway() as gateway:
        answer = ask(gateway.port, chat(gateway.key, text, model=DEEPSEEK, stream=True))

    assert b": keep-alive" not in answer.body
