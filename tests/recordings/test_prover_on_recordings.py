"""The prover's oracles on recorded traffic: every recorded answer passes with its dialect's overlay, without a word.

The recordings' folder is named by ROUTEPROOF_RECORDINGS; they are not part of this repository.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from routeproof.prover.oracle.asked import AnswerAsked, StreamAsked
from routeproof.prover.oracle.findings import Finding
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.response_schema import examine_completion, examine_error
from routeproof.prover.oracle.row_values import values_of
from routeproof.prover.oracle.stream.agreement import agree_with_row
from routeproof.prover.oracle.stream.oracle import examine_stream

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
DIALECT_OF = {"deepseek": "deepseek", "alibaba": "qwen"}


def chat_recordings() -> list[Path]:
    """The recordings of chat completions; one test a file."""
    paths = sorted(Path(FOLDER).glob("*__*.json")) if FOLDER is not None else []
    return [path for path in paths if json.loads(path.read_text())["request"]["url"].endswith("/chat/completions")]


RECORDINGS = chat_recordings()
STREAMS = [path for path in RECORDINGS if json.loads(path.read_text())["response"]["body"] is not None]
pytestmark = pytest.mark.skipif(not RECORDINGS, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")


def asked_in(request: dict[str, Any]) -> dict[str, Any]:
    """What the recorded request asked for."""
    tools = frozenset(tool["function"]["name"] for tool in request.get("tools", ()))
    return {"choices": request.get("n", 1), "tool_names": tools}


def examined(recording: dict[str, Any]) -> tuple[Finding, ...]:
    """The findings about a recorded answer."""
    request, response = recording["request"]["body"], recording["response"]
    overlay = overlay_named(DIALECT_OF[recording["provider"]])
    content_type = response["headers"]["content-type"]
    if response["body"] is not None:
        stream = StreamAsked(include_usage="stream_options" in request, **asked_in(request))
        return examine_stream(response["body"].encode(), overlay, stream, content_type=content_type).findings
    body = json.dumps(response["json"]).encode()
    if response["status"] == 200:
        return examine_completion(body, overlay, AnswerAsked(**asked_in(request)), content_type=content_type).findings
    return examine_error(body, overlay, content_type=content_type).findings


@pytest.mark.parametrize("path", RECORDINGS or [Path("none")], ids=lambda path: path.stem)
def test_a_recorded_answer_passes(path: Path) -> None:
    """Streams, whole answers and errors; not even a note."""
    assert examined(json.loads(path.read_text())) == ()


@pytest.mark.parametrize("path", STREAMS or [Path("none")], ids=lambda path: path.stem)
def test_a_recorded_stream_is_put_together(path: Path) -> None:
    """By a plain look through its lines: text, arguments, usage, model."""
    recording = json.loads(path.read_text())
    text = recording["response"]["body"]
    chunks = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    asked = StreamAsked(include_usage=True, **asked_in(recording["request"]["body"]))
    found = examine_stream(text.encode(), overlay_named(DIALECT_OF[recording["provider"]]), asked)
    usage = next(chunk["usage"] for chunk in reversed(chunks) if chunk["usage"])

    said = "".join(message.content for message in found.messages)
    assert sorted(said) == sorted("".join(delta.get("content") or "" for delta in deltas))
    assert (found.usage, found.model) == (usage, chunks[-1]["model"])
    assert agree_with_row(found, values_of(usage, chunks[-1]["model"], found.messages[-1].finish_reason)) == ()
    pieces = [call["function"]["arguments"] for delta in deltas for call in delta.get("tool_calls") or ()]
    assert "".join(call.arguments for message in found.messages for call in message.tool_calls) == "".join(pieces)


def test_there_are_streams_of_both_families() -> None:
    """The folder is the one that is meant."""
    assert {json.loads(path.read_text())["provider"] for path in STREAMS} == {"deepseek", "alibaba"}
    assert len(STREAMS) >= 16
