"""`docs/operating.md` lists metrics, checks and files as they are, and its backup restores."""

import json
import logging
import re
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.support.documents import bare, document, examples, rows_of, section, words_in

from routeproof.config.server import DATA_DIR_DEFAULT, DURABILITIES
from routeproof.limits import MIB, Limits
from routeproof.observe.logs import JsonFormatter
from routeproof.observe.metrics import FRESH_NS, render_metrics
from routeproof.observe.names import METRICS, PREFIX, WORKER_METRICS, Metric
from routeproof.operations.doctor import AUDITED_ENTRIES, diagnose
from routeproof.operations.keys import create_key
from routeproof.store.data_dir import DATABASE_NAME, LOCK_NAME, database_path, recorder_path
from routeproof.store.driver import SAFE_VERSION
from routeproof.store.keys import list_keys
from routeproof.store.slot_file import SLOT_BYTES

NAME = "docs/operating.md"
TEXT = document(NAME)
LISTED_METRICS = rows_of(TEXT, "metric")
(BACKUP,) = [example for example in examples(NAME) if "backup" in example.marks]


def test_every_metric_is_listed_in_order() -> None:
    """Under its full name."""
    assert [bare(row["metric"]) for row in LISTED_METRICS] == [
        PREFIX + metric.name for metric in (*METRICS, *WORKER_METRICS)
    ]


@pytest.mark.parametrize("metric", (*METRICS, *WORKER_METRICS), ids=lambda metric: metric.name)
def test_metrics_have_the_kind_labels_and_meaning_of_the_code(metric: Metric) -> None:
    """In the words that a scrape shows as help."""
    (row,) = [row for row in LISTED_METRICS if bare(row["metric"]) == PREFIX + metric.name]

    assert (row["kind"], tuple(words_in(row["labels"])), row["meaning"]) == (metric.kind, metric.labels, metric.meaning)


def test_a_scrape_shows_the_metrics_that_are_listed() -> None:
    """A counter's family is named without its `_total`."""
    families = text_string_to_metric_families(render_metrics([], 0).decode())

    assert [family.name for family in families] == [
        bare(row["metric"]).removesuffix("_total") for row in LISTED_METRICS
    ]


def test_every_check_of_the_doctor_is_listed_in_order(tmp_path: Path) -> None:
    """The configuration first, then what it is told by."""
    listed = [bare(row["check"]) for row in rows_of(TEXT, "check")]

    assert listed == ["config", *(finding.name for finding in diagnose(tmp_path))]


def test_figures_in_the_text_are_those_of_the_code() -> None:
    """The safe SQLite, the audited entries, the fresh heartbeat, the recorder's size."""
    assert f"before {'.'.join(map(str, SAFE_VERSION))} can damage" in TEXT
    assert f"the newest {AUDITED_ENTRIES:,} entries" in TEXT
    assert f"heartbeat of the last {FRESH_NS // 10**9} seconds" in TEXT
    assert f"{SLOT_BYTES // 1024} KiB for each" in TEXT
    assert f"{Limits().recorder_slots * SLOT_BYTES // MIB} MiB by default" in TEXT


def test_every_file_of_the_data_directory_is_listed() -> None:
    """By the name it has there."""
    listed = {bare(row["file"]) for row in rows_of(TEXT, "file")}

    assert listed == {DATABASE_NAME, LOCK_NAME, recorder_path(Path(), 0).name}


def test_both_levels_of_durability_are_listed() -> None:
    """As the configuration writes them."""
    assert [bare(row["`durability`"]) for row in rows_of(TEXT, "`durability`")] == [
        json.dumps(level) for level in DURABILITIES
    ]


def test_a_log_line_has_the_fields_that_are_named() -> None:
    """Those of a fault."""
    sentence = section(TEXT, "Logs").partition("with ")[2].partition(".")[0]
    try:
        raise ValueError("wrong")
    except ValueError:
        record = logging.LogRecord("routeproof", logging.ERROR, "file", 1, "message", None, sys.exc_info())

    assert words_in(sentence) == list(json.loads(JsonFormatter().format(record)))


def test_the_backup_example_makes_a_copy_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that was created is in it."""
    monkeypatch.chdir(tmp_path)
    create_key(Path(DATA_DIR_DEFAULT), owner="owner", account="account")
    kept = list_keys(database_path(Path(DATA_DIR_DEFAULT)))

    exec(compile(BACKUP.text, str(BACKUP), "exec"), {})

    assert len(kept) == 1
    assert list_keys(tmp_path / "backup.db") == kept


def test_limits_that_are_named_exist() -> None:
    """Words in code type that end like a bound."""
    named = {word for word in words_in(TEXT) if re.fullmatch(r"[a-z_]+_(s|max|slots)", word)}

    assert named
    assert named - set(Limits.__struct_fields__) == set()
