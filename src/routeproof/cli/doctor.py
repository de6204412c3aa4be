"""`routeproof doctor`: look for what would keep the gateway from serving."""

from pathlib import Path

import msgspec
import typer

from routeproof.cli.console import json_line, say, table
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, checked_settings_at
from routeproof.config.server import DATA_DIR_DEFAULT
from routeproof.errors import ConfigError, FactsError
from routeproof.operations.certificate import require_usable_certificate
from routeproof.operations.doctor import Finding, diagnose


class DoctorReport(msgspec.Struct, frozen=True):
    """What `doctor --json` writes."""

    ok: bool
    findings: list[Finding]


def doctor(config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Look for what would keep the gateway from serving.

    Without a valid configuration it looks at the default data directory.
    """
    findings = _examine(config)
    ok = all(finding.ok for finding in findings)
    if as_json:
        json_line(DoctorReport(ok, findings))
    else:
        _show(findings)
    raise typer.Exit(Exit.OK if ok else Exit.FAILED)


def _examine(path: Path) -> list[Finding]:
    try:
        settings = checked_settings_at(path)
    except (ConfigError, FactsError) as error:
        return [_mistaken(error), *diagnose(path.absolute().parent / DATA_DIR_DEFAULT)]
    found = Finding("config", True, f"{path} is in order")
    try:
        require_usable_certificate(settings)
    except ConfigError as error:
        found = _mistaken(error)
    return [found, *diagnose(settings.server.data_dir, limits=settings.limits)]


def _mistaken(error: ConfigError | FactsError) -> Finding:
    detail = "; ".join(error.problems)
    return Finding("config", False, detail, "correct it; `routeproof config check` shows one mistake a line")


def _show(findings: list[Finding]) -> None:
    table(
        [("check", "left"), ("", "left"), ("found", "left")],
        [(finding.name, "ok" if finding.ok else "FAIL", finding.detail) for finding in findings],
    )
    for finding in findings:
        if finding.remedy is not None:
            say(f"{finding.name}: {finding.remedy}")
