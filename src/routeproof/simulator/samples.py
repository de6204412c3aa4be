"""Sample values for JSON schemas: what a simulated model writes where a schema says what is wanted."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from routeproof.simulator.draws import Draws
from routeproof.simulator.words import opener, words

_DEPTH_MAX: Final = 8
_SPREAD: Final = 100
"""How many whole numbers are drawn from where a schema sets no upper bound."""
_FORMATS: Final = {
    "date": "2026-11-24",
    "date-time": "2026-11-24T12:00:00Z",
    "time": "12:00:00Z",
    "email": "sim@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}

Schema = Mapping[str, object]


def sample(schema: object, draws: Draws) -> object:
    """A value that fits a JSON schema, as far as its keywords are among those read here; an object by default."""
    return _sample(schema, draws, schema if isinstance(schema, Mapping) else {}, 0)


def _sample(schema: object, draws: Draws, root: Schema, depth: int) -> object:
    if not isinstance(schema, Mapping) or depth > _DEPTH_MAX:
        return {} if depth == 0 else None
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    for name in ("enum", "examples"):
        given = schema.get(name)
        if isinstance(given, list) and given:
            return given[draws.below(len(given))]
    for name in ("anyOf", "oneOf"):
        variants = schema.get(name)
        if isinstance(variants, list) and variants:
            return _sample(variants[0], draws, root, depth + 1)
    return _of_type(schema, draws, root, depth)


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema with a reference to `$defs` followed and `allOf` joined."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        definitions = root.get("$defs")
        found = definitions.get(reference.rpartition("/")[2]) if isinstance(definitions, Mapping) else None
        schema = found if isinstance(found, Mapping) else {}
    parts = schema.get("allOf")
    joined: dict[str, object] = {name: value for name, value in schema.items() if name != "allOf"}
    for part in parts if isinstance(parts, list) else ():
        inner = _resolved(part, root) if isinstance(part, Mapping) else {}
        properties = {**_members(joined), **_members(inner)}
        joined |= {**inner, "properties": properties} if properties else inner
    return joined


def _of_type(schema: Schema, draws: Draws, root: Schema, depth: int) -> object:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((name for name in kind if name != "null"), None)
    if kind == "object" or (kind is None and (depth == 0 or "properties" in schema)):
        return _object(schema, draws, root, depth)
    if kind == "array":
        return _array(schema, draws, root, depth)
    if kind == "integer":
        return int(_number(schema, draws, Fraction(1)))
    if kind == "number":
        return float(_number(schema, draws, Fraction(1, 2)))
    if kind == "boolean":
        return draws.below(2) == 1
    return None if kind == "null" else _text(schema, draws)


def _object(schema: Schema, draws: Draws, root: Schema, depth: int) -> dict[str, object]:
    value = {name: _sample(field, draws, root, depth + 1) for name, field in _members(schema).items()}
    others = schema.get("additionalProperties")
    if not value and isinstance(others, Mapping):
        value = {
            f"key{place}": _sample(others, draws, root, depth + 1) for place in range(_count(schema, "Properties"))
        }
    return value


def _array(schema: Schema, draws: Draws, root: Schema, depth: int) -> list[object]:
    first = schema.get("prefixItems")
    if isinstance(first, list):
        return [_sample(item, draws, root, depth + 1) for item in first]
    if depth > _DEPTH_MAX // 2 and "minItems" not in schema:
        return []
    found: list[object] = []
    wanted = _count(schema, "Items")
    for _ in range(wanted * 8):
        item = _sample(schema.get("items"), draws, root, depth + 1)
        if not (schema.get("uniqueItems") is True and item in found):
            found.append(item)
        if len(found) == wanted:
            break
    return found


def _count(schema: Schema, noun: str) -> int:
    """One, or as many as a schema wants at least."""
    least = schema.get(f"min{noun}")
    return max(1, least) if isinstance(least, int) else 1


def _number(schema: Schema, draws: Draws, above: Fraction) -> Fraction:
    """A number within the bounds; `above` is how far it stays from one that is excluded."""
    step = _fraction(schema.get("multipleOf"))
    least, over = _fraction(schema.get("minimum")), _fraction(schema.get("exclusiveMinimum"))
    most, under = _fraction(schema.get("maximum")), _fraction(schema.get("exclusiveMaximum"))
    low = over + (step or above) if over is not None else least
    high = under - (step or above) if under is not None else most
    if low is None and high is None:
        low = Fraction(0) if above == 1 else above
    low = low if low is not None else high - _SPREAD if high is not None else Fraction(0)
    unit = step or Fraction(1)
    low = -(-low // unit) * unit if step or above == 1 else low
    room = _SPREAD - 1 if high is None else max(0, (high - low) // unit)
    return low + draws.below(min(room, _SPREAD - 1) + 1) * unit


def _fraction(value: object) -> Fraction | None:
    return Fraction(str(value)) if isinstance(value, int | float) else None


def _text(schema: Schema, draws: Draws) -> str:
    text = (opener(draws) + "".join(words(draws, 2))).strip()
    named = _FORMATS.get(str(schema.get("format")))
    if named is not None:
        return named
    least, most = schema.get("minLength"), schema.get("maxLength")
    if isinstance(least, int):
        text = text.ljust(least, "x")
    return text[:most] if isinstance(most, int) else text


def _members(schema: Schema) -> Mapping[str, object]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}
