"""Asks one question of a server over HTTP: bounded in time and size, and only at addresses that may be dialled."""

import asyncio
import ssl
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import httpx2
import msgspec

from routeproof import __version__
from routeproof.config.urls import PORT_MAX
from routeproof.limits import MIB
from routeproof.net.egress import EgressPolicy
from routeproof.net.pool import Resolver, system_resolver
from routeproof.secret import Secret

ANSWER_BYTES_MAX: Final = 16 * MIB
ANSWER_DEADLINE_S: Final = 20.0
CONNECT_DEADLINE_S: Final = 5.0


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    ABSENT = "absent"
    """The server has no such page."""
    KEY_REFUSED = "key_refused"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    """Something came that answers nothing."""


class Reply(msgspec.Struct, frozen=True):
    """What a server said. `detail` tells a person why there is no answer; the key is in none of it."""

    outcome: Outcome
    detail: str = ""
    body: bytes = b""


class Destination(msgspec.Struct, frozen=True):
    """Which addresses may be dialled, and which certificates are trusted."""

    egress: EgressPolicy = EgressPolicy()
    ca_file: Path | None = None


async def ask(
    url: str,
    *,
    key: Secret | None = None,
    to: Destination = Destination(),  # noqa: B008 - frozen
    resolver: Resolver = system_resolver,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Reply:
    """GET an address once, without redirects or retries. Never raises for what the server or the network does."""
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            return await _asked(httpx2.URL(url), key, to, resolver, transport)
    except (TimeoutError, httpx2.TimeoutException):
        return Reply(Outcome.UNREACHABLE, f"there was no whole answer within {ANSWER_DEADLINE_S:g} s; try again")
    except httpx2.TransportError as error:
        return Reply(Outcome.UNREACHABLE, f"the connection failed ({type(error).__name__}: {error})")
    except (OSError, ValueError, httpx2.InvalidURL) as error:
        # No such name, a name that can't be encoded, an unusable `ca_file`.
        return Reply(Outcome.UNREACHABLE, f"the address can't be reached ({error})")


async def _asked(
    url: httpx2.URL,
    key: Secret | None,
    to: Destination,
    resolver: Resolver,
    transport: httpx2.AsyncBaseTransport | None,
) -> Reply:
    if url.scheme == "http" and not to.egress.allow_plain:
        return Reply(Outcome.UNREACHABLE, "plain http is not allowed; use https, or set `allow_plain`")
    port = url.port or (443 if url.scheme == "https" else 80)
    if not url.host or port > PORT_MAX:
        return Reply(Outcome.UNREACHABLE, "the address has no valid host or port")
    addresses = to.egress.permitted(await resolver(url.host, port))
    if not addresses:
        return Reply(Outcome.UNREACHABLE, f"no address of {url.host} may be dialled; private ones need `allow_plain`")
    # Made anew each time, for the operator's `ca_file` may have changed, and each question is asked once.
    verify = ssl.create_default_context(cafile=None if to.ca_file is None else str(to.ca_file))
    timeout = httpx2.Timeout(ANSWER_DEADLINE_S, connect=CONNECT_DEADLINE_S)
    async with httpx2.AsyncClient(transport=transport, verify=verify, timeout=timeout, trust_env=False) as http:
        return await _first_connected(http, url, addresses, key)


async def _first_connected(
    http: httpx2.AsyncClient, url: httpx2.URL, addresses: Sequence[str], key: Secret | None
) -> Reply:
    """Ask at the judged addresses themselves, one after the other until one takes the connection."""
    headers = {
        "host": url.netloc.decode("ascii"),
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"routeproof/{__version__}",
    }
    if key is not None:
        headers["authorization"] = f"Bearer {key.reveal()}"
    *others, last = addresses
    for address in others:
        try:
            return await _get(http, url, address, headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            continue
    return await _get(http, url, last, headers)


async def _get(http: httpx2.AsyncClient, url: httpx2.URL, address: str, headers: dict[str, str]) -> Reply:
    request = http.build_request(
        "GET", url.copy_with(host=address), headers=headers, extensions={"sni_hostname": url.host}
    )
    response = await http.send(request, stream=True)
    try:
        return await _read(response, url.host)
    finally:
        await response.aclose()


async def _read(response: httpx2.Response, host: str) -> Reply:
    status = response.status_code
    if status != 200:
        return Reply(*_without_answer(status, host))
    if response.headers.get("content-encoding", "identity") != "identity":
        return Reply(Outcome.UNREADABLE, "the answer is compressed, which was not asked for")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > ANSWER_BYTES_MAX:
            return Reply(Outcome.UNREADABLE, f"the answer is larger than {ANSWER_BYTES_MAX} bytes")
    return Reply(Outcome.ANSWERED, body=bytes(body))


def _without_answer(status: int, host: str) -> tuple[Outcome, str]:
    """What a status other than 200 means. The body is not quoted: it may hold a part of the key."""
    if status == 401:
        return Outcome.KEY_REFUSED, f"key not valid at this host ({host}): mistyped, or of another region or plan"
    if status in (404, 405, 410):
        return Outcome.ABSENT, f"{host} has no such endpoint (HTTP {status})"
    if 300 <= status < 400:
        return Outcome.UNREADABLE, f"{host} sends elsewhere (HTTP {status}); name the final address"
    if status == 429:
        return Outcome.REFUSED, f"{host} takes no more questions now (HTTP 429); try again in a minute"
    return Outcome.REFUSED, f"{host} refused with HTTP {status}"
