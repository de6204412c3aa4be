"""What a client asked for, as far as the gateway decides on it. Everything else stays bytes."""

import msgspec

from routeproof.errors import InvalidBody
from routeproof.wire.body import COUNT_MAX, Fields, decode_fields, read_count, read_flag, read_text

_decode_stream_options = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Asked:
    """A chat request, read once."""

    __slots__ = ("fields", "limits_answer_only", "max_output_tokens", "model", "size", "stream", "wants_usage")

    def __init__(
        self,
        fields: Fields,
        model: str,
        *,
        stream: bool,
        wants_usage: bool,
        max_output_tokens: int | None,
        limits_answer_only: bool,
        size: int,
    ) -> None:
        self.fields = fields
        self.model = model
        self.stream = stream
        self.wants_usage = wants_usage
        """The client itself asked for the usage chunk of a stream."""
        self.max_output_tokens = max_output_tokens
        """The most it can make the provider write, over all choices; None where it names no limit."""
        self.limits_answer_only = limits_answer_only
        """The limit is `max_tokens` alone, which some families read as the answer's without its thinking."""
        self.size = size
        """Bytes of the body."""


def read_request(body: bytes, depth_max: int) -> Asked:
    """Read a chat request. Raises InvalidBody naming the field and the remedy."""
    fields = decode_fields(body, depth_max)
    model = read_text(fields, "model")
    if not model:
        raise InvalidBody("model is missing; name one of GET /v1/models.", param="model")
    if "messages" not in fields:
        raise InvalidBody("messages is missing; send a list of messages.", param="messages")
    stream = "stream" in fields and read_flag(fields, "stream")
    wants_usage = stream and "stream_options" in fields and _wants_usage(fields)
    return Asked(
        fields,
        model,
        stream=stream,
        wants_usage=wants_usage,
        max_output_tokens=_max_output(fields),
        limits_answer_only="max_completion_tokens" not in fields,
        size=len(body),
    )


def _wants_usage(fields: Fields) -> bool:
    raw = bytes(fields["stream_options"])
    if raw == b"null":
        return False
    try:
        options = _decode_stream_options(raw)
    except msgspec.DecodeError as error:
        raise InvalidBody("stream_options must be an object.", param="stream_options") from error
    return read_flag(options, "include_usage")


def _max_output(fields: Fields) -> int | None:
    # Where both are given the larger one bounds the cost, whichever the provider heeds.
    longest: int | None = None
    for name in ("max_tokens", "max_completion_tokens"):
        if name in fields:
            count = read_count(fields, name)
            if count is not None:
                longest = max(longest or 0, count)
    choices = read_count(fields, "n") if "n" in fields else None
    return longest if longest is None or choices is None else min(longest * choices, COUNT_MAX)
