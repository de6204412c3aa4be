"""Layer 3, chunks: each is a documented object, and id, creation time and model are those of the first.

Fast where nothing is wrong: one typed decoding of all that is known. It refuses unknown members and wrong types, and
writing the result again gives as many bytes as were read unless a member stands twice or there is white space. What is
refused is read once more, by the schema, to say what is wrong.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.findings import Findings
from routeproof.prover.oracle.overlays import Overlay
from routeproof.prover.oracle.shapes import shape_named
from routeproof.prover.oracle.stream.chunk_shapes import MEMBERS, Choice, Chunk, salvage
from routeproof.prover.oracle.stream.sse_events import SseEvent
from routeproof.prover.oracle.strict_json import NotJson, read_strictly

_decode: Final = msgspec.json.Decoder(Chunk).decode
_encode: Final = msgspec.json.Encoder().encode
_compact: Final = msgspec.json.format
_FINISH_REASONS: Final = ("stop", "length", "tool_calls", "content_filter", "function_call")
_CONSTANT: Final = ("id", "created", "model")


class ChunkReader:
    """Reads one stream's chunks in order."""

    def __init__(self, overlay: Overlay, asked: StreamAsked, findings: Findings) -> None:
        self._findings = findings
        self._asked = asked
        self._first: Chunk | None = None
        self._id = self._model = ""
        self._created = 0
        self._fingerprint: str | UnsetType | None = UNSET
        self._usage_seen = False
        self._role_may_be_null = overlay.allows("member_null", "choices[].delta.role")
        self._reasons_known = overlay.allows("member_unknown", "choices[].delta.reasoning_content")
        finishes = [where for code, where in overlay.allowed if code == "finish_reason_unknown"]
        left_out = [UNSET] if overlay.allows("nullable_member_missing", "choices[].finish_reason") else []
        self._finishes: frozenset[object] = frozenset((None, *_FINISH_REASONS, *finishes, *left_out))
        self.error: object = None
        """The error object that came as an event."""

    @property
    def first(self) -> Chunk | None:
        """The first chunk, which gives the stream its id and model."""
        return self._first

    def read(self, event: SseEvent) -> Chunk | None:
        """The chunk in an event, as far as it can be used; None where the event holds none."""
        data = event.data
        try:
            chunk = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._explain(event)
        # The usage is taken as it stands, unread, and so is left to the slow way too: there is one in a stream.
        if (chunk.usage is not None and chunk.usage is not UNSET) or not _is_all_of(chunk, data):
            return self._explain(event)
        for choice in chunk.choices:
            if self._is_unusual(choice):
                return self._explain(event)
        if (
            chunk.id != self._id
            or chunk.model != self._model
            or chunk.created != self._created
            or chunk.system_fingerprint != self._fingerprint
        ):
            self._judge_constants(chunk, event)
        return chunk

    def _is_unusual(self, choice: Choice) -> bool:
        delta = choice.delta
        return (
            choice.finish_reason not in self._finishes
            or (delta.role is None and not self._role_may_be_null)
            or (delta.reasoning_content is not UNSET and not self._reasons_known)
        )

    # The slow way: name what is wrong, and keep what can be used.

    def _explain(self, event: SseEvent) -> Chunk | None:
        try:
            reading = read_strictly(event.data.decode("utf-8", "replace").encode())
        except NotJson as error:
            self._findings.add("chunk_not_json", event.offset, "", str(error))
            return None
        value = reading.value
        if not isinstance(value, dict):
            self._findings.add("chunk_not_object", event.offset)
            return None
        for name in reading.repeated:
            self._findings.add("name_repeated", event.offset, name)
        if reading.lone_surrogate:
            self._findings.add("lone_surrogate", event.offset)
        if value.get("error") is not None:
            self.error = value["error"]
            self._findings.add("error_event", event.offset)
            return None
        if _is_foreign(value):
            where = "after usage" if self._usage_seen else "before usage"
            self._findings.add("foreign_frame", event.offset, where)
            return None
        return self._salvage(value, event)

    def _salvage(self, value: dict[str, object], event: SseEvent) -> Chunk:
        for fault in shape_named("chunk").faults(value):
            self._findings.add(fault.code, event.offset, fault.where, fault.detail)
        chunk = salvage(value)
        self._usage_seen = self._usage_seen or chunk.usage is not UNSET
        self._judge_constants(chunk, event)
        return chunk

    def _judge_constants(self, chunk: Chunk, event: SseEvent) -> None:
        first = self._first
        if first is None:
            self._begin(chunk, event)
            return
        for name in _CONSTANT:
            was, is_now = getattr(first, name), getattr(chunk, name)
            if is_now and was != is_now:
                self._findings.add(f"{name}_changed", event.offset, "", f"{was} became {is_now}")
        fingerprint = chunk.system_fingerprint
        if fingerprint and first.system_fingerprint and fingerprint != first.system_fingerprint:
            self._findings.add("fingerprint_changed", event.offset)
        if fingerprint is None:
            self._findings.add("member_null", event.offset, "system_fingerprint")

    def _begin(self, chunk: Chunk, event: SseEvent) -> None:
        self._first = chunk
        self._id, self._model, self._created = chunk.id, chunk.model, chunk.created
        self._fingerprint = chunk.system_fingerprint
        for code in _empty_names(chunk):
            self._findings.add(code, event.offset)
        if chunk.system_fingerprint is None:
            self._findings.add("member_null", event.offset, "system_fingerprint")
        if self._asked.models and chunk.model and chunk.model not in self._asked.models:
            self._findings.add("model_unexpected", event.offset, "", chunk.model)


def _is_all_of(chunk: Chunk, data: bytes) -> bool:
    """Whether a chunk is all that its JSON text says: written again it is as long, white space and escapes aside.

    The encoder writes the shortest text there is, so a member that stands twice makes the text that was read longer.
    A text of mixed escapes gets a cautious no.
    """
    written = _encode(chunk)
    if len(written) == len(data):
        return True
    compact = _compact(data, indent=-1)
    return len(compact) == len(written) or (compact.isascii() and len(compact) == _escaped_size(written))


def _escaped_size(written: bytes) -> int:
    """The size of the shortest JSON text in ASCII: six bytes for each UTF-16 unit of all other characters."""
    text = written.decode("utf-8")
    plain = len(text.encode("ascii", "ignore"))
    return plain + 6 * (len(text.encode("utf-16-le")) // 2 - plain)


def _empty_names(chunk: Chunk) -> Iterator[str]:
    if not chunk.id:
        yield "id_empty"
    if not chunk.model:
        yield "model_empty"


def _is_foreign(value: dict[str, object]) -> bool:
    """Neither a choice nor a usage, but members that no chunk has."""
    return not value.get("choices") and value.get("usage") is None and not value.keys() <= MEMBERS
