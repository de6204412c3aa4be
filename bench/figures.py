"""The figures that are shown, and the floors that some must hold."""

from typing import Final, Literal

import msgspec

from bench.arguments import Sizes
from bench.medians import Comparison, Sample, by_round, compared, spread

BASE: Final = "nginx"
DIRECT: Final = "direct"
OURS: Final = "routeproof"


class Figure(msgspec.Struct, frozen=True):
    """One line of the table."""

    scenario: str
    key: str
    title: str
    digits: int
    comparison: Comparison | None = "ratio"
    """How it is set against nginx, if at all."""
    over: str | None = None
    """The target whose figure of the same round is subtracted first."""


class Floor(msgspec.Struct, frozen=True):
    """What this gateway has to reach."""

    scenario: str
    key: str
    bound: float
    sense: Literal["at least", "at most"]
    comparison: Comparison | None
    """With nginx in the same round; None where the figure stands for itself."""
    unit: str


class FloorReading(msgspec.Struct, frozen=True):
    """A floor and where the gateway stands; None where it was not measured."""

    floor: Floor
    value: float | None
    met: bool | None


FLOORS: Final = (
    Floor("plain-32", "requests_per_s", 0.55, "at least", "ratio", "x nginx"),
    Floor("plain-1", "p50_ms", 0.1, "at most", "difference", "ms over nginx"),
    Floor("streams", "cpu_us_per_event", 1.4, "at most", "ratio", "x nginx"),
    Floor("idle-memory", "idle_mib", 80, "at most", None, "MiB"),
    Floor("stream-memory", "few_kib_per_stream", 16, "at most", None, "KiB"),
    Floor("stream-memory", "many_kib_per_stream", 16, "at most", None, "KiB"),
    Floor("pricing", "us_per_usage", 5, "at most", None, "us"),
    Floor("recompute", "seconds_per_million", 30, "at most", None, "s"),
    Floor("oracle", "deepseek_mb_per_s", 50, "at least", None, "MB/s"),
    Floor("oracle", "qwen_mb_per_s", 50, "at least", None, "MB/s"),
    Floor("self-test", "seconds", 120, "at most", None, "s"),
    Floor("prove-smoke", "seconds", 10, "at most", None, "s"),
    Floor("prove-qualify", "seconds", 90, "at most", None, "s"),
)


def figures(sizes: Sizes) -> list[Figure]:
    """Every line of the table, in its order."""
    return [
        *_request_figures("plain-1", added=True),
        *_request_figures("plain-32", added=True),
        *_request_figures("tls-1"),
        *_request_figures("tls-32"),
        Figure("large", "requests_per_s", "requests/s", 0),
        Figure("large", "mb_per_s", "MB/s", 0),
        Figure("large", "cpu_us_per_request", "CPU per request, us", 0),
        Figure("large", "busy", "core in use", 2, None),
        Figure("streams", "cpu_us_per_event", "CPU per event, us", 1),
        Figure("streams", "delivered", "share delivered", 3, None),
        Figure("streams", "events_per_read", "events per read", 2, None),
        Figure("idle-memory", "idle_mib", "MiB", 1),
        Figure("idle-memory", "beside_mib", "admin plane, MiB", 1),
        Figure("stream-memory", "few_kib_per_stream", f"KiB each of {sizes.open_few:,}", 1),
        Figure("stream-memory", "many_kib_per_stream", f"KiB each of {sizes.open_many:,}", 1),
        Figure("pricing", "us_per_usage", "one usage, us", 2, None),
        Figure("recompute", "seconds_per_million", "1,000,000 rows, s", 1, None),
        Figure("oracle", "deepseek_mb_per_s", "DeepSeek streams, MB/s", 0, None),
        Figure("oracle", "qwen_mb_per_s", "Qwen streams, MB/s", 0, None),
        Figure("self-test", "seconds", "the whole kill matrix, s", 1, None),
        Figure("prove-smoke", "seconds", "the whole command, s", 1, None),
        Figure("prove-qualify", "seconds", "the whole command, s", 1, None),
    ]


def judge(floor: Floor, samples: list[Sample]) -> FloorReading:
    """Where the gateway stands: the median over rounds."""
    values = by_round(samples, floor.scenario, OURS, floor.key)
    if floor.comparison is not None:
        values = compared(values, by_round(samples, floor.scenario, BASE, floor.key), floor.comparison)
    found = spread(values)
    if found is None:
        return FloorReading(floor, None, None)
    met = found.median >= floor.bound if floor.sense == "at least" else found.median <= floor.bound
    return FloorReading(floor, found.median, met)


def _request_figures(scenario: str, *, added: bool = False) -> list[Figure]:
    shown = [
        Figure(scenario, "requests_per_s", "requests/s", 0),
        Figure(scenario, "p50_ms", "p50, ms", 3, "difference"),
        Figure(scenario, "p99_ms", "p99, ms", 3, "difference"),
    ]
    if added:
        shown += [
            Figure(scenario, "p50_ms", "p50 added, ms", 3, "difference", DIRECT),
            Figure(scenario, "p99_ms", "p99 added, ms", 3, "difference", DIRECT),
        ]
    return [
        *shown,
        Figure(scenario, "cpu_us_per_request", "CPU per request, us", 1),
        Figure(scenario, "busy", "core in use", 2, None),
    ]
