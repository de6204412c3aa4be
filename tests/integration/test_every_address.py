"""Who gets what at which address: every one in the table, with every method and every kind of key, and none besides."""

import json
from collections.abc import Iterator

import pytest
from tests.support.answer_checks import error_of
from tests.support.raw_client import Answer, RawClient, ask, chat_body, request
from tests.support.running_gateway import RunningGateway

from routeproof.gateway.application import ADDRESSES, Address

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY")
KEYS = ("none", "garbage", "almost", "digest", "revoked", "right")
NO_EXCHANGE = "/v1/routeproof/tap/req_0000000000000001"
EXAMPLES = {b"/v1/models/": "/v1/models/assistant", b"/v1/routeproof/tap/": NO_EXCHANGE}
HEADED = [address for address in ADDRESSES if address.methods != ("GET",)]
NOWHERE = [
    "/",
    "/v1",
    "/v1/",
    "/v1/models/",
    "/v1/routeproof/tap",
    "/v1/routeproof/tap/",
    "/v1/chat/completions/",
    "/v1/chat/completions/x",
    "/healthz/",
    "//v1/models",
    "/v1//models",
    "//healthz",
    "/v1/../v1/models",
    "/./healthz",
    "/v1/chat/../models",
    "/v1/%6dodels",
    "/v1%2Fmodels",
    "/%2e%2e/healthz",
    "/healthz;x",
    "/healthz%00",
    "/healthz%20",
    "/healthz#x",
    "/HEALTHZ",
    "/V1/models",
    "/metrics",
    "/v1/completions",
    "/v1/responses",
    "/v1/embeddings",
    "/api/pricing",
    "*",
]


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all tests of this file."""
    with RunningGateway() as running:
        yield running


def test_the_table_is_this_one() -> None:
    """All there is; an address that is added must be added here, with what it needs."""
    assert {(row.path.decode(), row.methods, row.needs_key) for row in ADDRESSES} == {
        ("/v1/chat/completions", ("POST",), True),
        ("/v1/models", ("GET", "HEAD"), True),
        ("/v1/models/", ("GET", "HEAD"), True),
        ("/v1/routeproof/tap/", ("GET",), True),
        ("/healthz", ("GET", "HEAD"), False),
        ("/readyz", ("GET", "HEAD"), False),
    }


def key_of(gateway: RunningGateway, kind: str) -> str | None:
    """A key of that kind; the digest is what is stored of the right one."""
    almost = gateway.key[:-1] + ("x" if gateway.key[-1] != "x" else "y")
    digest = gateway.key_record.digest.hex()
    garbage = "sk-0123456789abcdef"
    kinds = dict(zip(KEYS, (None, garbage, almost, digest, gateway.revoked_key, gateway.key), strict=True))
    return kinds[kind]


def example(address: Address) -> str:
    """A target that is at this address."""
    return EXAMPLES.get(address.path, address.path.decode())


def expected(address: Address, method: str, kind: str) -> tuple[int, str | None]:
    """Status and error code: the method is looked at first, then the key."""
    if method not in address.methods:
        return 405, "method_not_allowed"
    if address.needs_key and kind != "right":
        return 401, "api_key_revoked" if kind == "revoked" else "invalid_api_key"
    if address.path == b"/v1/routeproof/tap/":  # the right key taps nothing: for it there is nothing here
        return 404, "not_found"
    return 200, None


def call(gateway: RunningGateway, method: str, target: str, key: str | None, fields: str = "") -> Answer:
    """One request; a POST has a chat body."""
    body = chat_body() if method == "POST" else None
    return ask(gateway.port, request(method, target, key=key, fields=fields, body=body))


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.path.decode())
def test_every_address_method_and_key(gateway: RunningGateway, address: Address, method: str, kind: str) -> None:
    """Status and error as the table has it; nothing goes upstream but a chat with the right key."""
    server = gateway.simulator.server("deepseek")
    before = server.log.total
    answer = call(gateway, method, example(address), key_of(gateway, kind))
    status, code = expected(address, method, kind)

    assert answer.status == status
    assert answer.fields["content-type"] == "application/json"
    if code is not None and method != "HEAD":
        assert error_of(answer)["code"] == code
    assert answer.fields.get("allow") == (", ".join(address.methods) if status == 405 else None)
    assert answer.fields.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert answer.fields.get("x-routeproof-fault") == ("client" if status >= 400 else None)
    assert server.log.total - before == (status == 200 and method == "POST")


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("address", HEADED, ids=lambda address: address.path.decode())
def test_head_has_the_head_of_get_and_no_body(gateway: RunningGateway, address: Address, kind: str) -> None:
    """Errors too: the next answer on the connection begins where the head ends."""
    key = key_of(gateway, kind)
    got = call(gateway, "GET", example(address), key)
    with RawClient(gateway.port) as client:
        headed = client.ask(request("HEAD", example(address), key=key))
        after = client.ask(request("GET", "/healthz"))

    assert (headed.status, headed.fields) == (got.status, got.fields)
    assert int(headed.fields["content-length"]) == len(got.body) > 0
    assert (after.status, after.body) == (200, b'{"status":"ok"}')


@pytest.mark.parametrize("target", NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_there_is_nothing_else(gateway: RunningGateway, method: str, target: str) -> None:
    """404 with and without a key: paths are compared as they stand, never tidied or decoded."""
    for kind in ("none", "right"):
        answer = call(gateway, method, target, key_of(gateway, kind))
        assert (answer.status, error_of(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize("host", ["", "localhost", "admin.internal:8401", "127.0.0.1:1", "[::1]:80", "EXAMPLE.com."])
def test_the_host_decides_nothing(gateway: RunningGateway, host: str) -> None:
    """Any host gets the same answers, and opens no other address."""
    for target, key, status in (
        ("/healthz", None, 200),
        ("/v1/models", None, 401),
        ("/v1/models", gateway.key, 200),
        ("/metrics", gateway.key, 404),
    ):
        raw = request("GET", target, key=key).replace(b"Host: gateway.test", b"Host: " + host.encode())
        assert ask(gateway.port, raw).status == status


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER "])
def test_the_scheme_has_no_case(gateway: RunningGateway, scheme: str) -> None:
    """RFC 9110 11.1; anything but Bearer is no key."""
    fields = f"Authorization: {scheme}{gateway.key}\r\n"
    wrong = [f"Authorization: {text}\r\n" for text in (gateway.key, f"Basic {gateway.key}", "Bearer", "Bearer  ")]

    assert call(gateway, "GET", "/v1/models", None, fields).status == 200
    assert [call(gateway, "GET", "/v1/models", None, lines).status for lines in wrong] == [401] * 4


def test_a_key_is_taken_from_nowhere_else(gateway: RunningGateway) -> None:
    """Neither another field nor the query is looked at."""
    for fields in (f"X-Api-Key: {gateway.key}\r\n", f"Api-Key: {gateway.key}\r\n", f"Cookie: key={gateway.key}\r\n"):
        assert call(gateway, "GET", "/v1/models", None, fields).status == 401
    assert call(gateway, "GET", f"/v1/models?key={gateway.key}", None).status == 401


def test_a_connection_that_was_let_in_checks_each_key(gateway: RunningGateway) -> None:
    """What one request proved is worth nothing for the next with another key, or none."""
    with RawClient(gateway.port) as client:
        for kind, status in (("right", 200), ("garbage", 401), ("right", 200), ("revoked", 401), ("none", 401)):
            answer = client.ask(request("GET", "/v1/models", key=key_of(gateway, kind)))
            assert answer.status == status


def test_models_are_listed_and_retrieved(gateway: RunningGateway) -> None:
    """The names of the configuration, its routes where they may be named, and each by itself, encoded or not."""
    listed = json.loads(call(gateway, "GET", "/v1/models?limit=2", gateway.key).body)
    names = [row["id"] for row in listed["data"]]

    assert listed["object"] == "list"
    assert all(set(row) == {"id", "object", "created", "owned_by"} for row in listed["data"])
    assert all((row["object"], row["owned_by"]) == ("model", "routeproof") for row in listed["data"])
    routes = ["deepseek/deepseek-flash", "qwen/qwen-plus", "newapi/deepseek-flash"]
    assert names == ["assistant", "qwen", "relayed", *routes]
    for row in listed["data"]:
        for name in (row["id"], row["id"].replace("/", "%2F")):
            answer = call(gateway, "GET", f"/v1/models/{name}", gateway.key)
            assert (answer.status, json.loads(answer.body)) == (200, row)


@pytest.mark.parametrize("name", ["nobody", "assistant/", "assistant/x", "..", "%2e%2e", "a%00b", "%ff", "Assistant"])
def test_a_model_that_is_not_offered(gateway: RunningGateway, name: str) -> None:
    """404 that names the field."""
    answer = call(gateway, "GET", f"/v1/models/{name}", gateway.key)

    assert (answer.status, error_of(answer)["code"], error_of(answer)["param"]) == (404, "model_not_found", "model")


def test_health_and_readiness(gateway: RunningGateway) -> None:
    """Alive is always said; ready only while rows can be written and the process is not about to stop."""
    assert call(gateway, "GET", "/readyz", None).body == b'{"ready":true}'
    gateway.ledger.healthy = False
    unwritable = call(gateway, "GET", "/readyz", None)
    refused = call(gateway, "POST", "/v1/chat/completions", gateway.key)
    alive = call(gateway, "GET", "/healthz", None)
    gateway.ledger.healthy = True
    gateway.plane.gateway.serving = False
    draining = call(gateway, "GET", "/readyz", None)
    gateway.plane.gateway.serving = True

    assert (unwritable.status, unwritable.body) == (draining.status, draining.body) == (503, b'{"ready":false}')
    assert (refused.status, error_of(refused)["code"]) == (503, "ledger_unavailable")
    assert refused.fields["retry-after"] == "1"
    assert alive.status == 200
    assert call(gateway, "GET", "/readyz", None).status == 200


def test_routes_are_not_offered_unless_the_operator_says_so() -> None:
    """Without `direct_routes` a route is no model: it is neither listed nor answered."""

    class WithoutDirect(RunningGateway):
        def config(self) -> str:
            return super().config().replace("direct_routes = true", "direct_routes = false")

    with WithoutDirect() as gateway:
        listed = json.loads(call(gateway, "GET", "/v1/models", gateway.key).body)
        assert [row["id"] for row in listed["data"]] == ["assistant", "qwen", "relayed"]
        raw = request("POST", "/v1/chat/completions", key=gateway.key, body=chat_body(model="qwen/qwen-plus"))
        assert ask(gateway.port, raw).error["code"] == "model_not_found"
        assert call(gateway, "GET", "/v1/models/qwen%2Fqwen-plus", gateway.key).status == 404
