"""The results as JSON: every raw figure, medians, floors, and what they were measured with."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from bench import proc, programs
from bench.arguments import Options
from bench.figures import BASE, FLOORS, FloorReading, judge
from bench.medians import Comparison, Sample, Spread, by_round, compared, spread
from bench.peers import LITELLM, PORTKEY
from bench.rig import Rig
from bench.run import Outcome


class Machine(msgspec.Struct, frozen=True):
    """Where it ran."""

    cpu: str
    cores: int
    kernel: str
    target_core: int
    load_core: int
    open_files_max: int


class Results(msgspec.Struct, frozen=True):
    """Everything that is kept of a run. `medians` and `to_nginx` go by scenario, target and figure."""

    measured_at: str
    options: Options
    machine: Machine
    versions: dict[str, str]
    notes: list[str]
    broken: list[str]
    floors: list[FloorReading]
    medians: dict[str, dict[str, dict[str, Spread]]]
    ratios_to_nginx: dict[str, dict[str, dict[str, Spread]]]
    samples: list[Sample]


def machine(rig: Rig) -> Machine:
    """This machine."""
    return Machine(
        cpu=proc.cpu_model(),
        cores=os.cpu_count() or 0,
        kernel=platform.release(),
        target_core=rig.cores.target,
        load_core=rig.cores.load,
        open_files_max=rig.file_limit,
    )


def versions(rig: Rig, targets: tuple[str, ...]) -> dict[str, str]:
    """Versions of what took part."""
    found = {
        "python": platform.python_version(),
        "routeproof": version("routeproof"),
        "uvloop": version("uvloop"),
        "httptools": version("httptools"),
        "nginx": programs.version([rig.programs["nginx"], "-v"]).removeprefix("nginx version: "),
        "wrk": programs.version([rig.programs["wrk"], "-v"]).partition(" [")[0],
        "openssl": programs.version([rig.programs["openssl"], "version"]),
    }
    peers = {"litellm": LITELLM, "portkey": PORTKEY}
    return found | {name: pinned for name, pinned in peers.items() if name in targets}


def collect(options: Options, outcome: Outcome, machine: Machine, versions: dict[str, str], now: datetime) -> Results:
    """Put everything together."""
    samples = outcome.samples
    return Results(
        measured_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        options=options,
        machine=machine,
        versions=versions,
        notes=outcome.notes,
        broken=outcome.broken,
        floors=[judge(floor, samples) for floor in FLOORS],
        medians=_grouped(samples, None),
        ratios_to_nginx=_grouped([sample for sample in samples if sample.target != BASE], "ratio", samples),
        samples=samples,
    )


def write(results: Results, path: Path) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(results, enc_hook=_encode), indent=2) + b"\n")
    draft.replace(path)


def _encode(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"no JSON form for {type(value)}")


def _grouped(
    samples: list[Sample], comparison: Comparison | None, base_samples: list[Sample] | None = None
) -> dict[str, dict[str, dict[str, Spread]]]:
    grouped: dict[str, dict[str, dict[str, Spread]]] = {}
    places = dict.fromkeys((one.scenario, one.target, key) for one in samples for key in one.figures)
    for scenario, target, key in places:
        values = by_round(samples, scenario, target, key)
        if comparison is not None:
            values = compared(values, by_round(base_samples or [], scenario, BASE, key), comparison)
        found = spread(values)
        if found is not None:
            grouped.setdefault(scenario, {}).setdefault(target, {})[key] = found
    return grouped
