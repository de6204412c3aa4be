"""The stream oracle: one streamed chat answer in, everything that is wrong with it out, layer by layer."""

from collections.abc import Sequence

from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.findings import Findings, Subject
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.oracle.overlays import Overlay
from routeproof.prover.oracle.response_schema import media_type
from routeproof.prover.oracle.stream.agreement import judge_whole
from routeproof.prover.oracle.stream.automaton import Automaton
from routeproof.prover.oracle.stream.chunk_schema import ChunkReader
from routeproof.prover.oracle.stream.chunk_shapes import Chunk
from routeproof.prover.oracle.stream.examination import EventKind, StreamEvent, StreamExamination
from routeproof.prover.oracle.stream.framing_bytes import judge_bytes
from routeproof.prover.oracle.stream.sse_events import EndMarks, SseEvent, SseReader, judge_absence
from routeproof.prover.oracle.strict_json import read_strictly
from routeproof.prover.oracle.whole_answers import Envelope


def examine_stream(
    body: bytes | Sequence[bytes], overlay: Overlay, asked: StreamAsked, *, content_type: str | None = None
) -> StreamExamination:
    """Judge a streamed answer by its bytes, whole or as they were read; never raises.

    How the bytes were cut makes no difference. `content_type` is judged where it is given. Takes about 10 ms a MB.
    """
    whole = body if isinstance(body, bytes) else b"".join(body)
    return _Examiner(whole, overlay, asked, content_type).result()


class _Examiner:
    """One examination."""

    def __init__(self, body: bytes, overlay: Overlay, asked: StreamAsked, content_type: str | None) -> None:
        self._body = body
        self._asked = asked
        self._findings = findings = Findings(body, overlay, Subject.STREAM)
        self._sse = SseReader(body, findings)
        self._marks = EndMarks(findings)
        self._chunks = ChunkReader(overlay, asked, findings)
        self._automaton = Automaton(asked, findings)
        self._events: list[StreamEvent] = []
        judge_bytes(body, findings)
        if content_type is not None and media_type(content_type) != "text/event-stream":
            findings.add("content_type_wrong", 0, media_type(content_type))

    def result(self) -> StreamExamination:
        """Read every event, then judge the whole."""
        if not self._findings.has("body_compressed"):
            self._read_events()
            if self._events:
                self._judge_end()
            elif not self._findings.has("event_unterminated") or not self._body.lstrip().startswith(b"data"):
                judge_absence(self._body, self._findings)
        messages = self._messages()
        usage = self._usage()
        first = self._chunks.first
        if self._events and first is not None and self._chunks.error is None:
            self._judge_whole(first, messages, usage)
        return StreamExamination(
            self._findings.listed(),
            messages,
            usage if isinstance(usage, dict) else None,
            None if first is None else first.model,
            None if first is None else first.id,
            None if first is None else first.created,
            self._chunks.error,
            tuple(self._events),
            self._sse.comments,
            self._marks.end is not None,
        )

    def _read_events(self) -> None:
        read, feed, note = self._chunks.read, self._automaton.feed, self._events.append
        take_mark = self._marks.take
        for event in self._sse.events():
            # An end mark is short, and so is what looks like one; after the first everything is looked at.
            if (len(event.data) < 16 or self._marks.end is not None) and take_mark(event):
                note(StreamEvent(event.offset, event.end, EventKind.DONE))
                continue
            chunk = read(event)
            kind = self._kind_of_odd() if chunk is None else feed(chunk, event)
            note(StreamEvent(event.offset, event.end, kind))

    def _kind_of_odd(self) -> EventKind:
        return EventKind.FOREIGN if self._chunks.error is None else EventKind.ERROR

    def _judge_end(self) -> None:
        end = len(self._body)
        broken_off = self._chunks.error is not None
        self._marks.judge_rest(self._body)
        self._automaton.close(end, broken_off=broken_off)
        if broken_off and self._marks.end is not None:
            self._findings.add("done_after_error", self._events[-1].offset)
        elif not broken_off and self._marks.end is None:
            self._findings.add("done_missing", end)

    def _messages(self) -> tuple[AnsweredMessage, ...]:
        choices = self._automaton.choices
        return tuple(choices[index].message(index) for index in sorted(choices))

    def _usage(self) -> object:
        event = self._automaton.usage_event
        return None if event is None else _usage_in(event)

    def _judge_whole(self, first: Chunk, messages: tuple[AnsweredMessage, ...], usage: object) -> None:
        event = self._automaton.usage_event
        offset = len(self._body) if event is None else event.offset
        envelope = Envelope(id=first.id, created=first.created, model=first.model)
        judge_whole(envelope, messages, usage, self._asked, self._findings, offset)


def _usage_in(event: SseEvent) -> object:
    value = read_strictly(event.data.decode("utf-8", "replace").encode()).value
    return value.get("usage") if isinstance(value, dict) else None
