"""From heartbeats to the text that Prometheus scrapes."""

from collections.abc import Mapping

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from routeproof.clock import NS_PER_S
from routeproof.observe.metrics import is_fresh, render_metrics
from routeproof.observe.names import METRICS, PREFIX, WORKER_METRICS

NOW_NS = 1_788_825_600 * NS_PER_S


class Beat(msgspec.Struct):
    """A heartbeat."""

    worker: int = 0
    state: str = "serving"
    beat_ns: int = NOW_NS
    counters: dict[str, int] = {}


def samples(*beats: Beat) -> dict[tuple[str, tuple[str, ...]], float]:
    """What a scrape reads: value by name and label values, these in the order of the labels' names."""
    found: dict[tuple[str, tuple[str, ...]], float] = {}
    for family in text_string_to_metric_families(render_metrics(beats, NOW_NS).decode()):
        for sample in family.samples:
            labels: Mapping[str, str] = sample.labels
            values = tuple(labels[name] for name in sorted(labels))
            found[sample.name.removeprefix(PREFIX), values] = sample.value
    return found


def test_counters_are_summed_over_the_workers() -> None:
    """Series by series."""
    found = samples(Beat(0, counters={"ok": 2, "truncated": 1}), Beat(1, counters={"ok": 3}))

    assert found["exchanges_total", ("ok",)] == 5
    assert found["exchanges_total", ("truncated",)] == 1


def test_a_worker_that_is_gone_keeps_its_counters_but_not_its_gauges() -> None:
    """What was counted happened; what was in flight no longer is."""
    counters = {"retries_denied": 2, "in_flight": 7}
    found = samples(Beat(0, beat_ns=NOW_NS - 6 * NS_PER_S, counters=counters), Beat(1, counters=counters))

    assert found["retries_denied_total", ()] == 4
    assert found["exchanges_in_flight", ()] == 7


def test_what_nobody_counts_has_no_sample() -> None:
    """Unknown is not zero; a zero that was counted is."""
    found = samples(Beat(counters={"in_flight": 0}))

    assert ("retries_denied_total", ()) not in found
    assert found["exchanges_in_flight", ()] == 0


def test_workers_are_counted_by_state_and_aged() -> None:
    """Only those with a fresh heartbeat count; the age of all is shown."""
    found = samples(Beat(0), Beat(1, "draining"), Beat(2), Beat(3, beat_ns=NOW_NS - 60 * NS_PER_S))

    assert found["workers", ("serving",)] == 2
    assert found["workers", ("draining",)] == 1
    assert found["heartbeat_age_seconds", ("3",)] == 60


def test_undocumented_counters_are_told_not_shown() -> None:
    """Every name that Prometheus sees is in the list."""
    found = samples(Beat(counters={"surprise": 1, "ok": 1}))

    assert found["undocumented_counters", ()] == 1
    assert not any("surprise" in name or "surprise" in labels for name, labels in found)


def test_a_state_is_escaped() -> None:
    """No word of a worker can break the exposition."""
    assert samples(Beat(state='a"\\\nb'))["workers", ('a"\\\nb',)] == 1


def test_every_documented_metric_is_announced() -> None:
    """Help and type are there before the first sample."""
    text = render_metrics([], NOW_NS).decode()

    for metric in (*METRICS, *WORKER_METRICS):
        assert f"# TYPE {PREFIX}{metric.name} {metric.kind}\n" in text


@pytest.mark.parametrize(("age_s", "fresh"), [(0, True), (5, True), (5.001, False), (-3, True)])
def test_a_heartbeat_is_fresh_for_five_seconds(age_s: float, fresh: bool) -> None:
    """The bound itself counts as fresh, and so does a clock that was set back."""
    assert is_fresh(Beat(beat_ns=NOW_NS - int(age_s * NS_PER_S)), NOW_NS) is fresh
