"""From the workers' heartbeats to what Prometheus scrapes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from routeproof.clock import NS_PER_S
from routeproof.observe.names import METRICS, PREFIX, WORKER_METRICS, Metric

FRESH_NS: Final = 5 * NS_PER_S
"""A heartbeat that is older than this is taken for a worker that is gone."""

Labels = tuple[str, ...]
Series = Mapping[Labels, float]

_DOCUMENTED: Final = frozenset(key for metric in METRICS for key in metric.counters)


class Beat(Protocol):
    """What a worker tells of itself about once a second."""

    @property
    def worker(self) -> int:
        """The worker's number."""
        ...

    @property
    def state(self) -> str:
        """What it is doing, such as `serving`."""
        ...

    @property
    def beat_ns(self) -> int:
        """When it was written: nanoseconds since the epoch."""
        ...

    @property
    def counters(self) -> Mapping[str, int]:
        """Numbers by name; `METRICS` says what each means."""
        ...


def is_fresh(beat: Beat, now_ns: int) -> bool:
    """Whether the worker was alive within the last five seconds."""
    return now_ns - beat.beat_ns <= FRESH_NS


def render_metrics(beats: Sequence[Beat], now_ns: int) -> bytes:
    """The text exposition of these heartbeats. What no worker counts has no sample: unknown is not zero."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_BeatCollector(beats, now_ns))
    return generate_latest(registry)


class _BeatCollector(Collector):
    """Feeds prometheus-client from heartbeats that were read already."""

    def __init__(self, beats: Sequence[Beat], now_ns: int) -> None:
        self._beats = beats
        self._fresh = [beat for beat in beats if is_fresh(beat, now_ns)]
        self._now_ns = now_ns

    def collect(self) -> Iterator[Family]:
        """Every documented metric, those of the workers last."""
        totals, current = _summed(self._beats), _summed(self._fresh)
        for metric in METRICS:
            counted = totals if metric.kind == "counter" else current
            yield _family(metric, {labels: counted[key] for key, labels in metric.counters.items() if key in counted})
        of_workers: dict[str, Series] = {
            "workers": self._states(),
            "heartbeat_age_seconds": self._ages(),
            "undocumented_counters": {(): len(totals.keys() - _DOCUMENTED)},
        }
        for metric in WORKER_METRICS:
            yield _family(metric, of_workers[metric.name])

    def _states(self) -> Series:
        states: Counter[Labels] = Counter()
        states.update((beat.state,) for beat in self._fresh)
        return states

    def _ages(self) -> Series:
        return {(str(beat.worker),): (self._now_ns - beat.beat_ns) / NS_PER_S for beat in self._beats}


def _summed(beats: Iterable[Beat]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for beat in beats:
        totals.update(beat.counters)
    return totals


def _family(metric: Metric, series: Series) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(PREFIX + metric.name, metric.meaning, labels=metric.labels)
    for labels, value in series.items():
        family.add_metric(labels, value)
    return family
