"""The scenarios of the prover: its whole kill matrix, and a pack against a simulated provider that answers at once."""

import os
import sys
from pathlib import Path
from time import monotonic
from typing import Final

import msgspec

from bench.children import Children
from bench.errors import BenchError
from bench.offline import run_program
from bench.rig import Cores
from routeproof.operations.kill_matrix.self_test import SELF_TEST_NAME

MODEL: Final = "deepseek-flash"
START_TIMEOUT_S: Final = 30.0
_KEY: Final = "BENCH_PROVIDER_KEY"
_BAD: Final = frozenset(("FAIL", "ERROR"))
_SELF_TESTED: Final = "R09"
"""The check of the self-test's record, which has a scenario of its own."""


class _Wrong(msgspec.Struct):
    check: str
    where: str
    verdict: str


class _SelfTest(msgspec.Struct):
    complete: bool
    rulings: int
    wrong: list[_Wrong]


class _Check(msgspec.Struct):
    check: str
    verdict: str
    summary: str


class _Proof(msgspec.Struct):
    checks: list[_Check]
    requests: int
    stopped: str | None


class _Provider(msgspec.Struct):
    kind: str
    base_url: str
    key: str


class _Providers(msgspec.Struct):
    providers: list[_Provider]


class ProverBench(msgspec.Struct, frozen=True):
    """`routeproof prove` as it is installed, never compiled, in a folder of its own."""

    children: Children
    cores: Cores
    folder: Path

    @property
    def is_self_tested(self) -> bool:
        """Whether the matrix was run here: else the first proof would begin with that."""
        return any(self.folder.glob(f"*/{SELF_TEST_NAME}"))

    def self_test(self) -> dict[str, float]:
        """The whole kill matrix, on both cores. Raises BenchError where a check did not see what it must see."""
        both = tuple(dict.fromkeys((self.cores.target, self.cores.load)))
        output, seconds = self._timed("prove", "--self-test", "--json", cores=both)
        found = msgspec.json.decode(output, type=_SelfTest)
        if not found.complete:
            first = next((f", {one.check} says {one.verdict} of {one.where}" for one in found.wrong), "")
            raise BenchError(f"{len(found.wrong)} of {found.rulings} rulings of the self-test are wrong{first}")
        return {"rulings": found.rulings, "seconds": seconds}

    def prove(self, pack: str) -> dict[str, float]:
        """One pack: the prover on the target's core, the provider on the other. Raises BenchError where it fails."""
        if not self.is_self_tested:
            self._timed("prove", "--self-test", "--json", cores=(self.cores.target, self.cores.load))
        argv = [str(_program()), "simulate", "--json"]
        simulator = self.children.start("simulator", argv, core=self.cores.load, environ={"PYTHONPATH": ""})
        try:
            simulator.wait_ready(lambda: _told(simulator.log_tail()) is not None, START_TIMEOUT_S)
            line = _told(simulator.log_tail())
            assert line is not None
            return self._proven(pack, msgspec.json.decode(line, type=_Providers))
        finally:
            self.children.stop(simulator)

    def _proven(self, pack: str, listening: _Providers) -> dict[str, float]:
        provider = next(one for one in listening.providers if one.kind == "deepseek")
        endpoint = ["--base-url", provider.base_url, "--api-key", f"env:{_KEY}", "--model", MODEL, "--allow-plain"]
        options = ["--dialect", "deepseek", "--pack", pack, "--anew", "--yes", "--json"]
        output, seconds = self._timed("prove", *endpoint, *options, cores=(self.cores.target,), key=provider.key)
        found = msgspec.json.decode(output, type=_Proof)
        bad = [one for one in found.checks if one.verdict in _BAD and one.check != _SELF_TESTED]
        if found.stopped is not None or bad:
            why = found.stopped or f"{bad[0].check} says {bad[0].verdict}: {bad[0].summary}"
            raise BenchError(f"the simulated provider was not proven: {why}")
        return {"requests": found.requests, "seconds": seconds}

    def _timed(self, *arguments: str, cores: tuple[int, ...], key: str = "") -> tuple[bytes, float]:
        """What the program wrote, and the seconds that it took from its start. Any verdict will do."""
        self.folder.mkdir(parents=True, exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        began = monotonic()
        argv = [str(_program()), *arguments]
        output = run_program(argv, cores, {**environ, _KEY: key}, cwd=self.folder, codes=frozenset((0, 1, 2)))
        seconds = monotonic() - began
        if not output.strip():
            raise BenchError(f"routeproof {' '.join(arguments)} wrote nothing")
        return output.splitlines()[-1], seconds


def _told(log: str) -> str | None:
    """The line by which the simulator says that it listens, and where."""
    return next((line for line in log.splitlines() if line.startswith('{"providers"')), None)


def _program() -> Path:
    return Path(sys.executable).parent / "routeproof"
