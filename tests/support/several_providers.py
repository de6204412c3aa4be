"""Three simulated providers of one kind behind one model name, to see what fails over where."""

from tests.support.raw_client import Answer, ask, chat
from tests.support.running_gateway import RunningGateway

from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings

NAMES = ("one", "two", "three")
MODELS = """
[models."many"]
routes = ["one/deepseek-flash"]
fallbacks = ["two/deepseek-flash", "three/deepseek-flash"]
[models."pair"]
routes = ["one/deepseek-flash"]
fallbacks = ["two/deepseek-flash"]
[models."shared"]
routes = [{route = "one/deepseek-flash", weight = 70}, {route = "two/deepseek-flash", weight = 30}]
"""


def three_providers(*, limits: str = "", provider_lines: str = "", models: str = MODELS) -> RunningGateway:
    """A gateway in front of them; `provider_lines` hold for each."""
    providers = tuple(ProviderSettings(name=name, kind=Kind.DEEPSEEK, keys=("sk-sim-other",)) for name in NAMES)
    return RunningGateway(
        limits=limits,
        models=models,
        provider_lines=dict.fromkeys(NAMES, provider_lines),
        simulated=SimulatorSettings(providers=providers),
    )


def break_provider(gateway: RunningGateway, name: str, fault: str, *, times: int | None = None) -> None:
    """From now on the provider commits the fault on so many requests, or on each one."""
    gateway.simulator.server(name).faults.add(fault, times=times)


def heal(gateway: RunningGateway, name: str) -> None:
    """The provider does nothing wrong any more."""
    gateway.simulator.server(name).faults.clear()


def tried(gateway: RunningGateway) -> tuple[int, ...]:
    """How many requests each of the three has seen."""
    return tuple(gateway.simulator.server(name).log.total for name in NAMES)


def ask_for(gateway: RunningGateway, model: str = "many", text: str = "hello", *, stream: bool = False) -> Answer:
    """One answer on a connection of its own."""
    return ask(gateway.port, chat(gateway.key, text, model=model, stream=stream))
