"""The script for wrk, and what is read of its report."""

from pathlib import Path

import pytest
from bench.errors import BenchError
from bench.wrk import Reading, parse, script

REPORT = """\
Running 2s test @ http://127.0.0.1:8400/v1/chat/completions
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   515.22us  301.93us  10.02ms   97.46%
    Req/Sec    60.93k     3.92k   64.88k    86.36%
  Latency Distribution
     50%  459.00us
     75%  512.00us
     90%  604.00us
     99%    1.31ms
  133461 requests in 2.10s, 114.68MB read
Requests/sec:  63553.30
Transfer/sec:     54.61MB
"""


def test_a_report_gives_rate_and_latencies() -> None:
    """Latencies are in milliseconds whatever wrk's unit."""
    assert parse(REPORT) == Reading(requests=133_461, requests_per_s=63_553.30, p50_ms=0.459, p99_ms=1.31)


@pytest.mark.parametrize(
    ("text", "expected"), [("87.00us", 0.087), ("12.50ms", 12.5), ("1.25s", 1_250.0), ("1.50m", 90_000.0)]
)
def test_every_unit_of_latency_is_read(text: str, expected: float) -> None:
    """From microseconds to minutes."""
    assert parse(REPORT.replace("1.31ms", text)).p99_ms == pytest.approx(expected)


def test_requests_answered_with_an_error_spoil_the_figures() -> None:
    """Refusing is faster than the work."""
    spoilt = REPORT.replace("Requests/sec", "  Non-2xx or 3xx responses: 17\nRequests/sec")

    with pytest.raises(BenchError, match="17 requests were answered with an error"):
        parse(spoilt)


def test_connections_that_fail_spoil_the_figures() -> None:
    """The message says what failed and how often."""
    spoilt = REPORT.replace("Requests/sec", "  Socket errors: connect 0, read 3, write 1, timeout 2\nRequests/sec")

    with pytest.raises(BenchError, match="connect 0, read 3, write 1, timeout 2"):
        parse(spoilt)


@pytest.mark.parametrize("missing", ["Requests/sec", "     50%", "     99%", "requests in"])
def test_an_unknown_report_is_refused(missing: str) -> None:
    """A figure that is missing is never taken for zero."""
    with pytest.raises(BenchError, match="can't be read"):
        parse(REPORT.replace(missing, "something"))


def test_the_script_posts_a_file_with_headers() -> None:
    """The body is read from its file; headers are quoted."""
    text = script({"Authorization": 'Bearer a"b'}, Path("/run/body"))

    assert 'wrk.method = "POST"' in text
    assert "io.open(\"/run/body\", 'rb')" in text
    assert 'wrk.headers["Content-Type"] = "application/json"' in text
    assert 'wrk.headers["Authorization"] = "Bearer a\\"b"' in text
