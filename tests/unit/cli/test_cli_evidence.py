"""`evidence` and `report`: listed, shown, shared, verified, believed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.report_evidence import bundle_of_run, simulated_run
from tests.support.sample_evidence import ENDED_NS, SIGNER, STRANGER, bundle_of
from typer.testing import Result

from routeproof.clock import NS_PER_S
from routeproof.evidence.reasons import ReasonCode
from routeproof.store.evidence_store import keep_evidence
from routeproof.store.signer_file import write_signer

Command = Callable[..., Result]
AT = "2026-11-25T00:00:00Z"
ROUTE = "deepseek/deepseek-flash"
CONFIG = """
[server]
data_dir = "data"
direct_routes = true
[providers.deepseek]
dialect = "deepseek"
api_key = "env:ABSENT_KEY"
"""


@pytest.fixture(scope="module")
def proven() -> bytes:
    """Evidence of a simulated route."""
    return bundle_of_run(simulated_run(("P01", "U01")))


@pytest.fixture(scope="module")
def failed() -> bytes:
    """Evidence of a later run on a route that breaks off."""
    run = simulated_run(("P01", "U01"), faults=["cut_mid_event"])
    return bundle_of_run(run, ended_ns=ENDED_NS + 3_600 * NS_PER_S)


@pytest.fixture
def kept(home: Path, proven: bytes, failed: bytes) -> list[str]:
    """Both in the data directory of a configuration-less working folder, whose signer signed them; their digests."""
    data_dir = home / "routeproof-data"
    write_signer(data_dir, SIGNER)
    return [keep_evidence(data_dir, bundle).digest for bundle in (proven, failed)]


def reasons(result: Result) -> list[str]:
    """The codes of what speaks against a file."""
    return [reason["code"] for reason in json.loads(result.stdout)["reasons"]]


def test_the_newest_is_listed_first(command: Command, kept: list[str]) -> None:
    """With its verdict and whether it counts."""
    rows = [json.loads(line) for line in command("evidence", "list", "--at", AT, "--json").stdout.splitlines()]

    assert [row["digest"] for row in rows] == kept[::-1]
    assert [row["verdict"] for row in rows] == ["FAIL", "PASS"]
    assert {row["state"] for row in rows} == {"in-force"}
    assert rows[1]["facets"] == {"route": "PASS", "chat": "PASS"}
    table = command("evidence", "list", "--at", AT).stdout.splitlines()
    assert table[1].split()[:5] == [kept[1][:12], ROUTE, "custom", "direct", "FAIL"]


def test_the_list_says_what_does_not_count(command: Command, kept: list[str], home: Path) -> None:
    """Expired, not yet, by an unknown signer, of a route that is configured otherwise."""

    def states(*arguments: str) -> set[str]:
        listed = command("evidence", "list", "--json", *arguments).stdout
        return {json.loads(line)["state"] for line in listed.splitlines()}

    assert states("--at", "2027-01-01T00:00:00Z") == {"expired"}
    assert states("--at", "2026-11-01T00:00:00Z") == {"not-yet"}
    assert states("--at", AT, "--route", "other/route") == set()
    (home / "routeproof.toml").write_text(CONFIG.replace('"data"', '"routeproof-data"'))
    assert states("--at", AT) == {"route-changed"}
    (home / "routeproof.toml").unlink()
    (home / "routeproof-data" / "signer.pem").unlink()
    assert states("--at", AT) == {"unknown-key"}


def test_a_damaged_file_is_told(command: Command, kept: list[str], home: Path) -> None:
    """On stderr and by the exit code; the others are listed."""
    path = home / "routeproof-data" / "evidence" / f"{kept[0]}.json"
    path.write_bytes(path.read_bytes()[:-9])
    result = command("evidence", "list", "--at", AT, "--json")

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert kept[0] in result.stderr


def test_an_empty_store_says_how_to_begin(command: Command, home: Path) -> None:
    """On stderr; nothing is wrong."""
    result = command("evidence", "list")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "routeproof prove" in result.stderr


def test_show_tells_what_failed_and_shows_the_bytes(command: Command, kept: list[str]) -> None:
    """By digest, or by route for its newest; in plain words, with a next step."""
    shown = command("evidence", "show", kept[1][:8]).stdout

    assert f"evidence {kept[1]}" in shown
    assert "FAIL P01 envelope: " in shown
    assert "plain/1/1/direct, response, from byte" in shown
    assert command("evidence", "show", ROUTE).stdout == shown
    statement = json.loads(command("evidence", "show", kept[0], "--json").stdout)
    assert statement["digest"] == kept[0]
    assert statement["statement"]["predicate"]["run"]["facets"][0]["verdict"] == "PASS"


def test_unknown_evidence_is_refused(command: Command, kept: list[str]) -> None:
    """With where to look."""
    result = command("evidence", "show", "0" * 64)

    assert result.exit_code == 1
    assert "evidence list" in result.stderr


def test_an_export_can_be_verified(command: Command, kept: list[str], home: Path) -> None:
    """It is the very file; it is not overwritten unless asked."""
    assert command("evidence", "export", kept[0], "--output", "copy.json").exit_code == 0
    again = command("evidence", "export", kept[0], "--output", "copy.json")
    named = json.loads(command("evidence", "export", kept[0], "--json").stdout)["file"]

    assert (home / "copy.json").read_bytes() == (home / named).read_bytes()
    assert named == f"evidence-deepseek-deepseek-flash-{kept[0][:12]}.json"
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert command("evidence", "export", kept[0], "--output", "copy.json", "--force").exit_code == 0
    verified = command("evidence", "verify", "copy.json", "--at", AT)
    assert (verified.exit_code, verified.stdout.splitlines()[-1]) == (0, "It holds.")
    assert "2 of 2 verdicts were reached again" in verified.stdout


def test_failing_evidence_holds_too(command: Command, kept: list[str], home: Path) -> None:
    """What is verified is the evidence, not the route."""
    path = home / "routeproof-data" / "evidence" / f"{kept[1]}.json"

    assert command("evidence", "verify", str(path), "--at", AT).exit_code == 0


def test_verify_needs_nothing_but_a_key_id(command: Command, home: Path, proven: bytes) -> None:
    """No configuration, no data directory; without the id nobody is believed."""
    (home / "e.json").write_bytes(proven)
    untrusted = command("evidence", "verify", "e.json", "--at", AT, "--json")
    trusted = command("evidence", "verify", "e.json", "--at", AT, "--json", "--trust", SIGNER.key_id)

    assert (untrusted.exit_code, reasons(untrusted)) == (1, [ReasonCode.UNKNOWN_KEY])
    assert "evidence trust" in json.loads(untrusted.stdout)["reasons"][0]["remedy"]
    assert (trusted.exit_code, reasons(trusted)) == (0, [])
    assert json.loads(trusted.stdout)["applies"] == "not-asked"
    assert not (home / "routeproof-data").exists()


@pytest.mark.parametrize(
    ("tamper", "at", "code"),
    [
        (lambda data: data.replace(b'"ending":"complete"', b'"ending":"reset___"', 1), AT, "unreadable"),
        (lambda data: data.replace(b'"status":200', b'"status":201', 1), AT, "observation-changed"),
        (lambda data: data, "2027-01-01T00:00:00Z", "expired"),
        (lambda data: data, "2026-11-01T00:00:00Z", "not-yet"),
        (lambda data: bundle_of(signer=STRANGER), AT, "unknown-key"),
    ],
    ids=["unreadable", "one-byte", "expired", "not-yet", "re-signed"],
)
def test_tampered_evidence_is_refused_by_name(
    command: Command, home: Path, proven: bytes, tamper: Callable[[bytes], bytes], at: str, code: str
) -> None:
    """Exit code 1, or 2 for what can't be read at all."""
    (home / "e.json").write_bytes(tamper(proven))
    result = command("evidence", "verify", "e.json", "--at", at, "--json", "--trust", SIGNER.key_id)

    assert reasons(result)[0] == code
    assert result.exit_code == (2 if code == "unreadable" else 1)
    plain = command("evidence", "verify", "e.json", "--at", at, "--trust", SIGNER.key_id)
    assert plain.stdout.startswith(f"{code}: ")
    assert plain.stdout.endswith("It does not hold.\n")


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe"])
def test_what_is_no_evidence_has_its_own_exit_code(command: Command, home: Path, content: bytes | None) -> None:
    """With the reason on stderr, and no traceback."""
    if content is not None:
        (home / "e.json").write_bytes(content)
    result = command("evidence", "verify", "e.json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")


