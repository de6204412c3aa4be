"""Reading chat streams while they pass: every fact found in every split, and only the usage chunk ever held back."""

import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.wire.sse_reference import data_of

from routeproof.wire.chat_stream import ChatStream
from routeproof.wire.sse import EventTooLarge

Facts = tuple[str | None, str | None, str | None, bool, bool]
"""Usage (as text), model, finish reason, whether an error was seen, whether `[DONE]` was."""

USAGE = '{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}'
OTHER_USAGE = '{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}'


def event(text: str, end: str = "\n\n") -> bytes:
    """One event of data."""
    return f"data: {text}{end}".encode()


def chunk(content: str | None = None, finish: str | None = None, usage: str | None = "null", **more: object) -> str:
    """A chat chunk, compactly written; without a usage member where `usage` is None."""
    delta = {} if content is None else {"content": content}
    parts = [f'"{name}":{json.dumps(value, separators=(",", ":"))}' for name, value in more.items()]
    choice = json.dumps({"index": 0, "delta": delta, "finish_reason": finish}, separators=(",", ":"))
    parts.append(f'"choices":[{choice}]')
    return (
        "{" + ",".join(['"id":"c1","model":"m-1"', *parts, *([f'"usage":{usage}'] if usage is not None else [])]) + "}"
    )


def with_usage(text: str) -> str:
    """A chunk as written, with the usage object for its @."""
    return text.replace("@", USAGE)


USAGE_ONLY = f'{{"id":"c1","model":"m-1","choices":[],"usage":{USAGE}}}'
DONE = event("[DONE]")


def stream_of(*chunks: str) -> bytes:
    """Chunks as events, and the end mark."""
    return b"".join(map(event, chunks)) + DONE


def feed(stream: bytes, cuts: Iterable[int] = (), *, hide: bool = False) -> tuple[ChatStream, bytes]:
    """A stream's reader after the pieces between the cuts, and what it gave to relay."""
    reader = ChatStream(hide_usage=hide, event_bytes_max=100_000)
    edges = [0, *sorted(cuts), len(stream)]
    return reader, b"".join(reader.feed(stream[start:stop]) for start, stop in pairwise(edges))


def facts(reader: ChatStream) -> Facts:
    """What a reader found."""
    usage = None if reader.usage_raw is None else reader.usage_raw.decode()
    return usage, reader.model, reader.finish_reason, reader.error_raw is not None, reader.done


PLAIN = stream_of(chunk(""), chunk("Hel"), chunk("lo"), chunk(finish="stop", usage=USAGE))
STREAMS: dict[str, tuple[bytes, Facts]] = {
    "usage in the last chunk": (PLAIN, (USAGE, "m-1", "stop", False, True)),
    "usage in a chunk of its own": (
        stream_of(chunk("a"), chunk(finish="length"), USAGE_ONLY),
        (USAGE, "m-1", "length", False, True),
    ),
    "usage in every chunk": (
        stream_of(chunk("a", usage=OTHER_USAGE), chunk("b", usage=USAGE), chunk(finish="stop", usage="null")),
        (USAGE, "m-1", "stop", False, True),
    ),
    "no usage": (
        stream_of(chunk("a", usage=None), chunk(finish="stop", usage=None)),
        (None, "m-1", "stop", False, True),
    ),
    "usage before the finish": (
        stream_of(chunk("a", usage=USAGE), chunk("b"), chunk(finish="tool_calls")),
        (USAGE, "m-1", "tool_calls", False, True),
    ),
    "blanks after colons": (
        stream_of(
            '{"model": "m-1", "choices": [{"delta": {"content": "a"}, "finish_reason": null}], "usage": null}',
            with_usage('{"model": "m-1", "choices": [{"delta": {}, "finish_reason": "stop"}], "usage": @}'),
        ),
        (USAGE, "m-1", "stop", False, True),
    ),
    "blanks before colons": (
        stream_of(
            '{"model" : "m-1" , "choices" : [ { "finish_reason" : null } ] , "usage" : null }',
            with_usage('{"choices" :[{"finish_reason" :"stop"}] ,"usage" :@}'),
        ),
        (USAGE, "m-1", "stop", False, True),
    ),
    "tabs and lines": (
        b'data: {"model":"m-1"}\n\ndata: {"usage"\ndata: \t:' + USAGE.encode() + b"}\n\n" + DONE,
        (USAGE, "m-1", None, False, True),
    ),
    "no blank after data": (PLAIN.replace(b"data: ", b"data:"), (USAGE, "m-1", "stop", False, True)),
    "CRLF": (PLAIN.replace(b"\n", b"\r\n"), (USAGE, "m-1", "stop", False, True)),
    "CR": (PLAIN.replace(b"\n", b"\r"), (USAGE, "m-1", "stop", False, True)),
    "byte order mark": (b"\xef\xbb\xbf" + stream_of(chunk("a", usage=USAGE)), (USAGE, "m-1", None, False, True)),
    "byte order mark later on": (
        event(chunk("a")) + b"\xef\xbb\xbf" + stream_of(chunk("b", usage=USAGE)),
        (None, "m-1", None, False, True),
    ),
    "comments and blank lines": (
        b": keep-alive\n\n" + PLAIN.replace(b"\n\n", b"\n\n\n: keep-alive\n\n"),
        (USAGE, "m-1", "stop", False, True),
    ),
    "event and id lines": (
        PLAIN.replace(b"data:", b"event: message\nid: 7\ndata:"),
        (USAGE, "m-1", "stop", False, True),
    ),
    "an error event": (
        event(chunk("a")) + event('{"error":{"message":"m","code":"c"}}'),
        (None, "m-1", None, True, False),
    ),
    "an error that is null": (
        stream_of(chunk("a", error=None), chunk(finish="stop", usage=USAGE, error=None)),
        (USAGE, "m-1", "stop", False, True),
    ),
    "end mark with a blank behind": (event("[DONE] "), (None, None, None, False, True)),
    "end mark without its empty line": (event(chunk("a")) + b"data: [DONE]\n", (None, "m-1", None, False, False)),
    "not JSON": (event("oops") + PLAIN, (USAGE, "m-1", "stop", False, True)),
    "members of other shapes": (
        stream_of(with_usage('{"model":7,"choices":{},"usage":@}'), '{"choices":[null],"error":{"message":"m"}}'),
        (USAGE, None, None, True, True),
    ),
    "only the end mark": (DONE, (None, None, None, False, True)),
    "nothing": (b"", (None, None, None, False, False)),
}


