"""Secrets: what can't be shown, and what is masked in text."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.secret import Secret, credential_spans, mask_credentials

CANARY = "canary-7Qx"


def test_a_secret_shows_itself_only_when_asked() -> None:
    """Every way of turning it into text gives a mask."""
    secret = Secret(CANARY)

    assert secret.reveal() == CANARY
    assert CANARY not in f"{secret!r} {secret!s} {secret} {secret:>40} {[secret]} {vars} {secret.__slots__}"


def test_secrets_compare_by_value() -> None:
    """Equal keys are equal secrets, and nothing else is."""
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY


def test_a_secret_is_not_pickled() -> None:
    """Neither into a file nor to another process."""
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(CANARY))


@pytest.mark.parametrize(
    "credential",
    [
        "rp_live_8sK2pQ_4f9aV0c8dE1bX7mN2zL5tR6yH3w_0aB1cD",
        "sk-3f9a77c1d2e84b5690aa",
        "sk-proj-Ab3_dE-fGh1",
        "sk-sp-3f9a77c1",
        "LTAI5tQnKyB7kExample",
        "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2QT4",
        "Q7f0pXz2bV9mK4cT8sL1wR6yH3dN5gJ0",
    ],
)
def test_credentials_of_known_shapes_are_masked(credential: str) -> None:
    """Alone, in a sentence, in JSON, in a header."""
    for text in (
        credential,
        f"key {credential}.",
        f'{{"k":"{credential}"}}',
        f"Authorization: Bearer {credential}",
    ):
        masked = mask_credentials(text)
        assert credential not in masked
        assert "****" in masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("authorization: bearer abcdefgh", "authorization: ****"),
        ("authorization: bearer ABCDEFG-h1", "authorization: ****"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: ****"),
        ("x-api-key: hunter2", "****"),
        ("https://user:pass@host/v1", "https://****@host/v1"),
    ],
)
def test_credentials_are_masked_by_what_stands_around_them(text: str, expected: str) -> None:
    """Headers and URLs that carry one."""
    assert mask_credentials(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "req_018f3a5b7c9d0e1f",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "rp_live_8sK2pQ",
        "deepseek/deepseek-v4-flash",
        "the environment variable DEEPSEEK_API_KEY is not set",
        "basic checks, bearer of news",
        "(i.e. Authorization: Bearer YOUR_KEY)",
        "9223372036854775807",
        "task-force sk-ip",
    ],
)
def test_what_is_no_credential_stays_readable(text: str) -> None:
    """Request ids, digests, public key ids and prose are what logs are for."""
    assert mask_credentials(text) == text


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """A mask is no credential."""
    once = mask_credentials(text)

    assert mask_credentials(once) == once


def test_stretches_that_look_like_credentials_are_found_in_place() -> None:
    """In their order; the @ of a URL is no part of what stands before it."""
    text = "key sk-abcdefgh1234 at https://user:word@host, then LTAI0123456789abcd"

    assert [text[start:end] for start, end in credential_spans(text)] == [
        "sk-abcdefgh1234",
        "user:word",
        "LTAI0123456789abcd",
    ]
    assert credential_spans("nothing here") == []
