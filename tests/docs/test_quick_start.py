"""The README's first real request, step by step: the commands as they stand, with DeepSeek simulated."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.documents import examples
from tests.support.example_runs import run_curl, run_python
from tests.support.loop_thread import LoopThread

from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

PROGRAM = Path(sys.executable).with_name("routeproof")
EXAMPLES = {mark: example.text for example in examples("README.md") for mark in (*example.marks, example.language)}
COMMANDS = next(example.text for example in examples("README.md") if example.marks == ("quickstart",))
KEY_LINE = re.compile(r"export ROUTEPROOF_KEY=\$\(routeproof (.+)\)")
VARIABLE, PROVIDER_KEY = re.findall(r"export (\w+)=(sk-\S+)", COMMANDS)[0]
ELSEWHERE = """
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
[limits]
drain_accept_s = 0
"""


@dataclass(frozen=True)
class Served:
    """A gateway that was started as the README says."""

    folder: Path
    key: str
    address: str
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def deepseek() -> Iterator[str]:
    """The base URL of a simulated DeepSeek that accepts the README's placeholder of a key."""
    provider = ProviderSettings(name="deepseek", kind=Kind.DEEPSEEK, keys=(PROVIDER_KEY,))
    with LoopThread() as loop:
        simulator = loop.run(start_simulator(SimulatorSettings(providers=(provider,))))
        yield simulator.base_url("deepseek")
        loop.run(simulator.stop())


@pytest.fixture(scope="module")
def served(deepseek: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The configuration of the README, and its commands up to `serve`."""
    folder = tmp_path_factory.mktemp("quick-start")
    provider = f'dialect = "deepseek"\nbase_url = "{deepseek}"\nallow_plain = true\n'
    text = EXAMPLES["config"].replace('dialect = "deepseek"\n', provider)
    (folder / "routeproof.toml").write_text(text + ELSEWHERE)

    assert "is in order" in called(folder, "config", "check")
    (arguments,) = KEY_LINE.findall(COMMANDS)
    key = called(folder, *arguments.split()).strip()
    assert COMMANDS.splitlines()[-1] == "routeproof serve &"
    with subprocess.Popen(
        [PROGRAM, "serve"], cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            yield Served(folder, key, listening_address(process.stderr), process)
        finally:
            process.kill()


def test_the_commands_are_these() -> None:
    """The test knows each of them."""
    assert [line.split()[0:2] for line in COMMANDS.splitlines()] == [
        ["export", f"{VARIABLE}={PROVIDER_KEY}"],
        ["routeproof", "config"],
        ["export", "ROUTEPROOF_KEY=$(routeproof"],
        ["routeproof", "serve"],
    ]


def test_ask_and_see_what_it_cost(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """By curl, by the SDK, and then the ledger; in the end it stops in good order."""
    monkeypatch.setenv("ROUTEPROOF_KEY", served.key)

    assert run_curl(EXAMPLES["curl"], served.address, served.key).text.endswith("data: [DONE]\n\n")
    assert run_python(EXAMPLES["sdk"], served.address).strip()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(30) == 0

    assert EXAMPLES["log"] == "routeproof log\n"
    rows = [json.loads(line) for line in called(served.folder, "log", "--json").splitlines()]
    assert [(row["key_owner"], row["outcome"], row["stream"]) for row in rows] == [
        ("me", "ok", False),
        ("me", "ok", True),
    ]
    assert all(row["cost_nanousd"] > 0 for row in rows)


def listening_address(lines: Iterator[str]) -> str:
    """Where the data plane says that it listens."""
    for line in lines:
        found = re.search(r"data plane listens on ([0-9.:]+)", line)
        if found is not None:
            return f"http://{found[1]}"
    raise AssertionError("the gateway ended before it listened")


def called(folder: Path, *arguments: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """That of the README's reader."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROUTEPROOF_")}
    return {**kept, VARIABLE: PROVIDER_KEY}