@pytest.mark.parametrize(("stream", "expected"), STREAMS.values(), ids=STREAMS.keys())
def test_every_fact_is_found_in_every_split(stream: bytes, expected: Facts) -> None:
    """Whole, byte by byte, and cut in two anywhere; and the bytes to relay are the stream's."""
    for cuts in ([], range(1, len(stream)), *([place] for place in range(len(stream)))):
        reader, relayed = feed(stream, cuts)
        assert facts(reader) == expected, cuts
        assert stream.startswith(relayed)
        assert (relayed + reader.rest).strip() == stream.strip()


WORDS = (
    '"usage"',
    '"usage":null',
    f'"usage":{USAGE}',
    '"finish_reason":"stop"',
    '"finish_reason":null',
    "[DONE]",
    '"error":{"message":"x"}',
    '"error"',
    '\\"usage\\":null',
    '{"model":"m-2"}',
    '\n\ndata: [DONE]\n\ndata: {"usage":{}}\n\n',
    ": keep-alive",
)


@pytest.mark.parametrize("text", WORDS)
def test_what_the_model_says_is_never_taken_for_a_fact(text: str) -> None:
    """Text about usage, errors and ends is text, in content and in names of members inside."""
    told = stream_of(chunk("a"), chunk(text), chunk("b", tool={text: text}), chunk(finish="stop", usage=USAGE))
    for step in (1, len(told)):
        reader, relayed = feed(told, range(step, len(told), step), hide=True)
        assert facts(reader) == (USAGE, "m-1", "stop", False, True)
        assert relayed == told
        assert reader.invalid_events == 0


@settings(deadline=None, max_examples=200)
@given(
    texts=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    at=st.integers(0, 3),
    cuts=st.lists(st.integers(0, 900)),
)
def test_words_in_content_never_hide_a_real_usage(texts: list[str], at: int, cuts: list[int]) -> None:
    """Wherever the real usage stands between such texts, and in whatever reads it comes, it is found."""
    chunks = [chunk(text) for text in texts]
    chunks.insert(at % (len(chunks) + 1), chunk("real", usage=USAGE))
    told = stream_of(*chunks)
    reader, relayed = feed(told, [place for place in cuts if place <= len(told)])

    assert facts(reader) == (USAGE, "m-1", None, False, True)
    assert relayed == told


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (USAGE_ONLY, True),
        (with_usage('{"choices":[],"usage":@}'), True),
        (with_usage('{"choices" : [ ] , "usage" : @}'), True),
        ('{"choices":[],"usage":null}', False),
        (with_usage('{"choices":[],"usage":@,"error":{"message":"x"}}'), False),
        (with_usage('{"usage":@}'), False),
        (with_usage('{"choices":null,"usage":@}'), False),
        ('{"choices":[],"prompt_filter_results":[]}', False),
        (chunk("a", usage=USAGE), False),
        (chunk(finish="stop", usage=USAGE), False),
        ("[DONE]", False),
        ("oops", False),
    ],
)
def test_only_the_usage_chunk_is_held_back(text: str, hidden: bool) -> None:
    """And only where the client did not ask for it; its usage is read all the same."""
    before, after = event(chunk("a")) + b": c\n\n", event(chunk("b")) + DONE
    told = before + event(text) + after
    for end in (b"\n", b"\r\n"):
        stream = told.replace(b"\n", end)
        without = (before + after).replace(b"\n", end)
        for cuts in ([], range(1, len(stream)), [len(before) + 3]):
            assert feed(stream, cuts, hide=True)[1] == (without if hidden else stream)
            assert feed(stream, cuts, hide=False)[1] == stream
            assert feed(stream, cuts, hide=True)[0].usage_raw == feed(stream, cuts)[0].usage_raw


