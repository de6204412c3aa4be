"""Judges what the client saw of one scene: the answer it should have got, and the headers with it."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from routeproof.operations.demo.client import Ending, Sighting
from routeproof.operations.demo.reading import Reading, read_answer, read_usage
from routeproof.operations.demo.scene import Scene, Sight


def reading_of(scene: Scene, seen: Sighting) -> Reading:
    """The answer as the client understands it; empty where it is no answer at all."""
    is_stream = "event-stream" in seen.headers.get("content-type", "")
    return read_answer(seen.body, stream=scene.streams and is_stream) or Reading()


def wrong_sights(scene: Scene, seen: Sighting) -> Iterator[str]:
    """Everything that the client should have seen and did not, one line each."""
    if seen.trouble is not None:
        yield seen.trouble
        return
    if seen.status != scene.status:
        yield f"the client got status {seen.status}, not {scene.status}"
    if scene.tries:
        yield from _wrong_headers(scene, seen.headers)
    reading = reading_of(scene, seen)
    for sight in scene.sees:
        if not _CHECKS[sight](scene, seen, reading):
            yield f"the client did not see {sight.value}"


def _wrong_headers(scene: Scene, headers: Mapping[str, str]) -> Iterator[str]:
    wanted = {"x-routeproof-route": scene.tries[-1].route, "x-routeproof-attempts": str(len(scene.tries))}
    for name, value in wanted.items():
        if headers.get(name) != value:
            yield f"the header {name} is {headers.get(name)}, not {value}"


def _hits(reading: Reading) -> int | None:
    return None if reading.usage is None else read_usage(reading.usage).cache_hit_tokens


def _calls(reading: Reading, count: int) -> bool:
    return len(reading.tool_calls) == count and all(
        call.name and _is_object(call.arguments) for call in reading.tool_calls
    )


def _is_object(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except msgspec.DecodeError:
        return False


def _breaks_visibly(_scene: Scene, seen: Sighting, reading: Reading) -> bool:
    return seen.ending is Ending.BROKEN and reading.error is not None and not reading.done


def _names_error(scene: Scene, seen: Sighting, reading: Reading) -> bool:
    """A provider's error keeps its own code; ours then stands in a header."""
    if reading.error is None or not reading.error.message:
        return False
    code = seen.headers.get("x-routeproof-error") if scene.tries else reading.error.code
    return code == scene.error_code


def _names_remedy(scene: Scene, _seen: Sighting, reading: Reading) -> bool:
    if reading.error is None or reading.error.param not in scene.body:
        return False
    other = {"thinking": "enable_thinking", "enable_thinking": "thinking: {"}[reading.error.param]
    return other in reading.error.message


_Check = Callable[[Scene, Sighting, Reading], bool]
_CHECKS: Mapping[Sight, _Check] = {
    Sight.TEXT: lambda _scene, _seen, reading: bool(reading.content),
    Sight.REASONING: lambda _scene, _seen, reading: bool(reading.reasoning),
    Sight.NO_REASONING: lambda _scene, _seen, reading: not reading.reasoning,
    Sight.USAGE: lambda _scene, _seen, reading: reading.usage is not None,
    Sight.NO_USAGE: lambda _scene, _seen, reading: reading.usage is None,
    Sight.TOOL_CALL: lambda _scene, _seen, reading: _calls(reading, 1),
    Sight.PARALLEL_CALLS: lambda _scene, _seen, reading: _calls(reading, 2),
    Sight.JSON_OBJECT: lambda _scene, _seen, reading: _is_object(reading.content),
    Sight.CACHE_HIT: lambda _scene, _seen, reading: bool(_hits(reading)),
    Sight.CACHE_MISS: lambda _scene, _seen, reading: _hits(reading) == 0,
    Sight.END_MARK: lambda _scene, seen, reading: reading.done and seen.ending is Ending.WHOLE,
    Sight.VISIBLE_BREAK: _breaks_visibly,
    Sight.ERROR_BODY: _names_error,
    Sight.REMEDY: _names_remedy,
    Sight.CLOSED_UPSTREAM: lambda _scene, seen, _reading: seen.upstream_closed,
}
