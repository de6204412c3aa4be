"""`python -m bench`: measures, prints the table, writes the JSON. A slow figure is no failure; a broken part is."""

import sys
from datetime import UTC, datetime

from rich.console import Console

from bench import results, sheet
from bench.arguments import Options, read_options
from bench.children import exit_on_signals
from bench.errors import BenchError
from bench.rig import RESULTS, Rig, set_up
from bench.run import Run

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


def _measure(options: Options, rig: Rig) -> int:
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    run = Run(options, rig, lambda line: progress.print(line, markup=False))
    outcome = run.execute()
    found = results.collect(
        run.options,
        outcome,
        results.machine(rig),
        results.versions(rig, options.targets),
        datetime.now(UTC),
    )
    results.write(found, options.json_path)
    console = Console()
    wide = Console(width=max(console.width, _WIDTH_MIN))
    wide.print(sheet.render(found))
    wide.print(f"Every figure: {options.json_path}", markup=False, highlight=False)
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