def test_lines_of_a_hidden_event_are_hidden_with_it() -> None:
    """An event is held back whole: no `id` or `event` line of it is left over."""
    hidden = b"event: message\nid: 9\n" + event(USAGE_ONLY)
    assert feed(hidden + DONE, hide=True)[1] == DONE


def test_a_comment_is_no_start_and_no_event() -> None:
    """Keep-alives before the answer leave everything open, and do not count as life."""
    reader, relayed = feed(b": one\n\n: two\n\n")

    assert relayed == b": one\n\n: two\n\n"
    assert (reader.started, reader.data_events) == (False, 0)


@pytest.mark.parametrize(
    ("run", "events"),
    [
        (b"data: 1\n\n", 1),
        (b"data: 1\n\ndata: 2\n\n", 1),
        (b": c\n\ndata: 1\n\n", 1),
        (b"event: x\ndata: 1\n\n", 1),
        (b"\ndata: 1\n\n", 1),
        (b"\xef\xbb\xbfdata: 1\n\n", 1),
        (b"id: 1\r\ndata: 1\r\n\r\n", 1),
        (b": data\n\n", 0),
        (b"\n\n", 0),
        (b"\n: c\n\n", 0),
        (b"event: ping\n\n", 0),
    ],
)
def test_runs_with_data_are_counted(run: bytes, events: int) -> None:
    """What is more than comments is what keeps a stream alive."""
    assert feed(run)[0].data_events == events


@pytest.mark.parametrize(
    ("behind", "rest"),
    [(b"", b""), (b"\n", b""), (b"\r\n", b""), (b"\r\n\r\n", b""), (b"data: x", b"data: x"), (b": c\n", b": c\n")],
)
def test_line_ends_behind_the_last_event_begin_none(behind: bytes, rest: bytes) -> None:
    """A stream that ends with a line too many is complete; one that ends inside an event is not."""
    reader = ChatStream(hide_usage=False, event_bytes_max=100)
    reader.feed(DONE)
    reader.feed(behind)

    assert reader.done
    assert reader.rest == rest


def test_events_that_are_no_json_are_counted_and_relayed() -> None:
    """The provider's own words go through; that they made no sense is kept."""
    told = event(chunk("a")) + event("[DONE] or not") + event("[1]") + event("[DONE]")
    reader, relayed = feed(told)

    assert relayed == told
    assert reader.invalid_events == 2
    assert reader.done


def test_an_event_over_the_limit_is_told() -> None:
    """One byte more than the limit, without an end in sight."""
    reader = ChatStream(hide_usage=False, event_bytes_max=100)
    reader.feed(b"x" * 100)
    with pytest.raises(EventTooLarge):
        reader.feed(b"x")


def test_the_error_is_kept_as_it_came() -> None:
    """The whole event's data, for the dialect to classify."""
    text = '{"error":{"message":"busy"},"id":1}'
    assert feed(event(chunk("a")) + event(text))[0].error_raw == text.encode()


@settings(deadline=None, max_examples=300)
@given(
    parts=st.lists(
        st.sampled_from(
            [
                *map(
                    event, [chunk("a"), chunk("b", usage=USAGE), chunk(finish="stop"), USAGE_ONLY, '{"error":{}}', "x"]
                ),
                *[event(chunk("c"), "\r\n\r\n"), DONE, b": c\n\n", b"\n", b"data: [DO", b"\r"],
            ]
        ),
        max_size=8,
    ),
    cuts=st.lists(st.integers(0, 1_000), max_size=8),
)
def test_any_stream_is_read_as_a_plain_reader_reads_it(parts: list[bytes], cuts: list[int]) -> None:
    """Usage, finish reason, error and end are those found by decoding every event of the whole stream."""
    stream = b"".join(parts) + b"."
    reader, _ = feed(stream, [place for place in cuts if place <= len(stream)])
    texts = data_of(stream)
    decoded = [json.loads(text) for text in texts if text.startswith(b"{")]
    usages = [one["usage"] for one in decoded if one.get("usage")]
    finishes = [
        choice["finish_reason"] for one in decoded for choice in one.get("choices", []) if choice["finish_reason"]
    ]

    assert (None if reader.usage_raw is None else json.loads(reader.usage_raw)) == (usages[-1] if usages else None)
    assert reader.finish_reason == (finishes[-1] if finishes else None)
    assert (reader.error_raw is not None) == any("error" in one for one in decoded)
    assert reader.done == (b"[DONE]" in texts)
    assert reader.started == bool(texts)
