"""The prover's scenarios: what is run, on which cores, and what is no measurement."""

import json
from pathlib import Path
from typing import Any

import pytest
from bench import proving
from bench.arguments import Sizes
from bench.errors import BenchError
from bench.measure import Meter
from bench.proving import ProverBench
from bench.rig import Cores

LISTENING = json.dumps(
    {"providers": [{"name": "deepseek", "kind": "deepseek", "base_url": "http://127.0.0.1:1", "key": "sk-sim"}]}
)
TESTED = {"complete": True, "digest": "ab", "rulings": 828, "wrong": [], "without_defect": []}
PROVEN: dict[str, Any] = {"checks": [], "requests": 24, "stopped": None}


class Simulator:
    """Says that it listens."""

    def log_tail(self) -> str:
        return f"a line of its log\n{LISTENING}"

    def wait_ready(self, probe: Any, timeout_s: float) -> None:
        assert probe()


class Children:
    """Notes what is started and stopped."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def start(self, name: str, argv: list[str], *, core: int, environ: dict[str, str]) -> Simulator:
        assert argv[1:] == ["simulate", "--json"]
        self.told.append((name, core))
        return Simulator()

    def stop(self, child: Simulator) -> None:
        self.told.append(("stopped", -1))


class Program:
    """Answers in the place of `routeproof prove`, and leaves the self-test's record as it does."""

    def __init__(self, folder: Path, **answers: Any) -> None:
        self.calls: list[tuple[tuple[str, ...], tuple[int, ...]]] = []
        self._folder = folder
        self._answers = {"self_test": TESTED, "proof": PROVEN, **answers}

    def __call__(self, argv: list[str], cores: tuple[int, ...], environ: dict[str, str], **more: Any) -> bytes:
        self.calls.append((tuple(argv[1:]), cores))
        assert more["cwd"] == self._folder
        assert "PYTHONPATH" not in environ
        if "--self-test" not in argv:
            assert environ["BENCH_PROVIDER_KEY"] == "sk-sim"
            return json.dumps(self._answers["proof"]).encode()
        record = self._folder / "routeproof-data" / "self-test.json"
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text("{}")
        return b"a line before\n" + json.dumps(self._answers["self_test"]).encode() + b"\n"


def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **answers: Any) -> tuple[ProverBench, Program, Children]:
    program, children = Program(tmp_path / "prover", **answers), Children()
    monkeypatch.setenv("PYTHONPATH", "build/compiled")
    monkeypatch.setattr(proving, "run_program", program)
    return ProverBench(children, Cores(2, 3), tmp_path / "prover"), program, children  # type: ignore[arg-type]


def test_the_self_test_has_both_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rulings and its seconds; afterwards it is known to have been run."""
    bench, program, _ = scene(tmp_path, monkeypatch)
    assert not bench.is_self_tested

    figures = bench.self_test()

    assert program.calls == [(("prove", "--self-test", "--json"), (2, 3))]
    assert (figures["rulings"], figures["seconds"] >= 0, bench.is_self_tested) == (828, True, True)


def test_a_self_test_with_a_wrong_ruling_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which."""
    wrong = {"check": "S01", "where": "cut_mid_event", "verdict": "PASS"}
    bench, _, _ = scene(tmp_path, monkeypatch, self_test={**TESTED, "complete": False, "wrong": [wrong]})

    with pytest.raises(BenchError, match="1 of 828 rulings of the self-test are wrong, S01 says PASS of cut_mid_event"):
        bench.self_test()


def test_prover_and_provider_have_a_core_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The self-test comes first, once, and the provider is stopped each time."""
    bench, program, children = scene(tmp_path, monkeypatch)

    figures = [bench.prove("smoke"), bench.prove("qualify")]

    assert [one["requests"] for one in figures] == [24, 24]
    assert [("--self-test" in argv, cores) for argv, cores in program.calls] == [
        (True, (2, 3)), (False, (2,)), (False, (2,))
    ]  # fmt: skip
    assert [argv[argv.index("--pack") + 1] for argv, _ in program.calls[1:]] == ["smoke", "qualify"]
    assert children.told == [("simulator", 3), ("stopped", -1)] * 2


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        ({"stopped": "SIGTERM"}, "SIGTERM"),
        ({"checks": [{"check": "P01", "verdict": "FAIL", "summary": "No shape."}]}, "P01 says FAIL: No shape"),
        ({"checks": [{"check": "S01", "verdict": "ERROR", "summary": "Dead."}]}, "S01 says ERROR: Dead"),
    ],
)
def test_what_was_not_proven_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proof: dict[str, Any], words: str
) -> None:
    """Fast because it failed is not fast; the provider is stopped all the same."""
    bench, _, children = scene(tmp_path, monkeypatch, proof={**PROVEN, **proof})

    with pytest.raises(BenchError, match=f"the simulated provider was not proven: {words}"):
        bench.prove("smoke")
    assert children.told[-1] == ("stopped", -1)


def test_the_record_of_the_self_test_is_not_judged_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R09 repeats what the scenario of the self-test says; what can't be seen with one key is no fault either."""
    checks = [
        {"check": "R09", "verdict": "FAIL", "summary": ""},
        {"check": "N01", "verdict": "INCONCLUSIVE", "summary": ""},
    ]
    bench, _, _ = scene(tmp_path, monkeypatch, proof={**PROVEN, "checks": checks})

    assert bench.prove("smoke")["requests"] == 24


def test_a_run_measures_the_self_test_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its first round; and only where the gateway's turn is, which stands for everything of this project."""
    bench, program, _ = scene(tmp_path, monkeypatch)
    meter = Meter("wrk", tmp_path, Sizes(), 1, 2, bench)
    ours, other = (type("Target", (), {"name": name})() for name in ("routeproof", "nginx"))

    assert meter.measure("self-test", other) is None
    assert meter.measure("self-test", ours) is not None
    assert meter.measure("self-test", ours) is None
    assert len(program.calls) == 1
