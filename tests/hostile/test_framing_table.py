"""Requests that could be read in two ways are refused and reach no provider; their plain neighbours reach it once."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from tests.support.framing import KEY_MARK, Row
from tests.support.framing_bodies import CHUNKS, CONTENT_LENGTH, TRANSFER_ENCODING
from tests.support.framing_heads import HOSTS, LINES, LIVES, REQUEST_LINES
from tests.support.raw_client import RawClient, request
from tests.support.running_gateway import RunningGateway

ROWS = (*CONTENT_LENGTH, *TRANSFER_ENCODING, *CHUNKS, *LINES, *REQUEST_LINES, *HOSTS, *LIVES)
ODD_SIZES = (1, 2, 3, 5, 7, 11, 13)
LONG = 2_000
"""Bytes from which a row goes in larger pieces."""

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all rows: what one of them leaves behind, the next would meet."""
    with RunningGateway() as running:
        yield running


def odd_pieces(raw: bytes) -> Iterator[bytes]:
    """The bytes cut at odd places."""
    scale = 1 if len(raw) < LONG else 500
    start = 0
    for size in cycle(ODD_SIZES):
        if start >= len(raw):
            return
        yield raw[start : start + size * scale]
        start += size * scale


def check(gateway: RunningGateway, row: Row, *, in_pieces: bool) -> None:
    """Send a row and hold what comes of it against the table."""
    log = gateway.simulator.server("deepseek").log
    before = log.total
    raw = row.raw.replace(KEY_MARK, gateway.key.encode())
    with RawClient(gateway.port) as client:
        for piece in odd_pieces(raw) if in_pieces else (raw,):
            client.send(piece)
            gateway.turn()
        answers = [client.answer() for _ in row.statuses]
        closes = answers[-1].fields.get("connection") == "close"
        if closes:
            assert (client.rest(), client.ended) == (b"", "eof")
        else:  # both sides agree on where the next request begins
            assert client.ask(request("GET", "/healthz")).status == 200

    assert tuple(answer.status for answer in answers) == row.statuses
    assert row.closes in (closes, None)
    assert log.total - before == row.reaches


@every_row
def test_a_row_in_one_piece(gateway: RunningGateway, row: Row) -> None:
    """A request that comes whole is answered as the table says, and reaches the provider as often as it says."""
    check(gateway, row, in_pieces=False)


@every_row
def test_a_row_in_odd_pieces(gateway: RunningGateway, row: Row) -> None:
    """Where the bytes are cut on their way changes nothing."""
    check(gateway, row, in_pieces=True)


def test_the_table_is_whole() -> None:
    """Each row has a name of its own, and there are enough of both kinds."""
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    assert len([row for row in ROWS if row.closes and row.statuses[-1] >= 400]) >= 120
    assert len([row for row in ROWS if row.reaches]) >= 20


def test_what_follows_a_refused_request_is_not_read(gateway: RunningGateway) -> None:
    """After a refusal the connection only ends: a request that arrives later is ignored."""
    log = gateway.simulator.server("deepseek").log
    before = log.total
    (good,) = (row.raw for row in CONTENT_LENGTH if row.name == "length plain")
    with RawClient(gateway.port) as client:
        assert client.ask(b"BAD\r\n\r\n").status == 400
        client.send(good.replace(KEY_MARK, gateway.key.encode()))
        assert client.rest() == b""

    assert log.total == before


def test_nothing_of_the_clients_head_travels_on(gateway: RunningGateway) -> None:
    """The provider gets a head of our own: our key and framing, and no field that the client sent."""
    (row,) = (row for row in CHUNKS if row.name == "two chunks")
    more = b"\r\nX-Forwarded-For: 1\r\nCookie: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: A"
    raw = row.raw.replace(KEY_MARK, gateway.key.encode()).replace(b"\r\nContent-Type", more + b"\r\nContent-Type")
    with RawClient(gateway.port) as client:
        assert client.ask(raw).status == 200

    seen = gateway.simulator.server("deepseek").seen[-1]
    names = {name for name, _ in seen.headers}
    assert names == {
        b"host",
        b"user-agent",
        b"accept",
        b"accept-encoding",
        b"content-type",
        b"authorization",
        b"content-length",
    }
    assert dict(seen.headers)[b"authorization"] == b"Bearer sk-sim-deepseek"
    assert dict(seen.headers)[b"content-length"] == b"%d" % len(seen.body)
