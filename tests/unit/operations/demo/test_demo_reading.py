"""The demo's own reading of answers."""

from routeproof.operations.demo.reading import ReadError, ToolCall, count_events, read_answer, read_usage
from routeproof.usage import Usage


def test_a_whole_answer() -> None:
    """Text, reasoning, calls, usage and the model's name."""
    body = (
        b'{"model":"m","choices":[{"message":{"content":"Hi","reasoning_content":"Hm",'
        b'"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}}],"usage":{"prompt_tokens":1}}'
    )
    reading = read_answer(body, stream=False)

    assert reading is not None
    assert (reading.model, reading.content, reading.reasoning) == ("m", "Hi", "Hm")
    assert reading.tool_calls == (ToolCall("f", "{}"),)
    assert reading.usage == {"prompt_tokens": 1}


def test_a_stream_is_joined() -> None:
    """Calls by their index, comments left out, the last usage that is not null."""
    body = (
        b": waiting\n\n"
        b'data: {"model":"m","choices":[{"delta":{"content":"Hel","tool_calls":null}}],"usage":null}\n\n'
        b'data: {"choices":[{"delta":{"content":"lo","tool_calls":[{"index":1,"function":{"name":"g"}},'
        b'{"index":0,"function":{"name":"f","arguments":"{"}}]}}]}\n\n'
        b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}}],"usage":null}\n\n'
        b'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n'
        b"data: [DONE]\n\n"
    )
    reading = read_answer(body, stream=True)

    assert reading is not None
    assert (reading.content, reading.done) == ("Hello", True)
    assert reading.tool_calls == (ToolCall("f", "{}"), ToolCall("g", ""))
    assert reading.usage == {"prompt_tokens": 1}
    assert count_events(body) == 5


def test_a_cut_event_is_not_read() -> None:
    """What came whole is."""
    reading = read_answer(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: {"choi', stream=True)

    assert reading is not None
    assert (reading.content, reading.done) == ("Hi", False)


def test_an_error_is_read() -> None:
    """From a body and from an event."""
    error = b'{"error":{"message":"No.","type":"t","param":"model","code":"c"}}'
    wanted = ReadError(code="c", message="No.", param="model")

    for body, stream in ((error, False), (b"data: " + error + b"\n\n", True)):
        reading = read_answer(body, stream=stream)
        assert reading is not None
        assert reading.error == wanted


def test_what_is_no_json_is_no_answer() -> None:
    """Pages and the like."""
    assert read_answer(b"<html>", stream=False) is None
    assert read_answer(b"data: <html>\n\n", stream=True) is None


def test_usage_of_both_families() -> None:
    """DeepSeek's hits stand twice and count once; Qwen tells an explicit cache by its type."""
    deepseek = {
        "prompt_tokens": 100,
        "completion_tokens": 9,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 4},
        "prompt_cache_hit_tokens": 64,
        "prompt_cache_miss_tokens": 36,
    }
    qwen = {
        "prompt_tokens": 2000,
        "completion_tokens": 9,
        "prompt_tokens_details": {
            "cached_tokens": 1024,
            "cache_type": "ephemeral",
            "cache_creation_input_tokens": 512,
        },
    }

    assert read_usage(deepseek) == Usage(100, 9, cache_hit_tokens=64, reasoning_tokens=4)
    assert read_usage(qwen) == Usage(2000, 9, cache_hit_tokens=1024, cache_write_tokens=512, explicit_cache=True)
