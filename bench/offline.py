"""The scenarios without requests: a price, the whole ledger recomputed, streams examined."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

import msgspec

from bench.children import ROOT
from bench.errors import BenchError
from bench.ledger_rows import write_ledger

MILLION: Final = 1_000_000
_TIMEOUT_S: Final = 600.0
_OUTPUT_SHOWN: Final = 2_000
_read_figures = msgspec.json.Decoder(dict[str, float]).decode


def measure_pricing(core: int) -> dict[str, float]:
    """In a process of its own on the target's core, with the code as the gateway has it. Raises BenchError."""
    return _read_figures(run_program([sys.executable, "-m", "bench.pricing"], [core], os.environ))


def measure_oracle(core: int, size: int) -> dict[str, float]:
    """The stream oracle over `size` bytes of each dialect, in a process of its own. Raises BenchError."""
    return _read_figures(run_program([sys.executable, "-m", "bench.oracle", str(size)], [core], os.environ))


def measure_recompute(core: int, folder: Path, rows: int) -> dict[str, float]:
    """`routeproof ledger recompute` as it is installed, never compiled, on one core. Raises BenchError.

    Seconds for a million rows are extrapolated from those that there are, the program's start included.
    """
    config = folder / "routeproof.toml"
    if not config.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_ledger(folder, rows)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    program = Path(sys.executable).parent / "routeproof"
    began = monotonic()
    output = run_program([str(program), "ledger", "recompute", "--json", "--config", str(config)], [core], environ)
    elapsed_s = monotonic() - began
    summary = msgspec.json.decode(output.splitlines()[-1], type=dict[str, object])
    if summary.get("exchanges") != rows or summary.get("repriced") != rows:
        raise BenchError(f"not every row was re-priced: {output.splitlines()[-1].decode()}")
    return {"rows": rows, "seconds": elapsed_s, "seconds_per_million": elapsed_s * MILLION / rows}


def run_program(
    argv: Sequence[str],
    cores: Sequence[int],
    environ: Mapping[str, str],
    *,
    cwd: Path = ROOT,
    codes: frozenset[int] = frozenset((0,)),
) -> bytes:
    """What a program writes to stdout, held to these cores. Raises BenchError where it ends with no code of `codes`."""
    try:
        done = subprocess.run(
            ["taskset", "-c", ",".join(map(str, cores)), *argv],
            check=False,
            capture_output=True,
            cwd=cwd,
            env=environ,
            timeout=_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{argv[-1]} took longer than {_TIMEOUT_S:g} s") from error
    if done.returncode not in codes:
        tail = (done.stdout + done.stderr)[-_OUTPUT_SHOWN:].decode(errors="replace")
        raise BenchError(f"{' '.join(argv)} ended with {done.returncode}; it wrote:\n{tail}")
    return done.stdout
