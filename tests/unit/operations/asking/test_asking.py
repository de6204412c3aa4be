"""Questions over HTTP: where they may go, what comes back, and that the key shows nowhere."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence

import httpx2
import pytest

from routeproof.net.egress import EgressPolicy
from routeproof.operations.asking import http as asking
from routeproof.operations.asking.http import Destination, Outcome, Reply, ask
from routeproof.secret import Secret

KEY = "sk-canary-0123456789"
PRIVATE = Destination(EgressPolicy(allow_plain=True))


class Server:
    """Answers in the test's own words and notes what it was asked."""

    def __init__(self, status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None) -> None:
        self.requests: list[httpx2.Request] = []
        self.dead: set[str] = set()
        self._answer = (status, body, headers or {})

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if request.url.host in self.dead:
            raise httpx2.ConnectError("refused")
        status, body, headers = self._answer
        return httpx2.Response(status, headers=headers, stream=Body(body))


class Body(httpx2.AsyncByteStream):
    """A body in two pieces."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        half = len(self._body) // 2
        yield self._body[:half]
        yield self._body[half:]


def asked(
    server: Server,
    url: str = "https://api.example/models",
    *,
    addresses: Sequence[str] = ("93.184.216.34",),
    to: Destination = Destination(),  # noqa: B008 - frozen
) -> Reply:
    """The reply to one question with a key."""

    async def resolver(host: str, port: int) -> Sequence[str]:
        return addresses

    transport = httpx2.MockTransport(server)
    return asyncio.run(ask(url, key=Secret(KEY), to=to, resolver=resolver, transport=transport))


def test_the_judged_address_is_the_one_that_is_dialled() -> None:
    """The name goes into the Host header and the TLS handshake; a second look at the resolver would gain nothing."""
    server = Server(body=b'{"a": 1}')

    assert asked(server, "https://api.example:8443/models").body == b'{"a": 1}'
    (request,) = server.requests
    assert (request.url.host, request.headers["host"]) == ("93.184.216.34", "api.example:8443")
    assert request.extensions["sni_hostname"] == "api.example"
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_a_private_address_is_not_dialled(address: str) -> None:
    """Unless the operator said so."""
    server = Server()
    reply = asked(server, addresses=[address])

    assert (reply.outcome, server.requests) == (Outcome.UNREACHABLE, [])
    assert "may be dialled" in reply.detail


def test_metadata_services_are_never_dialled() -> None:
    """Also where private addresses are allowed."""
    server = Server()

    assert asked(server, addresses=["169.254.169.254"], to=PRIVATE).outcome is Outcome.UNREACHABLE
    assert server.requests == []


def test_plain_http_needs_a_permission() -> None:
    """A key would travel in the clear."""
    server = Server()

    assert asked(server, "http://api.example/models").outcome is Outcome.UNREACHABLE
    assert server.requests == []
    assert asked(server, "http://api.example/models", to=PRIVATE).outcome is Outcome.ANSWERED


def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    """Every one of them was judged."""
    server = Server()
    server.dead = {"93.184.216.34"}

    assert asked(server, addresses=["93.184.216.34", "10.0.0.1", "93.184.216.35"]).outcome is Outcome.ANSWERED
    assert [request.url.host for request in server.requests] == ["93.184.216.34", "93.184.216.35"]


@pytest.mark.parametrize(
    ("status", "outcome", "said"),
    [
        (401, Outcome.KEY_REFUSED, "key not valid at this host"),
        (403, Outcome.REFUSED, "HTTP 403"),
        (404, Outcome.ABSENT, "no such endpoint"),
        (405, Outcome.ABSENT, "no such endpoint"),
        (429, Outcome.REFUSED, "try again"),
        (500, Outcome.REFUSED, "HTTP 500"),
        (302, Outcome.UNREADABLE, "sends elsewhere"),
    ],
)
def test_each_refusal_is_told_in_words(status: int, outcome: Outcome, said: str) -> None:
    """And never quotes what the server says, which may hold the key."""
    body = f'{{"error": {{"message": "Your api key: {KEY} is invalid"}}}}'.encode()
    reply = asked(Server(status, body, {"location": f"https://elsewhere.example/?key={KEY}"}))

    assert (reply.outcome, said in reply.detail) == (outcome, True)
    assert KEY not in repr(reply)


def test_an_answer_is_read_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no further."""
    monkeypatch.setattr(asking, "ANSWER_BYTES_MAX", 10)

    assert asked(Server(body=b"x" * 10)).outcome is Outcome.ANSWERED
    assert asked(Server(body=b"x" * 11)).outcome is Outcome.UNREADABLE


def test_a_compressed_answer_is_not_unpacked() -> None:
    """It could be any size."""
    server = Server(body=gzip.compress(b"{}"), headers={"content-encoding": "gzip"})

    assert asked(server).outcome is Outcome.UNREADABLE
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_whole_answer_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """However alive the server looks."""
    monkeypatch.setattr(asking, "ANSWER_DEADLINE_S", 0.01)

    class Silent(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    async def resolver(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"]

    reply = asyncio.run(ask("https://api.example/", resolver=resolver, transport=Silent()))

    assert reply.outcome is Outcome.UNREACHABLE
    assert "within" in reply.detail


@pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_leads_nowhere_is_told(error: Exception) -> None:
    """Instead of raised."""

    async def resolver(host: str, port: int) -> Sequence[str]:
        raise error

    reply = asyncio.run(ask("https://api.example/", resolver=resolver))

    assert (reply.outcome, str(error) in reply.detail) == (Outcome.UNREACHABLE, True)


@pytest.mark.parametrize("url", ["https://api.example:99999/", "https://", "https:///models", "https://[::1"])
def test_what_is_no_address_is_told(url: str) -> None:
    """Before anything is resolved or sent."""
    server = Server()

    assert asked(server, url).outcome is Outcome.UNREACHABLE
    assert server.requests == []
