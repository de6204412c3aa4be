"""Finds what an error must not tell: whose machine it is, where its files are, and keys."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

from routeproof.evidence.observations import Body

_URL: Final = re.compile(r"\bhttps?://[^\s\"'<>)\\]+", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_FILE: Final = re.compile(
    r"(?<![\w.])(?:/[\w.-]+){2,}\.(?:py|js|ts|go|java|rs|php|rb|so|conf|env)\b|\b[A-Z]:\\[\w.\\-]+"
)
_TRACE: Final = re.compile(r"Traceback \(most recent call last\)|\bat [\w.$]+\([\w]+\.java:\d+\)|\bgoroutine \d+ \[")
_EXAMPLE: Final = re.compile(r"Authorization: \*{15,18}(?!\*)")
"""`Bearer YOUR_KEY` or `Bearer rp_live_...` in an error's help: a credential's shape, so it comes masked, and too short
to be one."""
_PRIVATE_NAMES: Final = (".internal", ".local", ".cluster.local", ".svc", ".lan")
_DOCUMENTATION: Final[dict[str, tuple[str, ...]]] = {
    "openai": ("openai.com",),
    "deepseek": ("deepseek.com",),
    "qwen": ("aliyun.com", "aliyuncs.com", "alibabacloud.com"),
    "newapi": (),
}
"""Where a family's errors point to for help."""


class Leak(msgspec.Struct, frozen=True):
    """One thing that is told and should not be."""

    offset: int
    """In bytes."""
    words: str
    """What it is, without saying it again."""


def leaks_in(body: Body, dialect: str, own_host: str) -> Iterator[Leak]:
    """Everything in a body that gives away what is behind; `own_host` is the endpoint's own, which may name itself.

    Keys were masked before anybody judges; the body says how many there were.
    """
    if body.secrets_masked:
        yield Leak(0, "it repeats a key in full")
    text = body.data.decode("utf-8", "replace")
    if body.shapes_masked > len(_EXAMPLE.findall(text)):
        yield Leak(0, "it holds what looks like a credential")
    for pattern, words in ((_FILE, "it names a file of the server"), (_TRACE, "it holds a stack trace")):
        yield from (Leak(_bytes_before(text, found), words) for found in pattern.finditer(text))
    for found in _URL.finditer(text):
        host = _host_of(found[0])
        if host != own_host and not _is_documentation(host, dialect):
            yield Leak(_bytes_before(text, found), "it names the address of another server")
    for found in _ADDRESS.finditer(text):
        if found[0] != own_host and _is_private(found[0]):
            yield Leak(_bytes_before(text, found), "it names an address of an inner network")


def _bytes_before(text: str, found: re.Match[str]) -> int:
    return len(text[: found.start()].encode())


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_documentation(host: str, dialect: str) -> bool:
    if host.endswith(_PRIVATE_NAMES):
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in _DOCUMENTATION.get(dialect, ()))


def _is_private(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_private and not address.is_unspecified
