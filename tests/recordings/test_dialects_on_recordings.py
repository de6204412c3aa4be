"""Each dialect on recorded traffic of its provider: usage, errors and thinking as they really were.

The recordings' folder is named by ROUTEPROOF_RECORDINGS; they are not part of this repository.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from routeproof.dialects.base import Dialect
from routeproof.dialects.error_reading import find_error
from routeproof.dialects.registry import dialect_named
from routeproof.errors import UpstreamKind
from routeproof.usage import Usage

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
DIALECT_OF = {"deepseek": "deepseek", "alibaba": "qwen"}
ERROR_KINDS = {401: UpstreamKind.AUTH, 400: UpstreamKind.CONTEXT_LENGTH}
Recording = dict[str, Any]


def chat_recordings() -> list[Path]:
    """The recordings of chat completions; one test a file."""
    if FOLDER is None:
        return []
    paths = sorted(Path(FOLDER).glob("*__*.json"))
    return [path for path in paths if json.loads(path.read_text())["request"]["url"].endswith("/chat/completions")]


RECORDINGS = chat_recordings()
pytestmark = pytest.mark.skipif(not RECORDINGS, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
each_recording = pytest.mark.parametrize("path", RECORDINGS or [Path("none")], ids=lambda path: path.stem)


def load(path: Path) -> tuple[Recording, Dialect]:
    """A recording and the dialect of its provider."""
    recording: Recording = json.loads(path.read_text())
    return recording, dialect_named(DIALECT_OF[recording["provider"]])


def answers(response: Recording) -> Iterator[bytes]:
    """The JSON objects of an answer: the body, or each event's data."""
    if response["json"] is not None:
        yield json.dumps(response["json"]).encode()
        return
    for line in response["body"].splitlines():
        if line.startswith("data:") and "[DONE]" not in line:
            yield line.removeprefix("data:").encode()


def raw_usage(response: Recording) -> msgspec.Raw | None:
    """The last usage that is not null, in the provider's bytes."""
    last = None
    for answer in answers(response):
        usage = msgspec.json.decode(answer, type=dict[str, msgspec.Raw]).get("usage")
        if usage is not None and bytes(usage) != b"null":
            last = usage
    return last


def counted_naively(usage: dict[str, Any]) -> Usage:
    """The counts by plain look-ups, for recordings whose numbers are known to add up."""
    return Usage(
        input_tokens=usage["prompt_tokens"],
        output_tokens=usage["completion_tokens"],
        cache_hit_tokens=usage["prompt_tokens_details"]["cached_tokens"],
        reasoning_tokens=usage.get("completion_tokens_details", {}).get("reasoning_tokens", 0),
    )


def has_reasoning(response: Recording) -> bool:
    """Whether the answer holds any reasoning text."""
    for answer in answers(response):
        for choice in json.loads(answer)["choices"]:
            if (choice.get("message") or choice.get("delta") or {}).get("reasoning_content"):
                return True
    return False


def test_there_are_recordings_of_both_families() -> None:
    """The folder is the one that is meant: many files, both families, errors among them."""
    recordings = [load(path)[0] for path in RECORDINGS]

    assert {recording["provider"] for recording in recordings} == {"deepseek", "alibaba"}
    assert {recording["response"]["status"] for recording in recordings} == {200, 400, 401}
    assert len(recordings) >= 70


@each_recording
def test_usage_is_what_was_recorded(path: Path) -> None:
    """Every answer's usage is read to the numbers that stand in it; a stream that did not ask has none."""
    recording, dialect = load(path)
    raw = raw_usage(recording["response"])

    if raw is None:
        request = recording["request"]["body"]
        failed = recording["response"]["status"] != 200
        assert failed or (request["stream"] and "stream_options" not in request)
    else:
        reading = dialect.read_usage(raw)
        assert reading.anomaly is None
        assert reading.usage == counted_naively(json.loads(bytes(raw)))


@each_recording
def test_errors_are_named_and_kept(path: Path) -> None:
    """A recorded error has its kind and is shown to clients as it came; no answer is taken for an error."""
    recording, dialect = load(path)
    response = recording["response"]

    if response["status"] >= 400:
        body = json.dumps(response["json"]).encode()
        kind = dialect.classify(response["status"], response["headers"]["content-type"], body)
        assert kind is ERROR_KINDS[response["status"]]
        assert dialect.error_body_for_client(b"\n\n" + body) == body
    else:
        assert {find_error(answer) for answer in answers(response)} == {None}


@each_recording
def test_thinking_is_foretold(path: Path) -> None:
    """The dialect says of the request whether its answer was thought about."""
    recording, dialect = load(path)
    body = recording["request"]["body"]
    fields = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in body.items()}

    if recording["response"]["status"] == 200:
        assert dialect.thinking(fields, body["model"]) is has_reasoning(recording["response"])
