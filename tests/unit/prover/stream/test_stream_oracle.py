"""The stream oracle: right streams pass without a word, and each seeded defect is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.golden_streams import ASKED, DONE, TEXT, TOOLS, USAGE, body, event, frame, part, text_frames
from tests.support.stream_defects import DEFECTS, OF_FRAMING, Defect

from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.finding_codes import RULES
from routeproof.prover.oracle.findings import EXCERPT_BYTES_MAX, FINDINGS_MAX
from routeproof.prover.oracle.messages import ToolCall
from routeproof.prover.oracle.overlays import STRICT, overlay_named
from routeproof.prover.oracle.stream.examination import EventKind, StreamExamination
from routeproof.prover.oracle.stream.oracle import examine_stream


def strictly(stream: bytes, asked: StreamAsked = ASKED) -> StreamExamination:
    """The stream judged by OpenAI's documents alone."""
    return examine_stream(stream, STRICT, asked)


def codes(examination: StreamExamination) -> set[str]:
    """What was found."""
    return {finding.code for finding in examination.findings}


@pytest.mark.parametrize("stream", [TEXT, TOOLS, TEXT.replace(b"\n", b"\r\n")], ids=["text", "tools", "CRLF"])
def test_a_right_stream_passes_without_a_word(stream: bytes) -> None:
    """Not even a note."""
    assert strictly(stream).findings == ()


@pytest.mark.parametrize("dialect", ["openai", "deepseek", "qwen", "newapi"])
def test_no_dialect_forbids_what_openai_documents(dialect: str) -> None:
    """An overlay only takes findings back."""
    assert [examine_stream(stream, overlay_named(dialect), ASKED).findings for stream in (TEXT, TOOLS)] == [(), ()]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_every_seeded_defect_is_named(defect: Defect) -> None:
    """By its own code, with the bytes and in words; a note only where the code is one."""
    finding, *_ = [one for one in strictly(defect.body, defect.asked).findings if one.code == defect.code]

    assert finding.note is RULES[defect.code].note
    assert 0 <= finding.offset <= len(defect.body)
    assert len(finding.excerpt) <= 4 * EXCERPT_BYTES_MAX
    assert finding.words.startswith(RULES[defect.code].meaning)


def test_a_role_behind_the_first_fragment_is_late_and_not_repeated() -> None:
    """It was given once: that the choice began without it is all that is wrong. A second one is repeated."""
    first, *later = text_frames()
    early = part({"content": "Oh, "})

    assert codes(strictly(body([early, first, *later]))) == {"role_missing"}
    assert codes(strictly(body([early, first, first, *later]))) == {"role_missing", "role_repeated"}


def test_there_are_many_seeded_defects_and_none_has_the_name_of_another() -> None:
    """So that a failure says which it was."""
    names = [defect.name for defect in DEFECTS]

    assert len(names) >= 100
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("dialect", ["deepseek", "qwen", "newapi"])
@pytest.mark.parametrize("defect", OF_FRAMING, ids=lambda defect: defect.name)
def test_no_overlay_hides_a_defect_of_the_framing(dialect: str, defect: Defect) -> None:
    """What ends a stream, and how events are written, is the same for all."""
    assert defect.code in codes(examine_stream(defect.body, overlay_named(dialect), defect.asked))


