"""What a data plane publishes in its heartbeat: all that the metrics show, and nothing else."""

from tests.support.raw_client import ask, chat
from tests.support.running_gateway import RunningGateway

from routeproof.observe.names import METRICS


def test_every_count_has_a_metric_and_every_metric_its_count() -> None:
    """None is missing, and none is shown as undocumented."""
    with RunningGateway() as gateway:
        published = gateway.plane.counters()

    assert sorted(published) == sorted(key for metric in METRICS for key in metric.counters)


def test_what_the_writer_knows_is_published() -> None:
    """Rows that wait, and rows that were dropped."""
    with RunningGateway() as gateway:
        gateway.ledger.backlog, gateway.ledger.shed = 2, 3
        published = gateway.plane.counters()

    assert (published["ledger_backlog"], published["ledger_rows_shed"]) == (2, 3)


def test_a_request_counts_by_its_outcome() -> None:
    """Once it has ended."""
    with RunningGateway() as gateway:
        assert ask(gateway.port, chat(gateway.key, model="qwen")).status == 200
        assert ask(gateway.port, chat(gateway.key, model="nobody")).status == 404
        published = gateway.plane.counters()

    assert (published["ok"], published["client_error"], published["in_flight"]) == (1, 1, 0)
