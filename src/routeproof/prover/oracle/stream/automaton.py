"""Layer 4, the life of each choice: a role, then fragments, then one finish reason, then nothing but the usage.

States of a choice and what may come in each; a code where it should not have come:

    state      role           reasoning                content               tool   finish
    NEW        OPEN           role_missing             role_missing          same   same
    OPEN       role_repeated  REASONING                CONTENT               TOOLS  FINISHED
    REASONING  role_repeated  REASONING                CONTENT               TOOLS  FINISHED
    CONTENT    role_repeated  reasoning_after_content  CONTENT               TOOLS  FINISHED
    TOOLS      role_repeated  reasoning_after_content  content_after_tools   TOOLS  FINISHED
    FINISHED   chunk_after_finish; content_after_finish where there is text or a call; finish_repeated

Empty texts are no fragments: providers send them beside what they mean. A first role that comes late is not one that
is repeated: what is wrong with it was told when the choice began without it.
"""

from enum import IntEnum
from typing import Final

from msgspec import UNSET

from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.findings import Findings
from routeproof.prover.oracle.stream.choice_text import ChoiceText
from routeproof.prover.oracle.stream.chunk_shapes import Choice, Chunk
from routeproof.prover.oracle.stream.examination import EventKind
from routeproof.prover.oracle.stream.sse_events import SseEvent


class State(IntEnum):
    """How far a choice has come."""

    NEW = 0
    OPEN = 1
    REASONING = 2
    CONTENT = 3
    TOOLS = 4
    FINISHED = 5


class Step(IntEnum):
    """What a delta may bring."""

    ROLE = 0
    REASONING = 1
    CONTENT = 2
    TOOL = 3
    FINISH = 4


_NEXT: Final = {
    Step.ROLE: State.OPEN,
    Step.REASONING: State.REASONING,
    Step.CONTENT: State.CONTENT,
    Step.TOOL: State.TOOLS,
    Step.FINISH: State.FINISHED,
}
_FAULTS: Final[dict[tuple[State, Step], str]] = {
    **{(State.NEW, step): "role_missing" for step in Step if step is not Step.ROLE},
    **{(state, Step.ROLE): "role_repeated" for state in State if state is not State.NEW},
    (State.CONTENT, Step.REASONING): "reasoning_after_content",
    (State.TOOLS, Step.REASONING): "reasoning_after_content",
    (State.TOOLS, Step.CONTENT): "content_after_tools",
    (State.FINISHED, Step.ROLE): "chunk_after_finish",
    (State.FINISHED, Step.REASONING): "content_after_finish",
    (State.FINISHED, Step.CONTENT): "content_after_finish",
    (State.FINISHED, Step.TOOL): "content_after_finish",
    (State.FINISHED, Step.FINISH): "finish_repeated",
}


class Automaton:
    """Follows every choice of one stream through its life."""

    def __init__(self, asked: StreamAsked, findings: Findings) -> None:
        self._asked = asked
        self._findings = findings
        self.choices: dict[int, ChoiceText] = {}
        self._states: dict[int, State] = {}
        self._with_role: set[int] = set()
        self.usage_event: SseEvent | None = None
        """The last event with a usage."""

    def feed(self, chunk: Chunk, event: SseEvent) -> EventKind:
        """Take the next chunk; says what it brought."""
        kind = EventKind.OTHER
        for choice in chunk.choices:
            index = choice.index
            delta = choice.delta
            # Nearly every chunk of a long answer: one more piece of text in a choice that is at its content.
            if (
                self._states.get(index) is State.CONTENT
                and delta.content
                and not (delta.role or delta.reasoning_content or delta.tool_calls or delta.refusal)
                and not choice.finish_reason
            ):
                self.choices[index].content.append(delta.content)
                kind = EventKind.DELTA
            elif self._take(choice, event.offset):
                kind = EventKind.DELTA
        if chunk.usage is not None and chunk.usage is not UNSET:
            self._take_usage(chunk, event)
            return EventKind.USAGE if kind is EventKind.OTHER else kind
        if self.usage_event is not None:
            self._findings.add("chunk_after_usage", event.offset)
        elif not chunk.choices:
            self._findings.add("chunk_without_choices", event.offset)
        return kind

    def close(self, end: int, *, broken_off: bool) -> None:
        """The stream is over; where it broke off with an error, what is missing is no finding of its own."""
        if broken_off:
            return
        asked = self._asked
        if not self.choices:
            self._findings.add("no_choices", 0)
        elif len(self.choices) < asked.choices:
            self._findings.add("choice_missing", end, "", f"{len(self.choices)} of {asked.choices}")
        for index, state in self._states.items():
            if state is not State.FINISHED:
                self._findings.add("finish_missing", end, "", f"choice {index}")
        if asked.include_usage and self.usage_event is None:
            self._findings.add("usage_missing", end)

    def _take(self, choice: Choice, offset: int) -> bool:
        """One choice's part of a chunk; says whether it brought text or a call."""
        text = self._text_of(choice.index, offset)
        was_finished = self._states[choice.index] is State.FINISHED
        delta = choice.delta
        brought = False
        if delta.role:
            self._take_role(choice.index, offset)
        if delta.reasoning_content:
            self._step(choice.index, Step.REASONING, offset)
            text.reasoning.append(delta.reasoning_content)
            brought = True
        written = delta.content or delta.refusal
        if written:
            self._step(choice.index, Step.CONTENT, offset)
            (text.content if delta.content else text.refusal).append(written)
            brought = True
        for fragment in delta.tool_calls or ():
            self._step(choice.index, Step.TOOL, offset)
            brought = text.tools.take(fragment, offset) or brought
        if choice.finish_reason:
            self._step(choice.index, Step.FINISH, offset)
            text.finish_reason = text.finish_reason or choice.finish_reason
        elif was_finished and not (brought or delta.role):
            self._findings.add("chunk_after_finish", offset)
        return brought

    def _text_of(self, index: int, offset: int) -> ChoiceText:
        text = self.choices.get(index)
        if text is None:
            text = self.choices[index] = ChoiceText(self._findings)
            self._states[index] = State.NEW
            if index >= self._asked.choices:
                self._findings.add("choice_index_unexpected", offset, "", str(index))
        return text

    def _take_role(self, index: int, offset: int) -> None:
        is_late = index not in self._with_role and self._states[index] not in (State.NEW, State.FINISHED)
        self._with_role.add(index)
        if not is_late:
            self._step(index, Step.ROLE, offset)

    def _step(self, index: int, step: Step, offset: int) -> None:
        state = self._states[index]
        code = _FAULTS.get((state, step))
        if code is not None:
            self._findings.add(code, offset)
        if state is not State.FINISHED and (step is not Step.ROLE or state is State.NEW):
            self._states[index] = _NEXT[step]

    def _take_usage(self, chunk: Chunk, event: SseEvent) -> None:
        add = self._findings.add
        carried = "own chunk"
        if any(choice.finish_reason for choice in chunk.choices):
            carried = "finish chunk"
        elif chunk.choices:
            carried = "text chunk"
        if not self._asked.include_usage:
            add("usage_unasked", event.offset, carried)
        if self.usage_event is not None:
            add("usage_repeated", event.offset)
        if chunk.choices:
            add("usage_on_choices", event.offset, carried)
        if not self._states or any(state is not State.FINISHED for state in self._states.values()):
            add("usage_early", event.offset)
        self.usage_event = event
