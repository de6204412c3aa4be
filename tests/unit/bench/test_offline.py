"""The scenarios without requests: the ledger that is recomputed, and what is made of the program's answer."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from bench import offline
from bench.errors import BenchError
from bench.ledger_rows import write_ledger
from bench.offline import measure_recompute
from bench.pricing import time_pricing

from routeproof.config.loading import load_settings
from routeproof.operations.recompute import Record, recompute
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
    seen: list[tuple[list[str], int, dict[str, str]]] = []

    def run(argv: list[str], core: int, environ: dict[str, str]) -> bytes:
        seen.append((argv, core, environ))
        return b'{"record":"summary","exchanges":300,"repriced":300}\n'

    monkeypatch.setenv("PYTHONPATH", "build/compiled")
    monkeypatch.setattr(offline, "_run", run)
    figures = measure_recompute(3, folder, ROWS)

    ((argv, core, environ),) = seen
    assert argv[1:] == ["ledger", "recompute", "--json", "--config", str(folder / "routeproof.toml")]
    assert (core, "PYTHONPATH" in environ) == (3, False)
    assert figures["seconds_per_million"] == pytest.approx(figures["seconds"] * 1_000_000 / ROWS)


def test_a_row_that_was_left_out_spoils_the_measurement(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fast because it did less is not fast."""
    monkeypatch.setattr(offline, "_run", lambda *_: b'{"exchanges":300,"repriced":299}\n')

    with pytest.raises(BenchError, match="not every row"):
        measure_recompute(0, folder, ROWS)


def test_a_program_that_fails_says_what_it_wrote() -> None:
    """Its exit code, and the end of its output."""
    code = "import sys; print('what happened'); sys.exit(3)"

    with pytest.raises(BenchError, match=r"ended with 3; it wrote:\nwhat happened"):
        offline._run([sys.executable, "-c", code], min(os.sched_getaffinity(0)), dict(os.environ))


def test_pricing_is_timed() -> None:
    """Microseconds for one usage, above nothing; every usage had a cost."""
    assert asyncio.run(time_pricing(4_000)) > 0
