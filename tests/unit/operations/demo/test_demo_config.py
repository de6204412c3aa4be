"""The demo's configuration is a real one."""

import stat
from pathlib import Path

from tests.unit.operations.demo.demo_support import demo_config, settings

from routeproof.config.loading import load_settings
from routeproof.operations.demo.config import demo_providers, write_config
from routeproof.simulator.simulator import RunningSimulator


class Listening(RunningSimulator):
    """A simulator that has addresses and no servers."""

    def __init__(self) -> None:
        super().__init__({})

    def base_url(self, provider: str) -> str:
        """An address of its own for each."""
        return f"http://127.0.0.1:9/{provider}"


def test_it_passes_the_check(tmp_path: Path) -> None:
    """Five providers and five models, with the families' prices where they have any."""
    demo = settings(tmp_path)

    assert {name: provider.prices for name, provider in demo.providers.items()} == {
        "deepseek": "deepseek",
        "qwen": "qwen",
        "reseller": None,
        "busy": "deepseek",
        "dropping": "deepseek",
    }
    assert list(demo.models) == ["assistant", "qwen", "steady", "sturdy", "resold"]
    assert demo.providers["qwen"].region == "singapore"
    assert demo.server.listen.port == demo.server.admin_listen.port == 0


def test_it_holds_no_key() -> None:
    """Keys are named by file."""
    assert "sk-sim" not in demo_config()


def test_it_is_written_with_its_keys(tmp_path: Path) -> None:
    """The keys' files are for their owner only, and lead to the keys that the providers accept."""
    path = write_config(tmp_path, demo_providers(), Listening())
    demo = load_settings(path, {})

    assert demo.server.data_dir == tmp_path / "routeproof-data"
    for provider in demo_providers().providers:
        key = demo.providers[provider.name].api_key
        assert key is not None
        assert key.reveal() == provider.keys[0]
        assert stat.S_IMODE((tmp_path / "keys" / provider.name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
