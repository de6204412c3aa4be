"""'Which is cheaper' in `docs/facts-and-prices.md`: the command on the workload says what stands there."""

import re
import shlex
from pathlib import Path

import pytest
from tests.support.documents import bare, document, examples, rows_of, section
from typer.testing import CliRunner

from routeproof.catalog.comparing.workload import RequestType
from routeproof.cli.app import build_app
from routeproof.config.workload_file import parse_workload

NAME = "docs/facts-and-prices.md"
TEXT = section(document(NAME), "Which is cheaper")
(WORKLOAD,) = [example for example in examples(NAME) if "workload" in example.marks]
COMMAND, OUTPUT = [example for example in examples(NAME) if "comparison" in example.marks]
VALUES = {
    "type": '"plain"',
    "count": "1",
    "input_tokens": "1",
    "output_tokens": "1",
    "cache_share": "1",
    "cache_write_share": "1",
    "cache": '"explicit"',
    "thinking_share": '"0.5"',
    "hours": f"{{ utc = {[1] * 24} }}",
}


def test_the_comparison_is_what_the_command_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word, by the shipped facts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROUTEPROOF_CONFIG", raising=False)
    (tmp_path / "workload.toml").write_text(WORKLOAD.text)
    program, *words = shlex.split(COMMAND.text.replace("\\\n", " "))
    result = CliRunner().invoke(build_app(), words, prog_name=program)

    assert result.exit_code == 0
    assert result.stdout == OUTPUT.text


def test_every_key_of_requests_is_listed() -> None:
    """Those that the reader takes, and no others; the required ones are those that it misses."""
    rows = rows_of(TEXT, "key of `[[requests]]`")
    required = [bare(row["key of `[[requests]]`"]) for row in rows if row["default"] == "required"]

    assert [bare(row["key of `[[requests]]`"]) for row in rows] == list(VALUES)
    for keys in (list(VALUES), required):
        text = "\n".join(["[[requests]]", *(f"{key} = {VALUES[key]}" for key in keys)])
        assert len(parse_workload(text, "all").loads) == 1


def test_every_type_is_listed() -> None:
    """In the order of the answer's tables."""
    (row,) = [row for row in rows_of(TEXT, "key of `[[requests]]`") if "`type`" in row.values()]

    assert re.findall(r"`(\w+)`", row["meaning"]) == [kind.value for kind in RequestType]


def test_the_workload_shows_every_way_to_write_one() -> None:
    """Several types, hours of the file and of one type, and a share with a fraction."""
    workload = parse_workload(WORKLOAD.text, "workload.toml")

    assert len(workload.loads) == len({load.type for load in workload.loads}) == 4
    assert len({load.hours for load in workload.loads}) == 2
    assert '"12.5"' in WORKLOAD.text
