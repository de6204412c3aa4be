"""The scenarios without requests: what is measured is right, and what is made of a program's answer."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from bench import offline
from bench.errors import BenchError
from bench.ledger_rows import write_ledger
from bench.offline import measure_recompute, run_program
from bench.oracle import DIALECTS, stream_of, time_oracle
from bench.pricing import time_pricing

from routeproof.config.loading import load_settings
from routeproof.operations.ledger.recompute import Record, recompute
from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.stream.examination import EventKind
from routeproof.prover.oracle.stream.oracle import examine_stream
from routeproof.store.reading import LedgerFilter

ROWS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of some rows."""
    made = tmp_path_factory.mktemp("bench-ledger")
    write_ledger(made, ROWS)
    return made


def test_the_ledger_that_is_measured_is_right(folder: Path) -> None:
    """Every row is re-priced from its usage object and pinned facts of more than one hour; nothing differs."""
    told: list[Record] = []
    settings = load_settings(folder / "routeproof.toml", {})

    summary = recompute(settings, LedgerFilter(), told.append, lambda *_: None)

    assert told == []
    assert (summary.exchanges, summary.repriced, summary.usage_read) == (ROWS, ROWS, ROWS)
    assert summary.cost_nanousd > 0


def test_seconds_are_extrapolated_to_a_million(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the rows that there are; the compiled package is out of the program's sight."""
    seen: list[tuple[list[str], list[int], dict[str, str]]] = []

    def run(argv: list[str], cores: list[int], environ: dict[str, str]) -> bytes:
        seen.append((argv, cores, environ))
        return b'{"record":"summary","exchanges":300,"repriced":300}\n'

    monkeypatch.setenv("PYTHONPATH", "build/compiled")
    monkeypatch.setattr(offline, "run_program", run)
    figures = measure_recompute(3, folder, ROWS)

    ((argv, cores, environ),) = seen
    assert argv[1:] == ["ledger", "recompute", "--json", "--config", str(folder / "routeproof.toml")]
    assert (cores, "PYTHONPATH" in environ) == ([3], False)
    assert figures["seconds_per_million"] == pytest.approx(figures["seconds"] * 1_000_000 / ROWS)


def test_a_row_that_was_left_out_spoils_the_measurement(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fast because it did less is not fast."""
    monkeypatch.setattr(offline, "run_program", lambda *_: b'{"exchanges":300,"repriced":299}\n')

    with pytest.raises(BenchError, match="not every row"):
        measure_recompute(0, folder, ROWS)


def test_a_program_that_fails_says_what_it_wrote() -> None:
    """Its exit code, and the end of its output."""
    code = "import sys; print('what happened'); sys.exit(3)"

    with pytest.raises(BenchError, match=r"ended with 3; it wrote:\nwhat happened"):
        run_program([sys.executable, "-c", code], [min(os.sched_getaffinity(0))], os.environ)


def test_pricing_is_timed() -> None:
    """Microseconds for one usage, above nothing; every usage had a cost."""
    assert asyncio.run(time_pricing(4_000)) > 0


def test_an_exit_code_may_be_a_verdict() -> None:
    """Where it is, the output counts all the same; the program runs where it is told to."""
    code = "import os, sys; print(os.getcwd()); sys.exit(1)"
    cores = sorted(os.sched_getaffinity(0))

    output = run_program([sys.executable, "-c", code], cores, os.environ, cwd=Path("/"), codes=frozenset((0, 1)))
    assert output == b"/\n"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_streams_that_are_examined_are_right(dialect: str) -> None:
    """Judged without a word, with reasoning, text and usage, a chunk for each token, as long as they say."""
    body = stream_of(dialect, 200)
    found = examine_stream(body, overlay_named(dialect), StreamAsked(include_usage=True))

    assert (found.findings, found.done) == ((), True)
    assert found.usage is not None
    assert found.usage["completion_tokens"] == 200
    assert found.messages[0].reasoning
    assert sum(event.kind is EventKind.DELTA for event in found.events) == 200


def test_the_oracle_is_timed() -> None:
    """Above nothing, however little is examined."""
    assert time_oracle("qwen", 1) > 0
