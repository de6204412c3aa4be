"""Servers of cardboard: the same to whatever they are asked, in the shape that they are meant to have."""

import json

import pytest

from routeproof.prover.oracle.asked import AnswerAsked, StreamAsked
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import examine_completion
from routeproof.prover.oracle.stream.oracle import examine_stream
from routeproof.simulator import canned
from routeproof.simulator.canned import CannedProvider
from routeproof.simulator.reply import HttpRequest


def asked(
    provider: CannedProvider, body: bytes = b"{}", method: str = "POST", path: str = "/chat/completions"
) -> bytes:
    """The body of the answer, whose status is always 200."""
    reply = provider.answer(HttpRequest(method, path, "", (), body), None)
    assert reply.status == 200
    return reply.body


@pytest.mark.parametrize("make", [canned.nothing, canned.html, canned.braces, canned.completion])
def test_every_request_gets_the_same(make: type[CannedProvider]) -> None:
    """Whatever address, method, key or body; a refusal is not among its words."""
    provider = make()

    assert asked(provider) == asked(provider, b"not json") == asked(provider, b"", "GET", "/models")
    assert provider.refusal("status_500", HttpRequest("GET", "/", "", (), b"")).status == 200


def test_what_they_say() -> None:
    """Nothing, a page, an empty object."""
    assert asked(canned.nothing()) == b""
    assert asked(canned.html()).startswith(b"<!DOCTYPE html>")
    assert json.loads(asked(canned.braces())) == {}


def test_the_completion_has_the_right_shape() -> None:
    """So that only a check that looks at more than the shape can see through it; a stream is asked for and comes."""
    provider, overlay = canned.completion(), overlay_named("openai")
    whole = examine_completion(asked(provider), overlay, AnswerAsked())
    stream = examine_stream(asked(provider, b'{"stream":true}'), overlay, StreamAsked(include_usage=True))

    assert (whole.faults, stream.faults) == ((), ())
    assert whole.messages[0].content == stream.messages[0].content
