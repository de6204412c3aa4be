"""What a simulated server has seen."""

import json
from pathlib import Path

import pytest

from routeproof.simulator.reply import HttpRequest
from routeproof.simulator.seen import RequestRecorder, SeenLog

REQUEST = HttpRequest(
    "POST", "/p", "q=1", ((b"Authorization", b"Bearer sk-secret"), (b"X-A", b"1")), b'{"prompt":"\xc3\xa9"}'
)


def test_requests_are_numbered_and_only_the_newest_are_kept() -> None:
    """What was dropped can't be asked for."""
    log = SeenLog(size_max=2)
    for _ in range(3):
        log.add(7, REQUEST)
    assert [seen.number for seen in log.requests] == [1, 2]
    assert log.get(2).connection == 7
    for number in (0, 3):
        with pytest.raises(LookupError, match=f"request {number} "):
            log.get(number)


def test_bodies_are_kept_up_to_a_size() -> None:
    """The newest is always there, however big."""
    log = SeenLog(body_bytes_max=2 * len(REQUEST.body))
    for _ in range(3):
        log.add(0, REQUEST)
    assert [seen.number for seen in log.requests] == [1, 2]
    tiny = SeenLog(body_bytes_max=1)
    tiny.add(0, REQUEST)
    assert tiny.get(0).body == REQUEST.body


def test_a_seen_request_shows_what_came() -> None:
    """Headers in their order and case, and the raw body."""
    seen = SeenLog().add(0, REQUEST)
    assert (seen.method, seen.path, seen.body) == ("POST", "/p", b'{"prompt":"\xc3\xa9"}')
    assert seen.headers[0][0] == b"Authorization"
    assert seen.request.header(b"x-a") == b"1"
    assert not seen.over


def test_the_record_has_one_line_a_request_and_no_credentials(tmp_path: Path) -> None:
    """Appended to what is there."""
    path = tmp_path / "seen.jsonl"
    path.write_text("before\n")
    recorder = RequestRecorder(path)
    seen = SeenLog().add(3, REQUEST)
    recorder.record("deepseek", seen, 42)
    recorder.close()
    lines = path.read_text().splitlines()
    assert lines[0] == "before"
    assert json.loads(lines[1]) == {
        "provider": "deepseek",
        "number": 0,
        "connection": 3,
        "at_ns": 42,
        "method": "POST",
        "path": "/p",
        "headers": [["Authorization", "****"], ["X-A", "1"]],
        "body": '{"prompt":"é"}',
    }
    assert "sk-secret" not in path.read_text()
