"""The witness notes what providers set out to report, and changes nothing."""

import uvloop

from routeproof.operations.demo.config import demo_providers
from routeproof.operations.demo.witness import Promise, Witness
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.reply import HttpRequest
from routeproof.simulator.simulator import start_simulator

BODY = b'{"model":"deepseek-flash","messages":[{"role":"user","content":"Say hello."}]}'


def ask(path: str = "/chat/completions", key: bytes = b"sk-sim-deepseek") -> HttpRequest:
    """A request to the simulated DeepSeek."""
    return HttpRequest("POST", path, "", ((b"authorization", b"Bearer " + key),), BODY)


def test_it_notes_usage_and_hands_the_reply_on() -> None:
    """Also where the fault that was asked for will keep it from the client; a refusal promises nothing."""

    async def main() -> None:
        async with await start_simulator(demo_providers()) as simulator:
            server = simulator.server("deepseek")
            honest = server.behaviour
            with Witness(simulator) as witness:
                reply = server.behaviour.answer(ask(), FaultCall(fault=Fault.RESET))
                server.behaviour.answer(ask(key=b"sk-wrong"), None)
                refusal = server.behaviour.refusal("status_503", ask())

            assert server.behaviour is honest
            (promise,) = witness.promises
            assert promise == Promise("deepseek", promise.usage)
            assert str(promise.usage["prompt_tokens"]).encode() in reply.body
            assert refusal.status == 503

    uvloop.run(main())


def test_it_is_as_good_as_the_behaviour_itself() -> None:
    """Path and own faults are those of the provider."""

    async def main() -> None:
        async with await start_simulator(demo_providers()) as simulator:
            before = {name: server.behaviour for name, server in simulator.servers.items()}
            with Witness(simulator):
                for name, server in simulator.servers.items():
                    assert server.behaviour is not before[name]
                    assert server.behaviour.base_path == before[name].base_path
                    assert server.behaviour.own_faults == before[name].own_faults

    uvloop.run(main())
