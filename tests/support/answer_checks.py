"""What is asked of answers again and again: their size on the wire, and OpenAI's error shape."""

import json

from tests.support.raw_client import Answer


def wire_size(answer: Answer) -> int:
    """Bytes that an answer took on the wire, its head and its framing included."""
    if answer.fields.get("transfer-encoding") != "chunked":
        return len(answer.head) + len(answer.body)
    framed = sum(len(b"%x\r\n%b\r\n" % (len(chunk), chunk)) for chunk in answer.chunks)
    return len(answer.head) + framed + len(b"0\r\n\r\n") * answer.complete


def error_of(answer: Answer) -> dict[str, str]:
    """The error object of an answer; fails where it is not exactly of OpenAI's shape, in JSON."""
    assert answer.fields["content-type"] == "application/json"
    assert answer.complete
    body = json.loads(answer.body)
    assert list(body) == ["error"]
    error: dict[str, str] = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"] and error["type"] and error["code"]
    return error
