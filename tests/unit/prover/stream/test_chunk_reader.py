"""The fast reading of chunks and the schema are two judges of one thing, and agree."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.golden_streams import ASKED, event, text_frames, tool_frames

from routeproof.prover.oracle.findings import Finding, Findings, Subject
from routeproof.prover.oracle.overlays import STRICT, overlay_named
from routeproof.prover.oracle.shapes import shape_named
from routeproof.prover.oracle.stream.chunk_schema import ChunkReader
from routeproof.prover.oracle.stream.sse_events import SseReader

FRAMES = [*text_frames(), *tool_frames()]
VALUES = st.sampled_from((None, True, 0, -1, 1.0, 1.5, "", "x", [], {}, [1], {"index": 0}, "assistant", "stop", "tool"))
Path = tuple[str | int, ...]


def paths_in(value: object, path: Path = ()) -> Iterator[Path]:
    """The path of every member and item."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in members:
        yield (*path, key)
        yield from paths_in(item, (*path, key))


def changed(frame: dict[str, Any], path: Path, value: object, *, remove: bool) -> dict[str, Any]:
    """The frame with one member replaced, or without it."""
    copied = copy.deepcopy(frame)
    place: Any = copied
    for step in path[:-1]:
        place = place[step]
    if remove:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copied


def found_in(frame: dict[str, Any], **json_options: Any) -> tuple[Finding, ...]:
    """What the chunk reader finds in one frame."""
    stream = event(json.dumps(frame, **json_options).encode())
    findings = Findings(stream, STRICT, Subject.STREAM)
    reader = ChunkReader(STRICT, ASKED, findings)
    for one in SseReader(stream, findings).events():
        reader.read(one)
    return findings.listed()


@given(st.sampled_from(FRAMES), st.data())
def test_the_fast_way_and_the_schema_agree(frame: dict[str, Any], data: st.DataObject) -> None:
    """One member changed to anything, left out or added: found by the one where it is found by the other."""
    path = data.draw(st.sampled_from([*paths_in(frame), ("odd",), ("error",)]))
    frame = changed(
        frame, path, data.draw(VALUES), remove=path[-1] not in ("odd", "error") and data.draw(st.booleans())
    )
    told = {(one.code, one.where) for one in found_in(frame, separators=(",", ":"))}
    shape = {(fault.code, fault.where) for fault in shape_named("chunk").faults(frame)}

    if not told & {("error_event", ""), ("foreign_frame", "before usage")}:
        assert {key for key in told if key[0] not in ("id_empty", "model_empty")} == shape


@given(
    st.sampled_from(FRAMES), st.booleans(), st.sampled_from((None, 0, 2)), st.sampled_from(((",", ":"), (", ", ": ")))
)
def test_spelling_makes_no_difference(
    frame: dict[str, Any], ascii_only: bool, indent: int | None, separators: tuple[str, str]
) -> None:
    """White space and escapes that JSON does not need are no findings."""
    text = json.dumps(frame, ensure_ascii=ascii_only, indent=indent, separators=separators).replace("\n", " ")
    stream = event(text.encode())
    findings = Findings(stream, STRICT, Subject.STREAM)
    reader = ChunkReader(STRICT, ASKED, findings)

    assert [reader.read(one) is not None for one in SseReader(stream, findings).events()] == [True]
    assert findings.listed() == ()


@given(st.sampled_from(FRAMES), st.booleans(), st.booleans(), st.data())
def test_a_member_that_stands_twice_is_found(
    frame: dict[str, Any], ascii_only: bool, spaced: bool, data: st.DataObject
) -> None:
    """However the text is spelled."""
    name = data.draw(st.sampled_from(sorted(frame)))
    text = json.dumps(frame, ensure_ascii=ascii_only, separators=(", ", ": ") if spaced else (",", ":"))
    again = json.dumps({name: frame[name]}, ensure_ascii=ascii_only)[1:-1]
    stream = event(f"{{{again},{text[1:]}".encode())
    findings = Findings(stream, STRICT, Subject.STREAM)
    reader = ChunkReader(STRICT, ASKED, findings)
    for one in SseReader(stream, findings).events():
        reader.read(one)

    assert ("name_repeated", name) in {(one.code, one.where) for one in findings.listed()}


@pytest.mark.parametrize(
    ("delta", "dialect"),
    [({"role": None}, "qwen"), ({"reasoning_content": "hm"}, "deepseek"), ({"reasoning_content": "hm"}, "newapi")],
)
def test_what_an_overlay_allows_takes_the_fast_way(delta: dict[str, Any], dialect: str) -> None:
    """The chunk comes back as it was decoded, not put together from what could be saved."""
    frame = changed(FRAMES[1], ("choices", 0, "delta"), delta, remove=False)
    stream = event(frame)
    findings = Findings(stream, overlay_named(dialect), Subject.STREAM)
    reader = ChunkReader(overlay_named(dialect), ASKED, findings)
    (chunk,) = [reader.read(one) for one in SseReader(stream, findings).events()]

    assert chunk is not None
    assert json.loads(json.dumps(frame))["choices"][0]["delta"] == {
        name: getattr(chunk.choices[0].delta, name) for name in delta
    }
    assert findings.listed() == ()


def test_a_reasoning_channel_of_another_name_is_read() -> None:
    """`reasoning` is not documented, but what it says is no answer."""
    frame = changed(FRAMES[1], ("choices", 0, "delta"), {"reasoning": "hm"}, remove=False)
    stream = event(frame)
    findings = Findings(stream, STRICT, Subject.STREAM)
    reader = ChunkReader(STRICT, ASKED, findings)
    (chunk,) = [reader.read(one) for one in SseReader(stream, findings).events()]

    assert chunk is not None
    assert (chunk.choices[0].delta.reasoning_content, chunk.choices[0].delta.content) == ("hm", "")
    assert {one.code for one in findings.listed()} == {"member_unknown"}
