"""What clients send and providers answer in the benchmark: the sizes and shapes of ordinary chat traffic."""

import itertools
import json
from typing import Final

CHAT_BYTES: Final = 1_600
LARGE_BYTES: Final = 4 * 1024 * 1024
UPSTREAM_MODEL: Final = "deepseek-v4-flash"

_SENTENCES: Final = (
    "Answer in plain words and keep to what was asked. ",
    "When a figure is not known, say that it is not known. ",
    "List the steps first, then explain each of them briefly. ",
)
_CREATED: Final = 1_767_225_600
_ID: Final = "5b0a8c7e-2f41-4d0e-9a63-1c8f7d2e4b90"


def chat_body(model: str, size: int = CHAT_BYTES, *, stream: bool = False) -> bytes:
    """A chat request of exactly `size` bytes, or a little more where `size` is too small for the frame."""
    frame = _request(model, "", stream=stream)
    return _request(model, _filler(max(0, size - len(frame))), stream=stream)


def answer_body() -> bytes:
    """A DeepSeek answer with its usage (https://api-docs.deepseek.com/api/create-chat-completion)."""
    content = "The route answers as expected. Every step was run once, and each gave the result that was asked for."
    return _compact(
        {
            "id": _ID,
            "object": "chat.completion",
            "created": _CREATED,
            "model": UPSTREAM_MODEL,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": content},
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": 318,
                "completion_tokens": 21,
                "total_tokens": 339,
                "prompt_tokens_details": {"cached_tokens": 256},
                "prompt_cache_hit_tokens": 256,
                "prompt_cache_miss_tokens": 62,
            },
            "system_fingerprint": "fp_bench",
        }
    )


def stream_event() -> bytes:
    """One event of a DeepSeek stream: a token of content."""
    chunk = {
        "id": _ID,
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": UPSTREAM_MODEL,
        "system_fingerprint": "fp_bench",
        "choices": [{"index": 0, "delta": {"content": " step"}, "logprobs": None, "finish_reason": None}],
    }
    return b"data: %b\n\n" % _compact(chunk)


def _request(model: str, system: str, *, stream: bool) -> bytes:
    body: dict[str, object] = {"model": model, "temperature": 0.2}
    if stream:
        body["stream"] = True
    body["messages"] = [
        {"role": "system", "content": system},
        {"role": "user", "content": "Check the release plan for missing steps."},
    ]
    return _compact(body)


def _filler(size: int) -> str:
    sentence_bytes_min = min(map(len, _SENTENCES))
    sentences = itertools.islice(itertools.cycle(_SENTENCES), size // sentence_bytes_min + 1)
    return "".join(sentences)[:size]


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
