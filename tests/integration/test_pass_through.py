"""What a provider gets of a client's body: the client's own bytes, but for the changes that the dialect declares."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.answer_checks import error_of
from tests.support.raw_client import Answer, RawClient, ask, request
from tests.support.running_gateway import SIM_KEYS, RunningGateway

from routeproof.wire.body import DECIDING

MESSAGES = b'[ {"role": "user",  "content": "Sch\\u00f6n, \xe5\xa5\xbd"}\t]'
KNOWN = DECIDING | {"preserve_thinking", "user_id", "parallel_tool_calls"}
"""Names that the gateway decides on, or that a provider reads."""


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway for all tests of this file."""
    with RunningGateway() as running:
        yield running


def post(gateway: RunningGateway, body: bytes) -> bytes:
    """A chat request with exactly this body."""
    return request("POST", "/v1/chat/completions", key=gateway.key, body=body)


def upstream(gateway: RunningGateway, provider: str, body: bytes) -> bytes:
    """The body that the provider got for this one."""
    seen = gateway.simulator.server(provider).seen
    before = gateway.simulator.server(provider).log.total
    answer = ask(gateway.port, post(gateway, body))
    assert answer.status == 200, answer.body
    assert gateway.simulator.server(provider).log.total == before + 1
    return seen[-1].body


def refused(gateway: RunningGateway, body: bytes) -> Answer:
    """The answer to a body of which nothing goes to any provider."""
    before = {name: gateway.simulator.server(name).log.total for name in SIM_KEYS}
    answer = ask(gateway.port, post(gateway, body))
    assert {name: gateway.simulator.server(name).log.total for name in SIM_KEYS} == before
    return answer


# -- what no dialect knows


def _joined(parts: list[str], spaces: list[str], opening: str, closing: str) -> str:
    between = iter([*spaces, *[""] * (2 * len(parts) + 2)])
    inner = ",".join(next(between) + part + next(between) for part in parts)
    return opening + next(between) + inner + closing


white_space = st.text(" \t\r\n", max_size=3)
plain_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_strings = st.builds(
    lambda text, ascii_only, slash: json.dumps(text, ensure_ascii=ascii_only).replace("/", slash),
    plain_text,
    st.booleans(),
    st.sampled_from(["/", "\\/"]),
)
numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
scalars = st.one_of(
    st.sampled_from(["null", "true", "false", "-0", "1e400", str(2**64), "[]", "{}"]), numbers, json_strings
)
json_texts = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.builds(
            lambda parts, spaces: _joined(parts, spaces, "[", "]"), st.lists(inner, max_size=4), st.lists(white_space)
        ),
        st.builds(
            lambda members, spaces: _joined([f"{name}:{value}" for name, value in members], spaces, "{", "}"),
            st.lists(st.tuples(json_strings, inner), max_size=4),
            st.lists(white_space),
        ),
    ),
    max_leaves=12,
)
field_names = plain_text.filter(lambda name: unicodedata.normalize("NFKC", name).casefold() not in KNOWN)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(field_names, json_texts, max_size=6),
    ascii_names=st.booleans(),
    spaces=st.lists(white_space, max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_unknown_fields_travel_untouched(
    gateway: RunningGateway, fields: dict[str, str], ascii_names: bool, spaces: list[str], order: Any
) -> None:
    """Any names and any JSON values, however written: in the client's order, their values byte for byte."""
    members = [("model", '"deepseek/deepseek-flash"'), ("messages", MESSAGES.decode()), *fields.items()]
    order.shuffle(members)
    parts = [f"{json.dumps(name, ensure_ascii=ascii_names)}:{value}" for name, value in members]
    body = _joined(parts, spaces, "{", "}").encode()
    got = msgspec.json.decode(upstream(gateway, "deepseek", body), type=dict[str, msgspec.Raw])

    wanted = [(name, '"deepseek-flash"' if name == "model" else value) for name, value in members]
    assert [(name, bytes(raw).decode()) for name, raw in got.items()] == wanted


@pytest.mark.parametrize("model", ["deepseek/deepseek-flash", "qwen/qwen-plus", "newapi/deepseek-flash"])
def test_a_body_to_the_byte(gateway: RunningGateway, model: str) -> None:
    """Only `model` differs, and the white space between the members is gone."""
    rest = b'"messages":%b,"temperature":0.10,"seed":%d,"x":{"a" : [1.0,\n-0e1]},"y":"\\/\\u00e9"' % (MESSAGES, 2**70)
    provider, _, model_id = model.partition("/")
    got = upstream(gateway, provider, b' {"model" : "%b" , %b\r\n}\n' % (model.encode(), rest))

    assert got == b'{"model":"%b",%b}' % (model_id.encode(), rest)


def test_a_large_body(gateway: RunningGateway) -> None:
    """Four megabytes of another script and of escapes arrive as they were sent."""
    text = '"' + "好\\u597d\\n" * 400_000 + '"'
    head = b'{"model":"qwen/qwen-plus","messages":[{"role":"user","content":"hi"}],"padding":'
    got = upstream(gateway, "qwen", head + text.encode() + b"}")

    assert got == head.replace(b"qwen/", b"") + text.encode() + b"}"


# -- what is declared: usage is asked for in every stream


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (None, '{"include_usage":true}'),
        ("null", '{"include_usage":true}'),
        ("{}", '{"include_usage":true}'),
        ('{"include_usage": false}', '{"include_usage":true}'),
        ('{"include_usage":true}', '{"include_usage":true}'),
        ('{"more": [1, 2.50], "include_usage": null}', '{"more":[1, 2.50],"include_usage":true}'),
    ],
)
@pytest.mark.parametrize("provider", ["deepseek", "qwen", "newapi"])
def test_usage_is_asked_for_and_hidden_again(
    gateway: RunningGateway, provider: str, options: str | None, sent: str
) -> None:
    """Other members of the options are kept; the chunk that is only usage reaches those who asked."""
    model = "deepseek-flash" if provider == "deepseek" else "qwen-plus"
    given = "" if options is None else f',"stream_options":{options}'
    body = b'{"model":"%b/%b","messages":%b,"stream":true%b}' % (
        provider.encode(), model.encode(), MESSAGES, given.encode()
    )  # fmt: skip
    answer = ask(gateway.port, post(gateway, body))
    got = msgspec.json.decode(gateway.simulator.server(provider).seen[-1].body, type=dict[str, msgspec.Raw])
    without_choice = [event for event in answer.events if event != b"[DONE]" and not json.loads(event)["choices"]]
    (attempt,) = gateway.ledger.entry(answer.fields["x-request-id"]).attempts

    assert bytes(got["stream_options"]).decode() == sent
    assert list(got) == ["model", "messages", "stream", "stream_options"]
    asked = options is not None and '"include_usage":true' in options
    assert len(without_choice) == (asked and provider != "deepseek")
    assert attempt.output_tokens
    assert answer.events[-1] == b"[DONE]"


