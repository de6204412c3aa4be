"""The documented list of metrics keeps Prometheus' rules and names each counter once."""

import re

from routeproof.ledger.entries import Outcome
from routeproof.observe.names import METRICS, WORKER_METRICS

ALL = (*METRICS, *WORKER_METRICS)


def test_names_are_unique_and_well_formed() -> None:
    """Lower case with underscores; a counter ends in `_total`, a gauge does not."""
    names = [metric.name for metric in ALL]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)
    assert all(metric.name.endswith("_total") == (metric.kind == "counter") for metric in ALL)


def test_no_counter_is_shown_twice() -> None:
    """Each of a worker's counters belongs to one metric."""
    keys = [key for metric in METRICS for key in metric.counters]

    assert keys
    assert len(set(keys)) == len(keys)


def test_every_series_has_its_labels() -> None:
    """As many values as the metric has labels."""
    assert all(len(values) == len(metric.labels) for metric in METRICS for values in metric.counters.values())


def test_every_outcome_of_the_ledger_is_a_series() -> None:
    """A new outcome appears in the metrics by itself."""
    (exchanges,) = (metric for metric in METRICS if metric.name == "exchanges_total")

    assert set(exchanges.counters) == {outcome.value for outcome in Outcome}
