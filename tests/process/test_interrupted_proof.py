"""A proof that is interrupted keeps what it measured, and the same command goes on from there."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.loop_thread import LoopThread
from tests.support.program import PROGRAM, environment, run
from tests.support.waiting import until

from routeproof.evidence.plan import SelfTest
from routeproof.operations.kill_matrix.self_test import SELF_TEST_NAME
from routeproof.prover.checks.registry import all_checks
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.kill_matrix.self_test import write_self_test
from routeproof.simulator.faults import Fault
from routeproof.simulator.server import SimServer
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

KEY = "sk-sim-canary-0123456789abcdef"


@pytest.fixture
def provider() -> Iterator[SimServer]:
    """A simulated DeepSeek."""
    with LoopThread() as thread:
        settings = ProviderSettings(name="deepseek", kind=Kind.DEEPSEEK, keys=(KEY,))
        simulator = thread.run(start_simulator(SimulatorSettings(providers=(settings,))))
        yield simulator.server("deepseek")
        thread.run(simulator.stop())


def arguments(provider: SimServer, *more: str) -> tuple[str, ...]:
    """The command that proves it, with a fixed seed."""
    endpoint = ("--base-url", provider.base_url, "--api-key", "env:SIM_KEY", "--model", "deepseek-flash")
    wanted = ("--dialect", "deepseek", "--allow-plain", "--checks", "P01,S01,U01", "--seed", "7", "--yes", "--json")
    return ("prove", *endpoint, *wanted, *more)


def test_ctrl_c_keeps_what_was_measured(tmp_path: Path, provider: SimServer) -> None:
    """Nothing is concluded or signed; with --resume only the rest is sent, and the evidence is whole."""
    data_dir = tmp_path / "routeproof-data"
    data_dir.mkdir(mode=0o700)
    hashes = {check.id: check_hash(check) for check in all_checks()}
    record = SelfTest(digest="ab" * 32, complete=True, check_hashes=hashes)
    (data_dir / SELF_TEST_NAME).write_bytes(write_self_test(record))
    provider.faults.add(Fault("stall_before_headers"), stream=True, times=None)
    environ = {"SIM_KEY": KEY}

    with subprocess.Popen(
        [PROGRAM, *arguments(provider)],
        cwd=tmp_path,
        env=environment(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        whole = _planned(tmp_path, provider, environ)
        until(lambda: any(_is_over(tmp_path)) and len(provider.seen) >= whole // 2, "some requests are over")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)

    told = json.loads(stdout)
    assert process.returncode == 2
    assert (told["verdict"], told["evidence"], told["checks"]) == (None, None, [])
    assert "--resume" in stderr
    assert not (data_dir / "evidence").exists()

    provider.faults.clear()
    done = run(tmp_path, *arguments(provider, "--resume"), environ=environ)
    again = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert again["plan"]["plan"] == told["plan"]["plan"]
    assert again["verdict"] == "PASS"
    assert "Going on with the run that was interrupted" in done.stderr
    bodies = [seen.body for seen in provider.seen if seen.fault is None]
    assert len(bodies) == len(set(bodies)) == whole
    nothing = run(tmp_path, *arguments(provider, "--resume"), environ=environ)
    assert (nothing.returncode, "no interrupted run" in nothing.stderr) == (1, True)


def _planned(folder: Path, provider: SimServer, environ: dict[str, str]) -> int:
    plan = run(folder, *arguments(provider, "--dry-run", "--anew"), environ=environ)
    requests: int = json.loads(plan.stdout)["requests"]
    return requests


def _is_over(folder: Path) -> Iterator[bool]:
    for path in (folder / "routeproof-data" / "prover").glob("*/journal.jsonl"):
        yield b'"kept"' in path.read_bytes()
