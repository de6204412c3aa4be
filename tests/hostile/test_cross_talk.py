"""Nobody ever gets a byte of another's answer: many clients, two connections, and every way of leaving at any byte."""

import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.support.inside import busy_upstream
from tests.support.raw_client import RawClient, chat
from tests.support.running_gateway import RunningGateway
from tests.support.waiting import until

from routeproof.simulator.faults import FaultCall
from routeproof.simulator.reply import DONE, HttpRequest, Piece, PieceKind, Reply, event

REQUESTS = 500
CLIENTS = 10
EVENTS = 12
LIMITS = "upstream_connections_max = 2\nupstream_idle_connections_max = 2"
NONCE = re.compile(rb"nonce-\d+-")


class Echo:
    """A provider that says nothing but the prompt, again and again."""

    base_path = "/v1"

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:
        """The prompt in each of a dozen events, or a dozen times in one body."""
        body = json.loads(request.body)
        prompt = body["messages"][0]["content"]
        if not body["stream"]:
            message = {"role": "assistant", "content": prompt * EVENTS}
            payload = json.dumps({"model": "echo", "choices": [{"index": 0, "message": message}]}).encode()
            return Reply(200, (("content-type", "application/json"),), tuple(halves(payload)), chunked=True)
        chunk = {"model": "echo", "choices": [{"index": 0, "delta": {"content": prompt}}]}
        pieces = (*(Piece(event(chunk).data, PieceKind.EVENT, 0.0005) for _ in range(EVENTS)), DONE)
        return Reply(200, (("content-type", "text/event-stream"),), pieces, chunked=True)

    def refusal(self, name: str, request: HttpRequest) -> Reply:
        """Never asked for."""
        raise NotImplementedError


def halves(payload: bytes) -> Iterator[Piece]:
    """The body in two writes."""
    middle = len(payload) // 2
    yield Piece(payload[:middle], PieceKind.BODY, 0.0005)
    yield Piece(payload[middle:], PieceKind.BODY, 0.0005)


class Talker:
    """One client's share of the requests, its draws fixed by its number."""

    def __init__(self, gateway: RunningGateway, number: int) -> None:
        self._gateway = gateway
        self._draws = random.Random(number)
        self._numbers = range(number, REQUESTS, CLIENTS)
        self.foreign: list[bytes] = []
        self.whole = 0

    def talk(self) -> None:
        """Ask them all, leaving some answers in the middle."""
        client = RawClient(self._gateway.port)
        for number in self._numbers:
            nonce = f"nonce-{number}-"
            stream = self._draws.random() < 0.7
            client.send(chat(self._gateway.key, nonce, model="echo/any", stream=stream))
            if self._draws.random() < 0.5:
                answer = client.answer()
                self._look(answer.body, nonce)
                self.whole += answer.complete and answer.body.count(nonce.encode()) == EVENTS
            else:
                self._look(client.take(self._draws.randrange(1_100 if stream else 300)), nonce)
                if self._draws.random() < 0.5:
                    client.socket.close()
                else:
                    client.reset()
                client = RawClient(self._gateway.port)
        client.socket.close()

    def _look(self, data: bytes, nonce: str) -> None:
        self.foreign += [found for found in NONCE.findall(data) if found != nonce.encode()]


def test_no_foreign_nonce_ever() -> None:
    """Five hundred exchanges over two connections, half of them left at a random byte; each leaves one row."""
    with RunningGateway(behaviours={"echo": Echo()}, limits=LIMITS) as gateway:
        talkers = [Talker(gateway, number) for number in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(Talker.talk, talkers))
        entries = gateway.ledger.wait(REQUESTS)
        until(lambda: busy_upstream(gateway) == 0, "an end of all attempts")
        outcomes = [entry.exchange.outcome for entry in entries]

    assert [talker.foreign for talker in talkers] == [[]] * CLIENTS
    assert sum(talker.whole for talker in talkers) <= outcomes.count("ok")
    assert sum(talker.whole for talker in talkers) > REQUESTS // 3
    assert outcomes.count("cancelled") > REQUESTS // 6
    assert set(outcomes) == {"ok", "cancelled"}
    assert len(entries) == REQUESTS
