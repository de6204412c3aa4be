"""How a pool connects: address by address, under the origin's name, within its time, and whatever goes wrong."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine

import pytest
from tests.unit.net.fakes import FakeTransport, Wait, report

from routeproof.errors import UpstreamKind
from routeproof.limits import Limits
from routeproof.net.egress import EgressPolicy
from routeproof.net.pool import Origin, OriginPool, Resolver
from routeproof.net.tasks import Tasks


class Attempt:
    """One connection to `https://provider.test` over several addresses, with a dial for each."""

    def __init__(self, *addresses: str, timeout_s: float = 1.0) -> None:
        self.dialled: list[tuple[str, int, bool, str | None]] = []
        self.addresses = list(addresses)
        self.timeout_s = timeout_s

    def run(self, dial: Callable[[str], Coroutine[object, object, object]], resolver: Resolver | None = None) -> Wait:
        """Ask for a connection where each address is dialled as given; returns once it was answered."""

        async def resolve(host: str, port: int) -> list[str]:
            return self.addresses

        async def create(
            factory: Callable[[], asyncio.Protocol], host: str, port: int, *, ssl: object, server_hostname: str | None
        ) -> object:
            self.dialled.append((host, port, ssl is not None, server_hostname))
            await dial(host)
            protocol = factory()
            protocol.connection_made(FakeTransport())
            return None, protocol

        async def main() -> Wait:
            loop = asyncio.get_running_loop()
            loop.create_connection = create  # type: ignore[method-assign, assignment]
            pool = OriginPool(
                Origin("provider.test", 8443, tls=True),
                limits=Limits(),
                connect_timeout_s=self.timeout_s,
                egress=EgressPolicy(),
                tls=ssl.create_default_context(),
                tasks=Tasks(report),
                resolver=resolver or resolve,
            )
            wait = Wait(pool)
            async with asyncio.timeout(5):
                await wait.answered.wait()
            return wait

        return asyncio.run(main())


async def refuse(_host: str) -> None:
    """Nobody listens there."""
    raise ConnectionRefusedError(111, "Connection refused")


async def swallow(_host: str) -> None:
    """Packets vanish."""
    await asyncio.Event().wait()


async def accept(_host: str) -> None:
    """Connected."""


def kind_of(wait: Wait) -> UpstreamKind:
    """How a wait failed."""
    assert wait.error is not None
    return wait.error.kind


def test_the_judged_address_is_dialled_under_the_origins_name() -> None:
    """The certificate must be the name's, whatever the address."""
    attempt = Attempt("8.8.8.8")
    assert attempt.run(accept).connection is not None
    assert attempt.dialled == [("8.8.8.8", 8443, True, "provider.test")]


def test_addresses_are_tried_in_order_until_one_answers() -> None:
    """A refusal, or packets that vanish, leave time for the next."""

    async def dial(host: str) -> None:
        await {"8.8.8.8": refuse, "8.8.4.4": swallow, "1.1.1.1": accept}[host](host)

    attempt = Attempt("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1")
    assert attempt.run(dial).connection is not None
    assert [host for host, *_ in attempt.dialled] == ["8.8.8.8", "8.8.4.4", "1.1.1.1"]


def test_where_no_address_answers_the_last_ones_fault_is_told() -> None:
    """All were tried."""
    attempt = Attempt("8.8.8.8", "1.1.1.1")
    assert kind_of(attempt.run(refuse)) is UpstreamKind.CONNECT_FAILED
    assert len(attempt.dialled) == 2


def test_connecting_has_a_deadline_over_all_addresses() -> None:
    """However many there are, and the resolver's time counts too."""
    attempt = Attempt("8.8.8.8", "8.8.4.4", "1.1.1.1", timeout_s=0.05)
    wait = attempt.run(swallow)
    assert kind_of(wait) is UpstreamKind.CONNECT_TIMEOUT
    assert wait.error is not None
    assert wait.error.message == "Could not connect to provider.test within 0.05 s."
    assert len(attempt.dialled) == 3

    async def resolve_never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    assert kind_of(Attempt(timeout_s=0.05).run(accept, resolve_never)) is UpstreamKind.CONNECT_TIMEOUT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError(-2, "Name or service not known"), "Name or service not known"),
        (UnicodeError("label empty or too long"), "label empty or too long"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_no_fault_of_a_resolver_leaves_anybody_waiting(fault: Exception, told: str) -> None:
    """Also those that are no network's."""

    async def resolve(host: str, port: int) -> list[str]:
        raise fault

    wait = Attempt().run(accept, resolve)
    assert kind_of(wait) is UpstreamKind.CONNECT_FAILED
    assert wait.error is not None
    assert told in wait.error.message


def test_a_certificate_that_is_not_valid_is_named_as_such() -> None:
    """The operator must know that it is not the network."""
    fault = ssl.SSLCertVerificationError(1, "certificate verify failed")
    fault.verify_message = "certificate has expired"

    async def dial(_host: str) -> None:
        raise fault

    wait = Attempt("8.8.8.8").run(dial)
    assert kind_of(wait) is UpstreamKind.CONNECT_FAILED
    assert wait.error is not None
    assert "its certificate is not valid (certificate has expired)" in wait.error.message