@given(st.sampled_from(DEFECTS), st.data())
def test_any_split_of_the_bytes_gives_the_same_result(defect: Defect, data: st.DataObject) -> None:
    """Cut anywhere, inside characters and line ends too, and with empty pieces."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(defect.body)), max_size=8)))
    bounds = list(zip([0, *cuts], [*cuts, len(defect.body)], strict=True))

    split = examine_stream([defect.body[start:end] for start, end in bounds], STRICT, defect.asked)
    assert split == strictly(defect.body, defect.asked)


@given(st.sampled_from((TEXT, TOOLS)), st.data())
def test_any_cut_is_found(stream: bytes, data: st.DataObject) -> None:
    """No beginning of a right stream passes for a whole one."""
    cut = data.draw(st.integers(0, len(stream) - 1))
    assert strictly(stream[:cut]).faults


@given(st.binary(max_size=400) | st.sampled_from(DEFECTS).map(lambda defect: defect.body), st.data())
def test_nothing_makes_it_raise(stream: bytes, data: st.DataObject) -> None:
    """Neither noise nor a broken stream with noise written over it."""
    at = data.draw(st.integers(0, len(stream)))
    noise = data.draw(st.binary(max_size=20) | st.sampled_from((b"[" * 400, b"1e999", b'"\\ud800"', b"9" * 5_000)))
    strictly(stream[:at] + noise + stream[at + len(noise) :])


@pytest.mark.parametrize("value", [b"[" * 400 + b"]" * 400, b"1e999", b"9" * 5_000, b'{"\\ud800": 1}'])
def test_values_that_break_parsers_are_findings(value: bytes) -> None:
    """Deep nesting, numbers beyond every type, half characters in names."""
    stream = body([*text_frames()[:4]], b"") + event(b'{"id": ' + value + b"}") + DONE
    assert codes(strictly(stream)) & {"chunk_not_json", "member_type", "lone_surrogate"}


def test_the_message_is_put_together() -> None:
    """With usage, id, model and creation time."""
    found = strictly(TEXT)

    assert [(one.content, one.finish_reason) for one in found.messages] == [("Grüße, 世界!", "stop")]
    assert (found.id, found.model, found.created) == ("chatcmpl-1", "gpt-sample", 1_795_000_000)
    assert (found.usage, found.done, found.error) == (USAGE, True, None)


def test_tool_calls_are_put_together() -> None:
    """By their indexes."""
    (message,) = strictly(TOOLS).messages

    assert message.tool_calls == (
        ToolCall(0, "call_a", "weather", '{"city":"Oslo"}'),
        ToolCall(1, "call_b", "time", "{}"),
    )


def test_choices_take_turns() -> None:
    """Each has a life of its own."""
    frames = [part({"role": "assistant", "content": text}, None, index) for index, text in enumerate("ab")]
    frames += [part({"content": "c"}, None, 1), part({}, "stop", 0), part({"content": "d"}, None, 1)]
    frames += [part({}, "length", 1), frame([], usage=USAGE)]
    asked = StreamAsked(include_usage=True, choices=2)

    found = examine_stream(body(frames), STRICT, asked)
    assert [(one.content, one.finish_reason) for one in found.messages] == [("a", "stop"), ("bcd", "length")]
    assert found.findings == ()


def test_every_event_has_its_place_and_kind() -> None:
    """So that whoever read the bytes knows when each came; comments are none."""
    stream = b": keep-alive\n\n" + TEXT
    found = strictly(stream)

    assert [one.kind for one in found.events] == [
        EventKind.OTHER,
        *[EventKind.DELTA] * 3,
        EventKind.OTHER,
        EventKind.USAGE,
        EventKind.DONE,
    ]
    assert found.comments == 1
    assert [stream[one.end - 2 : one.end] for one in found.events] == [b"\n\n"] * 7
    assert [stream[one.offset - 6 : one.offset] for one in found.events] == [b"data: "] * 7


def test_a_cut_answer_may_have_cut_arguments() -> None:
    """`length` says so; nobody should call the function."""
    stream = TOOLS.replace(b'"\\"Oslo\\"}"', b'""').replace(b'"tool_calls"}', b'"length"}')
    assert b"Oslo" not in stream
    assert strictly(stream).findings == ()


def test_a_stream_that_breaks_off_with_an_error_owes_nothing_more() -> None:
    """The error is the finding; no end mark is right."""
    stream = body(text_frames()[:3], event({"error": {"message": "overloaded"}}))
    found = strictly(stream)

    assert codes(found) == {"error_event"}
    assert found.error == {"message": "overloaded"}
    assert found.events[-1].kind is EventKind.ERROR


def test_repetitions_are_counted_and_different_findings_bounded() -> None:
    """However long a hostile stream is."""
    frames = [part({"role": "assistant", "content": ""})]
    frames += [part({"content": "x"}, **{f"odd{number}": 1, "same": 1}) for number in range(300)]
    found = strictly(body(frames))

    assert len(found.findings) == FINDINGS_MAX
    assert max(one.times for one in found.findings) == 300


def test_a_content_type_is_judged_where_it_is_given() -> None:
    """With or without parameters, in any case."""
    wrong = examine_stream(TEXT, STRICT, ASKED, content_type="application/json")
    right = examine_stream(TEXT, STRICT, ASKED, content_type="Text/Event-Stream; charset=utf-8")

    assert [(one.code, one.where) for one in wrong.findings] == [("content_type_wrong", "application/json")]
    assert right.findings == ()


def test_findings_are_sorted_by_check() -> None:
    """What a check needs is asked for by its id; notes count against none."""
    bare = text_frames()
    del bare[1]["choices"][0]["finish_reason"]  # a note
    found = strictly(body(bare, b""))

    assert [one.code for one in found.of_check("S01")] == ["done_missing"]
    assert found.of_check("S02") == ()
    assert len(found.findings) == 2
