"""Tool calls of one choice, put together from their fragments, and what is wrong with the fragments.

OpenAI's chunks give index, id, type and name in a call's first fragment and only index and arguments later; clients
join by index (API reference, "chat completion chunk object"; openai-python's accumulated deltas put texts together).
"""

from typing import Final

from routeproof.prover.oracle.findings import Findings
from routeproof.prover.oracle.messages import ToolCall, arguments_fault
from routeproof.prover.oracle.stream.chunk_shapes import Fragment, Function

_NO_FUNCTION: Final = Function()


class _OpenCall:
    __slots__ = ("arguments", "id", "name", "offset")

    def __init__(self, call_id: str, name: str, offset: int) -> None:
        self.id = call_id
        self.name = name
        self.offset = offset
        self.arguments: list[str] = []


class ToolFragments:
    """The calls of one choice. The offsets are those of the events that the fragments came in."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._calls: dict[int, _OpenCall] = {}
        self._ids: set[str] = set()
        self._current = -1

    def take(self, fragment: Fragment, offset: int) -> bool:
        """Add a fragment; says whether it brought anything: a call's beginning, or a piece of its arguments."""
        function = fragment.function or _NO_FUNCTION
        call = self._calls.get(fragment.index)
        is_new = call is None
        if call is None:
            call = self._open(fragment, function, offset)
        else:
            self._judge_later(fragment, function, call, offset)
        self._current = fragment.index
        if function.arguments:
            call.arguments.append(function.arguments)
        return is_new or bool(function.arguments)

    def close(self, *, whole: bool) -> tuple[ToolCall, ...]:
        """All calls; where the answer is `whole`, their arguments must be, too."""
        calls = []
        for index, call in sorted(self._calls.items()):
            arguments = "".join(call.arguments)
            code = arguments_fault(arguments) if whole else None
            if code is not None:
                self._findings.add(code, call.offset, "", f"call {index}")
            calls.append(ToolCall(index, call.id, call.name, arguments))
        return tuple(calls)

    def _open(self, fragment: Fragment, function: Function, offset: int) -> _OpenCall:
        found = self._findings
        if fragment.index != len(self._calls):
            found.add("tool_index_jump", offset, "", f"{fragment.index} where {len(self._calls)} is next")
        if not fragment.id:
            found.add("tool_id_missing", offset)
        elif fragment.id in self._ids:
            found.add("tool_id_shared", offset)
        if not fragment.type:
            found.add("tool_type_missing", offset)
        if not function.name:
            found.add("tool_name_missing", offset)
        self._ids.add(fragment.id or "")
        call = self._calls[fragment.index] = _OpenCall(fragment.id or "", function.name or "", offset)
        return call

    def _judge_later(self, fragment: Fragment, function: Function, call: _OpenCall, offset: int) -> None:
        found = self._findings
        if fragment.index != self._current:
            found.add("tool_calls_interleaved", offset)
        if isinstance(fragment.id, str):
            found.add(f"tool_id_{_way(fragment.id, call.id)}", offset)
        if isinstance(fragment.type, str):
            found.add("tool_type_repeated", offset)
        if isinstance(function.name, str):
            found.add(f"tool_name_{_way(function.name, call.name)}", offset)


def _way(text: str, before: str) -> str:
    if not text:
        return "empty"
    return "repeated" if text == before else "changed"
