"""What every dialect changes in a chat request: the model's name, and asking for usage in a stream."""

from typing import Final

import msgspec

from routeproof.dialects.base import Fields
from routeproof.errors import InvalidBody

SHARED_CHANGES: Final = (
    "`model` becomes the route's model id",
    "in a stream, `stream_options.include_usage` becomes true; other members of `stream_options` are kept",
)

_ASKED: Final = msgspec.Raw(b'{"include_usage":true}')
_NULL: Final = msgspec.Raw(b"null")
_TRUE: Final = msgspec.Raw(b"true")
_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


def outgoing_fields(fields: Fields, model_json: msgspec.Raw, *, stream: bool) -> Fields:
    """A copy of the client's fields with `model` replaced and, for a stream, usage asked for.

    Raises InvalidBody for `stream_options` that are neither an object nor null: there is nothing to add the
    member to, and without it the answer's cost could not be known.
    """
    outgoing = {**fields, "model": model_json}
    if stream:
        options = fields.get("stream_options")
        outgoing["stream_options"] = _ASKED if options is None else _with_usage(options)
    return outgoing


def _with_usage(options: msgspec.Raw) -> msgspec.Raw:
    if options in (_NULL, _ASKED):
        return _ASKED
    try:
        members = _decode(options)
    except (ValueError, RecursionError) as error:
        raise InvalidBody(
            "stream_options must be an object or null: correct it, or leave it out.", param="stream_options"
        ) from error
    members["include_usage"] = _TRUE
    return msgspec.Raw(_encode(members))
