"""`routeproof lint`: the common mistakes in configuration and facts, and in what the ledger shows of both."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.instants import read_instant
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, checked_settings_at
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.config.workload_file import load_workload
from routeproof.operations.lint.finding import LintReport
from routeproof.operations.lint.kept_evidence import KeptEvidence
from routeproof.operations.lint.linting import lint as lint_scene
from routeproof.operations.lint.scene import gather_scene
from routeproof.operations.screen import Column

SINCE_DEFAULT: Final = "30d"

_FINDINGS: Final[Sequence[Column]] = (("", "left"), ("code", "left"), ("found", "left"), ("where", "left"))

SinceOption = Annotated[
    str,
    typer.Option("--since", metavar="INSTANT", help="Read the ledger from this instant on, or from so long before."),
]
WorkloadOption = Annotated[
    list[Path] | None,
    typer.Option("--workload", metavar="FILE", help="Look at this workload of `prices compare` too; may be repeated."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]


def lint(
    at: AtOption = None,
    since: SinceOption = SINCE_DEFAULT,
    workload: WorkloadOption = None,
    strict: StrictOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Look for common mistakes that a configuration can have.

    In the configuration itself, in its facts, and in what the ledger shows of both.

    The exit code is 1 where there is an error, with --strict also where there is a warning.
    """
    at_ns = instant_at(at)
    since_ns = read_instant(since, "--since", at_ns)
    workloads = [load_workload(path) for path in workload or ()]
    settings = checked_settings_at(config, keys_needed=False)
    scene = gather_scene(settings, KeptEvidence(), at_ns=at_ns, since_ns=since_ns or 0, workloads=workloads)
    report = lint_scene(scene, strict=strict)
    if as_json:
        json_line(report)
    else:
        _show(report)
    raise typer.Exit(Exit.OK if report.ok else Exit.FAILED)


def _show(report: LintReport) -> None:
    if report.findings:
        table(_FINDINGS, [(row.severity, row.code, row.found, ", ".join(row.where)) for row in report.findings])
    for code, finding in {finding.code: finding for finding in report.findings}.items():
        tell(f"{code}: {finding.hurts}. Remedy: {finding.remedy}.")
    if not report.ledger_read:
        tell("There is no ledger yet, so what clients send was not looked at.")
    ignored = f", {report.ignored} ignored" if report.ignored else ""
    tell(f"errors: {report.errors}, warnings: {report.warnings}, notes: {report.notes} at {report.at}{ignored}")
