"""What the client should have seen and did not is told."""

import msgspec
import pytest
from tests.unit.operations.demo.demo_support import scene, sighting

from routeproof.operations.demo.client import Ending, Sighting
from routeproof.operations.demo.scene import Scene, Sight
from routeproof.operations.demo.sights import wrong_sights

ERROR_EVENT = b'data: {"error":{"message":"It broke.","code":"upstream_truncated"}}\n\n'
DONE = b"data: [DONE]\n\n"
STREAM = {"content-type": "text/event-stream"}


def scene_that_sees(sight: Sight, *, stream: bool = False, **changes: object) -> Scene:
    """The plain scene with one thing to see."""
    plain = scene("deepseek plain")
    body = {**plain.body, "stream": stream}
    return msgspec.structs.replace(plain, **{"sees": (sight,), "body": body, **changes})


def answer(message: dict[str, object], usage: dict[str, object] | None = None) -> Sighting:
    """A whole answer with this message."""
    return sighting(body=msgspec.json.encode({"choices": [{"message": message}], "usage": usage}))


def stream(body: bytes, ending: Ending) -> Sighting:
    """As much of a stream as came."""
    return sighting(headers={**sighting().headers, **STREAM}, body=body, ending=ending)


def call(arguments: str, index: int = 0) -> dict[str, object]:
    """A tool call."""
    return {"index": index, "function": {"name": "weather", "arguments": arguments}}


def hits(count: int) -> dict[str, object]:
    """A usage with so many tokens from the cache."""
    return {"prompt_tokens": 99, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": count}}


@pytest.mark.parametrize(
    ("sight", "good", "bad"),
    [
        (Sight.TEXT, answer({"content": "Hi"}), answer({"content": ""})),
        (Sight.REASONING, answer({"reasoning_content": "Hm"}), answer({"content": "Hm"})),
        (Sight.NO_REASONING, answer({"content": "Hm"}), answer({"reasoning_content": "Hm"})),
        (Sight.USAGE, answer({}, hits(0)), answer({})),
        (Sight.NO_USAGE, answer({}), answer({}, hits(0))),
        (Sight.TOOL_CALL, answer({"tool_calls": [call("{}")]}), answer({"tool_calls": [call("{")]})),
        (
            Sight.PARALLEL_CALLS,
            answer({"tool_calls": [call("{}"), call("{}", 1)]}),
            answer({"tool_calls": [call("{}")]}),
        ),
        (Sight.JSON_OBJECT, answer({"content": '{"a":1}'}), answer({"content": "[1]"})),
        (Sight.CACHE_HIT, answer({}, hits(64)), answer({}, hits(0))),
        (Sight.CACHE_MISS, answer({}, hits(0)), answer({}, hits(64))),
        (Sight.CLOSED_UPSTREAM, sighting(upstream_closed=True), sighting(upstream_closed=False)),
    ],
)
def test_each_sight_tells_good_from_bad(sight: Sight, good: Sighting, bad: Sighting) -> None:
    """And the problem names it."""
    wanted = scene_that_sees(sight)

    assert list(wrong_sights(wanted, good)) == []
    assert list(wrong_sights(wanted, bad)) == [f"the client did not see {sight.value}"]


@pytest.mark.parametrize(
    ("body", "ending"), [(DONE, Ending.BROKEN), (b"", Ending.WHOLE), (b"data: [DONE]", Ending.WHOLE)]
)
def test_a_stream_without_its_end_is_caught(body: bytes, ending: Ending) -> None:
    """Both the mark and the end of the framing have to come."""
    wanted = scene_that_sees(Sight.END_MARK, stream=True)

    assert list(wrong_sights(wanted, stream(DONE, Ending.WHOLE))) == []
    assert list(wrong_sights(wanted, stream(body, ending))) != []


@pytest.mark.parametrize(
    ("body", "ending"), [(b"", Ending.BROKEN), (ERROR_EVENT, Ending.WHOLE), (ERROR_EVENT + DONE, Ending.BROKEN)]
)
def test_a_break_that_can_be_overlooked_is_caught(body: bytes, ending: Ending) -> None:
    """It takes the error event, no end mark, and a connection that ends short of its framing."""
    wanted = scene_that_sees(Sight.VISIBLE_BREAK, stream=True)

    assert list(wrong_sights(wanted, stream(ERROR_EVENT, Ending.BROKEN))) == []
    assert list(wrong_sights(wanted, stream(body, ending))) != []


def test_an_error_has_to_carry_the_rows_code() -> None:
    """In a header where the provider's own error object was handed on, in the body where the error is ours."""
    body = b'{"error":{"message":"No.","code":"invalid_request_error"}}'
    theirs = scene_that_sees(Sight.ERROR_BODY, error_code="upstream_bad_request")
    ours = msgspec.structs.replace(theirs, tries=(), error_code="invalid_request_error")
    told = sighting(body=body, headers={**sighting().headers, "x-routeproof-error": "upstream_bad_request"})

    assert list(wrong_sights(theirs, told)) == []
    assert list(wrong_sights(theirs, sighting(body=body))) != []
    assert list(wrong_sights(ours, sighting(body=body))) == []
    assert list(wrong_sights(ours, sighting(body=b'{"error":{"code":"invalid_request_error"}}'))) != []


@pytest.mark.parametrize(
    ("name", "param", "message"),
    [
        ("control of qwen", "enable_thinking", 'Send thinking: {"type": "disabled"}.'),
        ("control of deepseek", "thinking", "Send enable_thinking: false."),
    ],
)
def test_a_refused_control_has_to_name_the_right_one(name: str, param: str, message: str) -> None:
    """The field at fault as `param`, the other one in the message."""
    wanted = msgspec.structs.replace(scene(name), sees=(Sight.REMEDY,))

    def refused(param: str | None, message: str) -> list[str]:
        error = {"error": {"message": message, "code": "unsupported_control", "param": param}}
        return list(wrong_sights(wanted, sighting(status=400, body=msgspec.json.encode(error))))

    assert refused(param, message) == []
    assert refused(None, message) != []
    assert refused(param, "It is not supported.") != []


def test_a_wrong_status_and_wrong_headers_are_caught() -> None:
    """Each by its name."""
    seen = sighting(status=500, headers={"x-routeproof-route": "qwen/qwen-plus"})

    assert list(wrong_sights(scene_that_sees(Sight.TEXT), seen)) == [
        "the client got status 500, not 200",
        "the header x-routeproof-route is qwen/qwen-plus, not deepseek/deepseek-flash",
        "the header x-routeproof-attempts is None, not 1",
    ]


def test_no_answer_is_told_as_that() -> None:
    """And nothing else is said of it."""
    seen = Sighting(request_bytes=1, trouble="it was not over within 20 s")

    assert list(wrong_sights(scene_that_sees(Sight.TEXT), seen)) == ["it was not over within 20 s"]
