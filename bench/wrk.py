"""wrk as load generator: the script it runs, and what it reports (https://github.com/wg/wrk)."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import msgspec

from bench.errors import BenchError

_LATENCY: Final = re.compile(r"^\s*(50|99)%\s+([0-9.]+)(us|ms|s|m)\s*$", re.MULTILINE)
_RATE: Final = re.compile(r"^Requests/sec:\s+([0-9.]+)\s*$", re.MULTILINE)
_TOTAL: Final = re.compile(r"^\s*([0-9]+) requests in ", re.MULTILINE)
_REFUSED: Final = re.compile(r"^\s*Non-2xx or 3xx responses: ([0-9]+)\s*$", re.MULTILINE)
_SOCKET_ERRORS: Final = re.compile(
    r"^\s*Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+), timeout ([0-9]+)\s*$", re.MULTILINE
)
_MS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_MARGIN_S: Final = 30


class Load(msgspec.Struct, frozen=True):
    """What to send, to where, and how hard."""

    url: str
    headers: dict[str, str]
    body: bytes
    connections: int
    seconds: int


class Reading(msgspec.Struct, frozen=True):
    """What wrk measured."""

    requests: int
    requests_per_s: float
    p50_ms: float
    p99_ms: float


def script(headers: dict[str, str], body_file: Path) -> str:
    """A Lua script that posts a file's content. Names and values are written as JSON strings, which Lua reads
    alike for printable ASCII.
    """
    lines = [
        'wrk.method = "POST"',
        f"local file = assert(io.open({json.dumps(str(body_file))}, 'rb'))",
        "wrk.body = file:read('*a')",
        "file:close()",
    ]
    sent = {"Content-Type": "application/json", **headers}
    lines += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in sent.items()]
    return "\n".join(lines) + "\n"


def parse(output: str) -> Reading:
    """Read wrk's report with `--latency`.

    Raises BenchError where a request failed, for then the figures are not of the work that was meant.
    """
    _raise_if_failed(output)
    latency = {int(percent): float(value) * _MS[unit] for percent, value, unit in _LATENCY.findall(output)}
    rate, total = _RATE.search(output), _TOTAL.search(output)
    if rate is None or total is None or latency.keys() != {50, 99}:
        raise BenchError(f"wrk's report can't be read:\n{output}")
    return Reading(requests=int(total[1]), requests_per_s=float(rate[1]), p50_ms=latency[50], p99_ms=latency[99])


def run(program: str, load: Load, folder: Path) -> Reading:
    """Run wrk with one thread; it inherits this process's core. Raises BenchError if anything failed."""
    body_file, script_file = folder / "body", folder / "load.lua"
    body_file.write_bytes(load.body)
    script_file.write_text(script(load.headers, body_file))
    size = ["-t", "1", "-c", str(load.connections), "-d", f"{load.seconds}s", "--timeout", "10s", "--latency"]
    done = subprocess.run(
        [program, *size, "-s", str(script_file), load.url],
        capture_output=True,
        text=True,
        check=False,
        timeout=load.seconds + _MARGIN_S,
    )
    if done.returncode != 0:
        raise BenchError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    return parse(done.stdout)


def _raise_if_failed(output: str) -> None:
    refused = _REFUSED.search(output)
    if refused is not None:
        raise BenchError(f"{refused[1]} requests were answered with an error")
    errors = _SOCKET_ERRORS.search(output)
    if errors is not None:
        kinds = zip(("connect", "read", "write", "timeout"), errors.groups(), strict=True)
        raise BenchError("connections failed: " + ", ".join(f"{kind} {count}" for kind, count in kinds))
