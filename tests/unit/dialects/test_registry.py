"""Dialects by name."""

import pytest

from routeproof.dialects.registry import DIALECT_NAMES, dialect_named


def test_the_four_families() -> None:
    """Every name gives the dialect that carries it."""
    assert DIALECT_NAMES == ("openai", "deepseek", "qwen", "newapi")
    assert [dialect_named(name).name for name in DIALECT_NAMES] == list(DIALECT_NAMES)


def test_an_unknown_name_lists_the_names() -> None:
    """The error for a misspelt dialect shows what may stand there."""
    with pytest.raises(ValueError, match=r"'deepsek'.*openai, deepseek, qwen, newapi"):
        dialect_named("deepsek")


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("openai", (b"x-request-id",)),
        ("deepseek", (b"x-ds-trace-id",)),
        ("qwen", (b"x-request-id",)),
        ("newapi", (b"x-oneapi-request-id", b"x-request-id")),
    ],
)
def test_request_id_headers(name: str, headers: tuple[bytes, ...]) -> None:
    """Each family's own request id is looked for where it puts it, best first."""
    assert dialect_named(name).request_id_headers == headers
