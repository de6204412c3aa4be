"""The scenarios: each takes a target that is ready and gives figures, by name."""

import asyncio
import gc
from collections.abc import Coroutine
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import msgspec
import uvloop

from bench import proc, wrk
from bench.arguments import Sizes
from bench.bodies import CHAT_BYTES, LARGE_BYTES, chat_body
from bench.errors import BenchError
from bench.figures import OURS
from bench.loopback import HOST, call
from bench.offline import measure_oracle, measure_pricing, measure_recompute
from bench.proving import ProverBench
from bench.streams import Crowd, request_bytes
from bench.targets import Target
from bench.upstreams import Upstream

FIRST_REQUESTS: Final = 32
"""To each upstream, before anything is measured: what is loaded on first use counts as idle memory."""
MEMORY_EVENTS_PER_S: Final = 1
OPENING_TIMEOUT_S: Final = 60.0
SETTLE_S: Final = 0.5
CLOSING_TIMEOUT_S: Final = 5.0
MIB: Final = 1024 * 1024
KIB: Final = 1024

_OFFLINE: Final = ("pricing", "recompute", "oracle")
_SELF_TEST: Final = "self-test"
_PROVE: Final = "prove-"

Figures = dict[str, float]


class Meter(msgspec.Struct, frozen=True):
    """Measures targets."""

    wrk_program: str
    folder: Path
    sizes: Sizes
    stream_port: int
    """Of the provider of streams, which also takes orders there."""
    target_core: int
    prover: ProverBench

    def measure(self, scenario: str, target: Target) -> Figures | None:
        """One measurement. None where the scenario says nothing about the target. Raises BenchError."""
        if scenario in _OFFLINE or scenario == _SELF_TEST or scenario.startswith(_PROVE):
            return self._alone(scenario) if target.name == OURS else None
        if target.name == "direct" and not scenario.startswith("plain-"):
            return None
        special = {
            "idle-memory": _idle_memory,
            "stream-memory": self._stream_memory,
            "streams": self._streams,
            "large": self._large,
        }
        if scenario in special:
            return special[scenario](target)
        kind, _, connections = scenario.partition("-")
        upstream = {"plain": Upstream.JSON, "tls": Upstream.TLS}[kind]
        return self._requests(target, upstream, int(connections), CHAT_BYTES)

    def _alone(self, scenario: str) -> Figures | None:
        if scenario.startswith(_PROVE):
            return self.prover.prove(scenario.removeprefix(_PROVE))
        if scenario == _SELF_TEST:
            # It takes as long as everything else of a round: once is enough.
            return None if self.prover.is_self_tested else self.prover.self_test()
        if scenario == "pricing":
            return measure_pricing(self.target_core)
        if scenario == "oracle":
            return measure_oracle(self.target_core, self.sizes.oracle_bytes)
        return measure_recompute(self.target_core, self.folder / "recompute", self.sizes.recompute_rows)

    def warm_up(self, target: Target) -> None:
        """Make the target load what it loads on first use. Raises BenchError."""
        for upstream in (Upstream.JSON, Upstream.TLS, Upstream.SINK):
            if target.name != "direct":
                self._first_requests(target, upstream)

    def _requests(self, target: Target, upstream: Upstream, connections: int, body_bytes: int) -> Figures:
        sent = target.call(upstream)
        load = wrk.Load(
            url=f"http://{HOST}:{sent.port}{sent.path}",
            headers=sent.headers,
            body=chat_body(sent.model, body_bytes),
            connections=connections,
            seconds=self.sizes.seconds,
        )
        pids = target.pids()
        cpu_before, began = proc.cpu_seconds(pids), monotonic()
        reading = wrk.run(self.wrk_program, load, self.folder)
        cpu_s, elapsed_s = proc.cpu_seconds(pids) - cpu_before, monotonic() - began
        figures: Figures = {
            "requests_per_s": reading.requests_per_s,
            "p50_ms": reading.p50_ms,
            "p99_ms": reading.p99_ms,
        }
        if pids and reading.requests:
            figures["cpu_us_per_request"] = cpu_s * 1e6 / reading.requests
            figures["busy"] = cpu_s / elapsed_s
        return figures

    def _large(self, target: Target) -> Figures:
        found = self._requests(target, Upstream.SINK, self.sizes.large_connections, LARGE_BYTES)
        return {**found, "mb_per_s": found["requests_per_s"] * LARGE_BYTES / 1e6}

    def _streams(self, target: Target) -> Figures:
        count = self.sizes.streams_peer if target.is_peer else self.sizes.streams
        self._order("PUT", f"/rate/{self.sizes.events_per_s}")
        try:
            return _run(self._count_events(target, count))
        finally:
            self._clear_streams()

    async def _count_events(self, target: Target, count: int) -> Figures:
        crowd, pids = self._crowd(target), target.pids()
        try:
            await crowd.grow(count, OPENING_TIMEOUT_S)
            await asyncio.sleep(SETTLE_S)
            cpu, events, reads, began = proc.cpu_seconds(pids), crowd.events, crowd.reads, monotonic()
            await asyncio.sleep(self.sizes.seconds)
            cpu_s, elapsed_s = proc.cpu_seconds(pids) - cpu, monotonic() - began
            relayed, read = crowd.events - events, crowd.reads - reads
            crowd.check()
        finally:
            crowd.close()
        if not relayed:
            raise BenchError("no event came through")
        return {
            "streams": count,
            "events_per_s": relayed / elapsed_s,
            "cpu_us_per_event": cpu_s * 1e6 / relayed,
            "events_per_read": relayed / read,
            "delivered": relayed / (count * self.sizes.events_per_s * elapsed_s),
            "busy": cpu_s / elapsed_s,
        }

    def _stream_memory(self, target: Target) -> Figures:
        self._order("PUT", f"/rate/{MEMORY_EVENTS_PER_S}")
        try:
            return _run(self._grow(target, proc.rss_bytes(target.pids())))
        finally:
            self._clear_streams()

    async def _grow(self, target: Target, before: int) -> Figures:
        figures: Figures = {}
        crowd = self._crowd(target)
        steps = {"few": self.sizes.open_few, "many": self.sizes.open_many}
        if target.is_peer:
            del steps["many"]
        try:
            for name, total in steps.items():
                await crowd.grow(total, OPENING_TIMEOUT_S)
                await asyncio.sleep(self.sizes.seconds)
                crowd.check()
                figures[f"{name}_open"] = total
                figures[f"{name}_kib_per_stream"] = (proc.rss_bytes(target.pids()) - before) / total / KIB
        finally:
            crowd.close()
        return figures

    def _crowd(self, target: Target) -> Crowd:
        sent = target.call(Upstream.STREAM)
        body = chat_body(sent.model, stream=True)
        return Crowd(sent.port, request_bytes(sent.port, sent.path, sent.headers, body))

    def _first_requests(self, target: Target, upstream: Upstream) -> None:
        sent = target.call(upstream)
        headers = {"Content-Type": "application/json", **sent.headers}
        for _ in range(FIRST_REQUESTS):
            status, answer = call(sent.port, "POST", sent.path, body=chat_body(sent.model), headers=headers)
            if status != 200:
                text = answer[:500].decode(errors="replace")
                raise BenchError(f"a first request was answered with {status}: {text}")

    def _order(self, method: str, path: str) -> float:
        return float(call(self.stream_port, method, path)[1])

    def _clear_streams(self) -> None:
        """Leave no stream behind that would burden what is measured next."""
        deadline = monotonic() + CLOSING_TIMEOUT_S
        while self._order("GET", "/streams") and monotonic() < deadline:
            sleep(SETTLE_S)
        self._order("DELETE", "/streams")


def _idle_memory(target: Target) -> Figures:
    figures = {"idle_mib": proc.rss_bytes(target.pids()) / MIB}
    beside = target.pids_beside()
    return {**figures, "beside_mib": proc.rss_bytes(beside) / MIB} if beside else figures


def _run(measurement: Coroutine[object, None, Figures]) -> Figures:
    """Run without garbage collections, which would stop the load while it is measured."""
    gc.disable()
    try:
        return uvloop.run(measurement)
    finally:
        gc.enable()