@pytest.mark.parametrize("stream", ["", ',"stream":false', ',"stream":null'])
def test_options_without_a_stream_are_left_alone(gateway: RunningGateway, stream: str) -> None:
    """They mean nothing here; what to make of them is the provider's business."""
    body = b'{"model":"deepseek/deepseek-flash","messages":%b%b,"stream_options":{"a":1}}' % (MESSAGES, stream.encode())

    assert upstream(gateway, "deepseek", body) == body.replace(b"deepseek/", b"")


# -- what goes nowhere


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ('"stream":true,"stream_options":[]', "stream_options"),
        ('"stream":true,"stream_options":{"include_usage":1}', "include_usage"),
        ('"stream":"yes"', "stream"),
        ('"max_tokens":0', "max_tokens"),
        ('"max_tokens":1e3', "max_tokens"),
        ('"n":-1', "n"),
        ('"Model":"deepseek/deepseek-v4-pro"', "model"),
        ('"\\uff53tream":true', "stream"),
        ('"mod\\u0065l":"deepseek/deepseek-v4-pro"', "model"),
        ('"x":1,"x":2', "x"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(gateway: RunningGateway, members: str, param: str) -> None:
    """With the field at fault named, a row, and nothing sent to anybody."""
    body = b'{"model":"assistant","messages":%b,%b}' % (MESSAGES, members.encode())
    answer = refused(gateway, body)
    entry = gateway.ledger.entry(answer.fields["x-request-id"])

    assert answer.status == 400
    assert (error_of(answer)["code"], error_of(answer)["param"]) == ("invalid_body", param)
    assert (entry.exchange.outcome, entry.exchange.error_code, entry.attempts) == ("client_error", "invalid_body", [])
    assert entry.exchange.request_bytes == len(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xef\xbb\xbf{}", b'{"model":"assistant","messages":[]} {}', b'{"model":"\xff"}'],
)
def test_what_is_no_object_is_refused(gateway: RunningGateway, body: bytes) -> None:
    """The message says what is wrong and repeats nothing of it."""
    answer = refused(gateway, body)

    assert (answer.status, error_of(answer)["code"]) == (400, "invalid_body")


def test_a_connection_goes_on_after_a_refusal(gateway: RunningGateway) -> None:
    """A body that is refused was read whole: the next request on the connection is answered."""
    with RawClient(gateway.port) as client:
        assert client.ask(post(gateway, b'{"model":"nobody","messages":[]}')).status == 404
        assert client.ask(post(gateway, b'{"model":"qwen","messages":%b}' % MESSAGES)).status == 200
