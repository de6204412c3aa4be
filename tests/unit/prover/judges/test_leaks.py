"""What counts as a leak in an error, and what does not."""

import pytest

from routeproof.evidence.observations import Body, Read, body_of
from routeproof.prover.judges.leaks import leaks_in

HOST = "api.example"


def leaks(text: str, dialect: str = "deepseek", **masked: int) -> list[str]:
    """The words for each leak."""
    body = body_of([Read(0, text.encode())])
    shown = Body(sha256=body.sha256, size=body.size, reads=body.reads, **masked)
    return [leak.words for leak in leaks_in(shown, dialect, HOST)]


@pytest.mark.parametrize(
    "text",
    [
        "Authentication Fails, Your api key: ****cdef is invalid",
        "See https://api.example/docs for help.",
        "Not Found",
        "version 1.2.3.4.5 of 10.000 tokens",
        "Your current concurrency is 40, which exceeds your concurrency limit of 39",
        "request_id: 8f3c2a51-7d0e-4f6b-9a5e-0123456789ab",
        "and/or either/or 24/7",
        "the public address 8.8.8.8",
    ],
)
def test_ordinary_errors_leak_nothing(text: str) -> None:
    """Their own host, the last characters of a key, versions, ids."""
    assert leaks(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("connect to http://llm-internal:8443/v1 failed", "it names the address of another server"),
        ("https://api.deepseek.com.evil.example/v1", "it names the address of another server"),
        ("upstream 10.0.12.7 refused", "it names an address of an inner network"),
        ("dial tcp 192.168.1.20:443", "it names an address of an inner network"),
        ("in /srv/relay/upstream.py, line 88", "it names a file of the server"),
        ("at C:\\relay\\main.cs", "it names a file of the server"),
        ("Traceback (most recent call last):", "it holds a stack trace"),
        ("goroutine 12 [running]:", "it holds a stack trace"),
        ("at com.relay.Main(Main.java:42)", "it holds a stack trace"),
    ],
)
def test_what_is_behind_is_a_leak(text: str, words: str) -> None:
    """Addresses, files and traces of whoever runs it."""
    assert words in leaks(text)


def test_help_pages_of_the_family_are_none() -> None:
    """But only of the family that is asked."""
    text = "For details, see: https://help.aliyun.com/zh/model-studio/error-code#apikey-error"

    assert leaks(text, "qwen") == []
    assert leaks(text, "openai") == ["it names the address of another server"]


def test_masks_tell_of_keys() -> None:
    """A whole key is a leak; what is written as an example is not."""
    example = "(i.e. Authorization: " + "*" * len("Bearer YOUR_KEY).")

    assert leaks("no key", secrets_masked=1) == ["it repeats a key in full"]
    assert leaks("********", shapes_masked=1) == ["it holds what looks like a credential"]
    assert leaks(example, shapes_masked=1) == []
    assert leaks("send 'Authorization: " + "*" * 18 + "'", shapes_masked=1) == []
    assert leaks("Authorization: " + "*" * 30, shapes_masked=1) == ["it holds what looks like a credential"]
    assert leaks(example + " ********", shapes_masked=2) == ["it holds what looks like a credential"]


def test_a_leak_has_its_place() -> None:
    """In bytes, behind characters of several."""
    (leak,) = leaks_in(body_of([Read(0, "é http://other/v1".encode())]), "deepseek", HOST)

    assert leak.offset == 3
