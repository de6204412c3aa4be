"""Makes a record fit: into a slot of the flight recorder, and into the 64 bits and UTF-8 of a database.

Off the hot path. What is cut here is cut in a crash's leftovers only; the row that is committed keeps all of it.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow, OpenExchange, PackedEntry, unpack_entry
from routeproof.native import plain_pack

INT_MAX: Final = 2**63 - 1
OUT_OF_RANGE: Final = "out_of_range"
"""The cost note of an amount that is too large to store."""

_TEXT_LIMITS: Final = (128, 64, 40, 24, 12, 4)
_MAY_BE_UNKNOWN: Final = frozenset(
    {"started_us", "duration_us", "first_byte_us", "status", "cost_nanousd", "cost_bound_nanousd", "response_bytes"}
)
_TOKENS: Final = "_tokens"
_plain_pack: Final = plain_pack
_encode = msgspec.msgpack.Encoder().encode
_decode_open = msgspec.msgpack.Decoder(OpenExchange).decode

Row = ExchangeRow | AttemptRow


def pack_entry(entry: Entry) -> PackedEntry:
    """Pack an entry. What MessagePack can't hold of it is changed in the entry itself, as `make_storable` does."""
    plain = _plain_pack(entry)
    if plain is not None:
        return plain
    try:
        return _encode(entry)
    except (OverflowError, UnicodeEncodeError):
        make_storable(entry)
        return _encode(entry)


def fit_entry(entry: Entry, bytes_max: int) -> bytes:
    """An entry's encoding in at most so many bytes: raw usage is cut first, then every long text, then old attempts."""
    copy = unpack_entry(_encode(entry))
    for attempt in copy.attempts:
        excess = len(_encode(copy)) - bytes_max
        if excess > 0 and attempt.usage_raw is not None:
            attempt.usage_raw = _cut_bytes(attempt.usage_raw, excess) or None
    for limit in _TEXT_LIMITS:
        if len(_encode(copy)) <= bytes_max:
            break
        for row in _rows(copy):
            _cut_texts(row, limit)
    while len(_encode(copy)) > bytes_max:
        del copy.attempts[0]
    return _encode(copy)


def fit_open(opened: OpenExchange, bytes_max: int) -> bytes:
    """An open exchange's encoding in at most so many bytes: the route in flight is the last thing to be cut."""
    copy = _decode_open(_encode(opened))
    for limit in _TEXT_LIMITS:
        if len(_encode(copy)) <= bytes_max:
            break
        _cut_texts(copy, limit)
    while len(_encode(copy)) > bytes_max and len(copy.routes) > 1:
        del copy.routes[0]
    excess = len(_encode(copy)) - bytes_max
    if excess > 0:
        copy.routes[-1] = _cut_bytes(copy.routes[-1], excess)
    return _encode(copy)


def has_every_route(opened: OpenExchange) -> bool:
    """Whether a note surely names every route that was tried.

    Routes are left out only after every text was cut to the last limit, and the key's id is longer than that.
    """
    return len(opened.key_id) > _TEXT_LIMITS[-1]


def make_storable(entry: Entry) -> None:
    """Change, in place, what no database column holds: numbers beyond 64 bits become unknown, lone surrogates '?'."""
    for row in _rows(entry):
        for name in row.__struct_fields__:
            value = getattr(row, name)
            if isinstance(value, int) and abs(value) > INT_MAX:
                _make_unknown(row, name)
            elif isinstance(value, str) and not value.isascii():
                setattr(row, name, value.encode("utf-8", "replace").decode("utf-8"))


def _rows(entry: Entry) -> list[Row]:
    return [entry.exchange, *entry.attempts]


def _make_unknown(row: Row, name: str) -> None:
    setattr(row, name, None if name in _MAY_BE_UNKNOWN or name.endswith(_TOKENS) else INT_MAX)
    if name == "cost_nanousd" and isinstance(row, AttemptRow):
        row.cost_note = OUT_OF_RANGE


def _cut_texts(row: Row | OpenExchange, limit: int) -> None:
    for name, text in _texts(row):
        if len(text) > limit:
            setattr(row, name, text[:limit])


def _texts(row: Row | OpenExchange) -> Iterator[tuple[str, str]]:
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if isinstance(value, str):
            yield name, value


def _cut_bytes(text: str, excess: int) -> str:
    """The text without its last bytes, at least so many, and without half a character."""
    data = text.encode("utf-8")
    return data[: max(len(data) - excess, 0)].decode("utf-8", "ignore")
