"""`python -m bench`: measures, prints the table, writes the JSON. A slow figure is no failure; a broken part is."""

import sys
from datetime import UTC, datetime

from rich.console import Console

from bench import results, sheet
from bench.arguments import Options, read_options
from bench.children import exit_on_signals
from bench.errors import BenchError
from bench.measure import Meter
from bench.proving import ProverBench
from bench.rig import RESULTS, Rig, set_up
from bench.run import Run, make_target, within_file_limit
from bench.upstreams import Upstream

_WIDTH_MIN = 120


def main() -> int:
    """The exit code: 0 if everything was measured, 1 if something broke."""
    options = read_options(sys.argv[1:], RESULTS)
    exit_on_signals()
    try:
        with set_up() as rig:
            return _measure(options, rig)
    except BenchError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        return 1


def _measure(asked: Options, rig: Rig) -> int:
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    options, notes = within_file_limit(asked, rig.file_limit)
    if rig.cores.shared:
        notes.append("only one core: load and target share it, and the figures say little")
    targets = [make_target(name, rig) for name in options.targets]
    run = Run(options, targets, _meter(options, rig), lambda line: progress.print(line, markup=False))
    outcome = run.execute()
    outcome.notes[:0] = notes
    versions = results.versions(rig, options.targets)
    found = results.collect(options, outcome, results.machine(rig), versions, datetime.now(UTC))
    results.write(found, options.json_path)
    _show(found)
    return 1 if outcome.broken else 0


def _meter(options: Options, rig: Rig) -> Meter:
    return Meter(
        wrk_program=rig.programs["wrk"],
        folder=rig.site.folder,
        sizes=options.sizes,
        stream_port=rig.site.upstreams.ports[Upstream.STREAM],
        target_core=rig.cores.target,
        prover=ProverBench(rig.site.children, rig.cores, rig.site.folder / "prover"),
    )


def _show(found: results.Results) -> None:
    console = Console()
    wide = Console(width=max(console.width, _WIDTH_MIN))
    wide.print(sheet.render(found))
    wide.print(f"Every figure: {found.options.json_path}", markup=False, highlight=False)


if __name__ == "__main__":
    sys.exit(main())
