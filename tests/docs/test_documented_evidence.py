"""`docs/evidence.md` describes the format so that others can verify it."""

import contextlib
import io
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from tests.support.documents import all_examples, bare, document, rows_of, words_in
from tests.support.sample_evidence import STRANGER, bundle_of

from routeproof.evidence.bundle import FORMAT, Bundle
from routeproof.evidence.canonical import Record
from routeproof.evidence.dsse import Envelope
from routeproof.evidence.observations import Body, Ending, Observation, Transcript
from routeproof.evidence.plan import Plan
from routeproof.evidence.reasons import ReasonCode
from routeproof.evidence.results import CheckResult, RunResult
from routeproof.evidence.route import RouteIdentity
from routeproof.evidence.statement import PREDICATE_TYPE, STATEMENT_TYPE, Predicate, Statement
from routeproof.evidence.verdicts import Facet, Severity, Verdict, facet_of

TEXT = document("docs/evidence.md")
(EXAMPLE,) = [one for one in all_examples() if "evidence" in one.marks]
RECORDS: dict[str, type[Record]] = {
    "bundle": Bundle,
    "envelope": Envelope,
    "statement": Statement,
    "predicate": Predicate,
    "route": RouteIdentity,
    "plan": Plan,
    "observation": Observation,
    "transcript": Transcript,
    "body": Body,
    "run": RunResult,
    "result": CheckResult,
}


@pytest.mark.parametrize("name", RECORDS)
def test_every_member_of_a_record_is_listed(name: str) -> None:
    """By the name that it has in the file, and no other."""
    listed = [bare(row[name]) for row in rows_of(TEXT, name)]

    assert sorted(listed) == sorted(field.encode_name for field in msgspec.structs.fields(RECORDS[name]))


@pytest.mark.parametrize(("column", "words"), [("verdict", Verdict), ("severity", Severity), ("facet", Facet)])
def test_every_word_is_listed(column: str, words: type[StrEnum]) -> None:
    """Verdicts, severities, facets."""
    assert [bare(row[column]) for row in rows_of(TEXT, column)] == list(words)


def test_every_family_of_checks_is_listed_with_its_facet() -> None:
    """As the code has it."""
    for row in rows_of(TEXT, "facet"):
        families = row["families of checks"].partition(":")[0].replace(" and ", " ").replace(",", " ").split()
        assert {facet_of(family) for family in families} == {bare(row["facet"])}


def test_every_reason_is_listed_with_its_kind() -> None:
    """In the order of the code."""
    assert [(bare(row["reason"]), bare(row["kind"])) for row in rows_of(TEXT, "reason")] == [
        (code, code.kind) for code in ReasonCode
    ]


def test_every_ending_and_every_format_is_named() -> None:
    """As they stand in the file."""
    assert {*Ending, FORMAT, STATEMENT_TYPE, PREDICATE_TYPE} <= set(words_in(TEXT))


def run_example(data: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the example prints about this file."""
    monkeypatch.chdir(folder)
    (folder / "evidence.json").write_bytes(data)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(EXAMPLE.text, "example", "exec"), {})
    return output.getvalue()


def test_the_example_verifies_evidence_without_our_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And prints what was proven."""
    printed = run_example(bundle_of(), tmp_path, monkeypatch)

    assert printed.splitlines() == [
        "route PASS until 2026-12-24T12:01:00.000Z",
        "json PASS until 2026-12-24T12:01:00.000Z",
    ]


@pytest.mark.parametrize(
    "data", [bundle_of().replace(b'"POST"', b'"PUT"', 1), bundle_of(signer=STRANGER), bundle_of() + b" "]
)
def test_the_example_refuses_what_was_tampered_with(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed, signed by a stranger, written otherwise."""
    with pytest.raises((AssertionError, InvalidSignature)):
        run_example(data, tmp_path, monkeypatch)
