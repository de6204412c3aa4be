"""Reads JSON as RFC 8259 has it and says what parsers read differently: repeated names, halves of characters."""

import json
from collections import Counter
from typing import Final, NoReturn

import msgspec

NESTING_MAX: Final = 100
"""Parsers may limit it (RFC 8259, 9); no answer comes near."""


class NotJson(Exception):
    """The text is not JSON; the message says why."""


class Reading(msgspec.Struct, frozen=True):
    """A JSON text as read."""

    value: object
    """Without halves of characters."""
    repeated: tuple[str, ...]
    """Names that an object has twice; the last value was taken."""
    lone_surrogate: bool
    """A string held half a surrogate pair, which can't be written as UTF-8."""


def read_strictly(data: bytes) -> Reading:
    """Read one JSON text. Raises NotJson."""
    value, repeated = _read(data)
    if data.count(b"[") + data.count(b"{") > NESTING_MAX and _depth(value) > NESTING_MAX:
        raise NotJson("it is nested too deeply")
    lone_surrogate = _has_lone_surrogate(value)
    return Reading(_mended(value) if lone_surrogate else value, repeated, lone_surrogate)


def _read(data: bytes) -> tuple[object, tuple[str, ...]]:
    repeated: list[str] = []

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            times = Counter(name for name, _ in pairs)
            repeated.extend(name for name in found if times[name] > 1)
        return found

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=members, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise NotJson("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at character {error.pos}") from None
    except ValueError as error:  # a number that Python refuses to read, or one of the constants below
        raise NotJson(str(error)) from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    return value, tuple(repeated)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _has_lone_surrogate(value: object) -> bool:
    try:
        _dump(value).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _mended(value: object) -> object:
    """The same with a question mark for each half of a pair."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(item) for name, item in value.items()}
    return value


def _depth(value: object) -> int:
    """How deeply arrays and objects are nested, by breadth: a stack would be what it guards against."""
    depth, level = 0, [value]
    while level:
        level = [item for one in level for item in _items(one)]
        depth += 1
    return depth


def _items(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


_dump: Final = json.JSONEncoder(ensure_ascii=False).encode
