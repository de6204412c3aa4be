"""The demo's providers, and the configuration file that leads the gateway to them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.schedule import FaultRule
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import RunningSimulator

CONFIG_NAME: Final = "routeproof.toml"
FAULTY: Final = "faulty"
"""The provider that has a seeded fault, where one is asked for."""
FAULTY_ROUTE: Final = f"{FAULTY}/deepseek-flash"
DATA_FOLDER: Final = "routeproof-data"
_KEY_FOLDER: Final = "keys"
_QWEN_REGION: Final = "singapore"

_HEADER: Final = f"""\
# The demo's configuration. For the real providers remove `base_url` and `allow_plain`,
# and let `api_key` name your own key, such as "env:DEEPSEEK_API_KEY".

[server]
listen = "127.0.0.1:0"             # any free port
admin_listen = "127.0.0.1:0"
data_dir = "{DATA_FOLDER}"
direct_routes = true               # `model` may also be a route, such as "deepseek/deepseek-flash"

[limits]
drain_accept_s = 0
drain_streams_s = 5
"""
_MODELS: Final = """
[models."assistant"]
routes = ["deepseek/deepseek-flash"]
fallbacks = ["qwen/qwen-plus"]
rollback = "deepseek/deepseek-v4-pro"

[models."qwen"]
routes = ["qwen/qwen-plus"]

[models."steady"]                  # its first route is always busy
routes = ["busy/deepseek-flash"]
fallbacks = ["qwen/qwen-plus"]

[models."sturdy"]                  # its first route always drops the connection
routes = ["dropping/deepseek-flash"]
fallbacks = ["qwen/qwen-plus"]

[models."resold"]                  # no facts state what this provider charges
routes = ["reseller/qwen-plus"]
"""


def demo_providers(fault: Fault | None = None) -> SimulatorSettings:
    """DeepSeek and Qwen, a reseller of both, and two accounts at DeepSeek that never get an answer.

    With a fault there is another DeepSeek that commits it with every answer.
    """
    return SimulatorSettings(
        providers=(
            _provider("deepseek", Kind.DEEPSEEK),
            _provider("qwen", Kind.QWEN),
            _provider("reseller", Kind.NEWAPI),
            _provider("busy", Kind.DEEPSEEK, Fault.STATUS_503),
            _provider("dropping", Kind.DEEPSEEK, Fault.RESET),
            *(() if fault is None else (_provider(FAULTY, Kind.DEEPSEEK, fault),)),
        )
    )


def config_text(providers: SimulatorSettings, base_url_of: Callable[[str], str]) -> str:
    """The configuration as TOML; `base_url_of` a provider's name. The keys' files are named relative to it."""
    tables = [_table(provider, base_url_of(provider.name)) for provider in providers.providers]
    return _HEADER + "".join(tables) + _MODELS


def write_config(folder: Path, providers: SimulatorSettings, simulator: RunningSimulator) -> Path:
    """Write the configuration and the providers' keys into a folder; returns the configuration's path."""
    keys = folder / _KEY_FOLDER
    keys.mkdir(mode=0o700)
    for provider in providers.providers:
        path = keys / provider.name
        path.touch(mode=0o600)
        path.write_text(provider.keys[0] + "\n", encoding="ascii")
    path = folder / CONFIG_NAME
    path.write_text(config_text(providers, simulator.base_url), encoding="utf-8")
    return path


def _provider(name: str, kind: Kind, fault: Fault | None = None) -> ProviderSettings:
    rules = () if fault is None else (FaultRule(FaultCall(fault=fault)),)
    return ProviderSettings(name=name, kind=kind, keys=(f"sk-sim-{name}",), faults=rules)


def _table(provider: ProviderSettings, base_url: str) -> str:
    return "\n".join(("", *_lines(provider, base_url), ""))


def _lines(provider: ProviderSettings, base_url: str) -> Iterator[str]:
    yield f"[providers.{provider.name}]"
    yield f'dialect = "{provider.kind.value}"'
    if provider.kind is Kind.QWEN:
        yield f'region = "{_QWEN_REGION}"'
    yield f"base_url = {msgspec.json.encode(base_url).decode()}"
    yield "allow_plain = true"
    yield f'api_key = "file:{_KEY_FOLDER}/{provider.name}"'
