"""Every recorded exchange, replayed behind the gateway: the client gets its bytes, and its row the exact cost.

The recordings' folder is named by ROUTEPROOF_RECORDINGS; they are not part of this repository.
"""

import json
import os
import random
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.support.answer_checks import wire_size
from tests.support.clocks import DatedClock
from tests.support.raw_client import Answer, ask, request
from tests.support.running_gateway import RunningGateway

from routeproof.catalog.pricing.price_book import PriceBook, Tariff
from routeproof.clock import NS_PER_S, parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.ledger.entries import AttemptRow, Entry
from routeproof.simulator.plan import Latency
from routeproof.simulator.recordings import Recording, load_recording
from routeproof.simulator.replay import ReplayProvider
from routeproof.usage import Usage

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
FAMILY = {"deepseek": "deepseek", "alibaba": "qwen"}
REGION = {"deepseek": None, "qwen": "beijing"}
LATER = "2026-11-18T05:00:00Z"
"""A Wednesday on which the price list of Model Studio is known; off-peak at DeepSeek."""
BOOK = PriceBook.compile(load_facts())
ERROR_OUTCOMES = {
    401: ("upstream_error", "upstream_auth_failed"),
    400: ("client_error", "upstream_context_length"),
}
Json = dict[str, Any]


def recorded(*, streams_only: bool = False) -> list[Any]:
    """One test for each file; those of other endpoints are skipped with the reason."""
    cases = []
    for path in sorted(Path(FOLDER).glob("*__[0-9][0-9].json")) if FOLDER else []:
        one = json.loads(path.read_text())
        url = one["request"]["url"]
        if streams_only and one["response"]["body"] is None:
            continue
        skip = pytest.mark.skip(reason=f"not the chat endpoint: {url}")
        cases.append(pytest.param(path, id=path.stem, marks=() if url.endswith("/chat/completions") else skip))
    missing = pytest.mark.skip(reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
    return cases or [pytest.param(Path(), id="none", marks=missing)]


class Replay:
    """One recording replayed once through a gateway whose clock shows the recording's instant, or another."""

    def __init__(
        self,
        path: Path,
        *,
        at: str | None = None,
        cuts: list[int] | None = None,
        single_bytes: bool = False,
        ask_usage: bool = True,
    ) -> None:
        self.recording: Recording = load_recording(path)
        self.held: Json = json.loads(path.read_text())
        self.family = FAMILY[self.recording.provider]
        moment = parsedate_to_datetime(self.held["recorded_at"])
        self.at_ns = int(moment.timestamp()) * NS_PER_S if at is None else parse_instant(at)
        clock = DatedClock(LATER)
        clock.set(self.at_ns)
        asked = self.recording.request_body
        self.sent = {**asked, "model": f"{self.family}/{asked['model']}"}
        if not ask_usage:
            self.sent.pop("stream_options")
        provider = ReplayProvider([self.recording], cuts or ())
        lines = {"qwen": 'region = "beijing"'}
        with RunningGateway(behaviours={self.family: provider}, provider_lines=lines, clock=clock) as gateway:
            server = gateway.simulator.server(self.family)
            server.latency = Latency(event_interval_s=1e-9)  # one turn of the loop: each piece is read by itself
            if single_bytes:
                server.faults.add("single_bytes")
            body = json.dumps(self.sent).encode()
            self.answer: Answer = ask(gateway.port, request("POST", "/v1/chat/completions", key=gateway.key, body=body))
            (self.upstream,) = server.seen
            self.entry: Entry = gateway.ledger.entry(self.answer.fields["x-request-id"])

    @property
    def attempt(self) -> AttemptRow:
        """The row of the one attempt."""
        (attempt,) = self.entry.attempts
        return attempt

    @property
    def answers(self) -> list[Json]:
        """The JSON objects of the recorded answer."""
        if not self.recording.is_stream:
            return [self.held["response"]["json"]]
        return [json.loads(event[6:]) for event in events(self.recording.body_bytes) if event[6:12] != b"[DONE]"]


def events(stream: bytes) -> list[bytes]:
    """The events of a recorded stream, all of which are one data line and an empty line."""
    parts = [part + b"\n\n" for part in stream.removesuffix(b"\n\n").split(b"\n\n")]
    assert b"".join(parts) == stream
    assert all(part.startswith(b"data: ") and part.count(b"\n") == 2 for part in parts)
    return parts


def reported(replay: Replay) -> Json | None:
    """The last usage that is not null."""
    found = [answer["usage"] for answer in replay.answers if answer.get("usage") is not None]
    return found[-1] if found else None


def counts_of(usage: Json) -> tuple[int, int, int, int]:
    """Input, output, hits and reasoning by plain look-ups; the recordings hold no cache writes."""
    details = usage.get("completion_tokens_details") or {}
    hits = usage["prompt_tokens_details"]["cached_tokens"]
    assert usage.get("prompt_cache_hit_tokens", hits) == hits
    return usage["prompt_tokens"], usage["completion_tokens"], hits, details.get("reasoning_tokens") or 0


def tariff_for(replay: Replay) -> Tariff | None:
    """The price of the model that answered, at the clock's instant."""
    sheet = BOOK.sheet(replay.family, replay.answers[-1]["model"], REGION[replay.family])
    return None if sheet is None else sheet.at(replay.at_ns)


def exact_cost(tariff: Tariff, usage: Json) -> int:
    """The sum of the exact lines, rounded half-even once."""
    given, written, hits, reasoning = counts_of(usage)
    bill = tariff.itemise(Usage(given, written, hits, 0, reasoning), reasoning > 0)
    total = sum((line.amount_nano for line in bill.lines if line.amount_nano is not None), Fraction())
    assert sum(line.tokens for line in bill.lines) == given + written
    return round(total)


def assert_row(replay: Replay) -> None:
    """The row says what the recording says: who answered, how it ended, usage and cost."""
    row, usage = replay.attempt, reported(replay)
    finishes = [choice["finish_reason"] for one in replay.answers for choice in one["choices"] if finish(choice)]
    assert row.model_answered == replay.answers[-1]["model"]
    assert row.finish_reason == finishes[-1]
    assert (row.outcome, replay.entry.exchange.outcome, row.status) == ("ok", "ok", 200)
    assert usage is not None
    counted = (row.input_tokens, row.output_tokens, row.cache_hit_tokens, row.reasoning_tokens)
    assert counted == counts_of(usage)
    assert (row.cache_write_tokens, row.explicit_cache, row.provenance) == (0, 0, "reported")
    assert json.loads(row.usage_raw or "") == usage
    tariff = tariff_for(replay)
    if tariff is None:
        assert (row.cost_nanousd, row.cost_note, row.facts_digest) == (None, "no_price_in_force", None)
    else:
        assert (row.cost_nanousd, row.facts_digest) == (exact_cost(tariff, usage), tariff.digest)
    assert replay.entry.exchange.cost_nanousd == row.cost_nanousd


def finish(choice: Json) -> str | None:
    """A choice's finish reason; recordings of qwen-plus leave the name out while it is null."""
    reason: str | None = choice.get("finish_reason")
    return reason


@pytest.mark.parametrize("path", recorded())
def test_bytes_usage_and_cost_are_the_recordings(path: Path) -> None:
    """Status, body and request id reach the client as recorded; the row is priced as of that day."""
    replay = Replay(path)
    answer, recording = replay.answer, replay.recording
    told = dict(recording.headers)

    assert answer.complete
    assert (answer.status, answer.body) == (recording.status, recording.body_bytes)
    assert answer.fields["x-upstream-request-id"] == told.get("x-ds-trace-id", told.get("x-request-id"))
    assert replay.entry.exchange.response_bytes == wire_size(answer)
    assert json.loads(replay.upstream.body) == recording.request_body
    if recording.status == 200:
        assert answer.fields["content-type"] == told["content-type"]
        assert_row(replay)
        assert replay.family == "qwen" or replay.attempt.cost_nanousd
    else:
        row = replay.attempt
        assert (row.outcome, row.error_code) == ERROR_OUTCOMES[recording.status]
        assert (row.input_tokens, row.usage_raw, row.provenance) == (None, None, "unknown")
        assert (row.cost_nanousd, row.cost_note) == (0, "error_not_billed")


@pytest.mark.parametrize("path", recorded())
def test_every_byte_may_come_alone(path: Path) -> None:
    """Head, chunk sizes, events and characters cut at every byte: the same bytes out, and the cost at a later price."""
    replay = Replay(path, at=LATER, single_bytes=True)

    assert replay.answer.complete
    if replay.recording.is_stream:
        assert replay.answer.chunks == events(replay.recording.body_bytes)
    assert (replay.answer.status, replay.answer.body) == (replay.recording.status, replay.recording.body_bytes)
    if replay.recording.status == 200:
        assert_row(replay)
        assert (replay.attempt.cost_nanousd is None) is (replay.attempt.model_answered == "qwen-turbo")


def random_cuts(path: Path) -> Iterator[list[int]]:
    """Four ways to cut a stream's body, coarse to fine."""
    size = len(load_recording(path).body_bytes)
    for pieces in (2, 5, 17, 60):
        yield sorted(random.Random(f"{path.stem} {pieces}").sample(range(1, size), pieces))


@pytest.mark.parametrize("path", recorded(streams_only=True))
def test_a_stream_may_be_cut_anywhere(path: Path) -> None:
    """Cut at random places, the stream reaches the client whole, in chunks that are whole events."""
    for cuts in random_cuts(path):
        replay = Replay(path, cuts=cuts)
        assert replay.answer.complete
        assert replay.answer.body == replay.recording.body_bytes
        assert all(chunk.endswith(b"\n\n") for chunk in replay.answer.chunks)
        assert len(replay.answer.chunks) > 1
        assert_row(replay)


@pytest.mark.parametrize("path", recorded(streams_only=True))
def test_usage_is_hidden_from_who_did_not_ask(path: Path) -> None:
    """Without `stream_options` only the usage-only chunk is missing; the provider was asked for it all the same."""
    replay = Replay(path, ask_usage=False)
    kept = [event for event in events(replay.recording.body_bytes) if not is_usage_only(event)]

    assert replay.answer.body == b"".join(kept)
    assert json.loads(replay.upstream.body)["stream_options"] == {"include_usage": True}
    assert len(kept) == len(events(replay.recording.body_bytes)) - (replay.family == "qwen")
    assert_row(replay)


def is_usage_only(event: bytes) -> bool:
    """Usage and no choice: what Model Studio sends last, and DeepSeek never does."""
    if event[6:12] == b"[DONE]":
        return False
    chunk = json.loads(event[6:])
    return chunk["choices"] == [] and chunk["usage"] is not None