def test_evidence_of_another_route_than_the_configured_is_told(command: Command, home: Path, proven: bytes) -> None:
    """Its address is not the one that the configuration has; the key need not be here."""
    (home / "routeproof.toml").write_text(CONFIG)
    (home / "e.json").write_bytes(proven)
    result = command("evidence", "verify", "e.json", "--at", AT, "--json", "--trust", SIGNER.key_id)

    assert (result.exit_code, reasons(result)) == (1, ["route-changed"])
    assert json.loads(result.stdout)["applies"] == "no"


def test_trust_is_given_listed_and_taken_back(command: Command, home: Path, proven: bytes) -> None:
    """And from then on verification believes, or not."""
    (home / "e.json").write_bytes(proven)
    given = command("evidence", "trust", SIGNER.key_id, "--note", "platform team")
    listed = json.loads(command("evidence", "trust", "--json").stdout)

    assert given.stdout.startswith(f"{SIGNER.key_id} is trusted since ")
    assert (listed["key_id"], listed["because"], listed["note"]) == (SIGNER.key_id, "added", "platform team")
    assert command("evidence", "verify", "e.json", "--at", AT).exit_code == 0
    assert "no more" in command("evidence", "trust", SIGNER.key_id, "--remove").stdout
    assert command("evidence", "verify", "e.json", "--at", AT).exit_code == 1
    assert command("evidence", "trust", "--remove").exit_code == 2
    assert "Nobody is trusted yet" in command("evidence", "trust").stderr


def test_a_report_is_written(command: Command, kept: list[str], home: Path) -> None:
    """As HTML unless told otherwise; it compares with the evidence before."""
    assert command("report", ROUTE, "--output", "r.html", "--at", AT).exit_code == 0
    page = (home / "r.html").read_text("utf-8")
    markdown = command("report", kept[1][:8], "--md", "--at", AT).stdout

    assert page.startswith("<!DOCTYPE html>")
    assert "Do not rely on this page" not in page
    assert markdown.startswith(f"# {ROUTE}: what was proven\n")
    assert "| check P01" in markdown
    assert "no earlier evidence" in command("report", kept[0], "--md", "--at", AT).stdout


def test_a_report_says_what_speaks_against_its_evidence(command: Command, kept: list[str]) -> None:
    """At its top."""
    text = command("report", kept[0], "--md", "--at", "2027-01-01T00:00:00Z").stdout

    assert "## Do not rely on this page" in text
    assert "- expired: " in text


def test_a_report_that_can_not_be_written_is_told(command: Command, kept: list[str]) -> None:
    """With the remedy."""
    result = command("report", kept[0], "--output", "absent/r.html")

    assert result.exit_code == 1
    assert "--output" in result.stderr
