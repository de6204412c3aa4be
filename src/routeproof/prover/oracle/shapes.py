"""Holds a JSON value against one of the shipped schemas, and names each difference by code and place."""

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

import jsonschema_rs
import msgspec

JsonObject = dict[str, object]


class ShapeFault(msgspec.Struct, frozen=True):
    """One difference between a value and its schema."""

    code: str
    where: str
    """The JSON path, with `[]` for any index; for a finish reason its value."""
    detail: str


class Shape:
    """One schema, compiled."""

    def __init__(self, schema: JsonObject) -> None:
        self.schema = schema
        self._validator = jsonschema_rs.validator_for(schema)

    def faults(self, value: object) -> Iterator[ShapeFault]:
        """Every difference, in no certain order."""
        for error in self._validator.iter_errors(value):
            yield from self._named(error)
        for path in _whole_floats(value, []):
            if "integer" in self._at(path).get("type", ()):
                yield ShapeFault("member_type", _place(path), "a number with a fraction, though it is zero")

    def _named(self, error: jsonschema_rs.ValidationError) -> Iterator[ShapeFault]:
        path = list(error.instance_path)
        keyword = error.kind.name
        if keyword == "required":
            name = str(error.kind.value)
            code = "nullable_member_missing" if self._may_be_null([*path, name]) else "member_missing"
            yield ShapeFault(code, _place([*path, name]), "")
        elif keyword == "additionalProperties":
            for name in error.kind.value:
                yield ShapeFault("member_unknown", _place([*path, name]), "")
        elif path and path[-1] == "finish_reason":
            value = "null" if error.instance is None else str(error.instance)
            yield ShapeFault("finish_reason_unknown", value, "")
        elif error.instance is None and not self._is_required(path):
            yield ShapeFault("member_null", _place(path), "")
        elif path == ["object"] and isinstance(error.instance, str):
            yield ShapeFault("object_wrong", "", error.instance[:_SHOWN])
        else:
            code = "member_type" if _is_of_wrong_type(keyword, error.instance) else "member_value"
            yield ShapeFault(code, _place(path), error.message[:_SHOWN])

    def _may_be_null(self, path: list[str | int]) -> bool:
        schema = self._at(path)
        return "null" in schema.get("type", ()) or None in schema.get("enum", ())

    def _is_required(self, path: list[str | int]) -> bool:
        return not path or isinstance(path[-1], int) or path[-1] in self._at(path[:-1]).get("required", ())

    def _at(self, path: list[str | int]) -> dict[str, list[object]]:
        """The part of the schema that a path of an instance leads to, as far as lists in it are asked for."""
        schema = self.schema
        for step in path:
            schema = _child(self.schema, schema, step)
        return {key: value if isinstance(value, list) else [value] for key, value in schema.items()}


@cache
def shape_named(name: str) -> Shape:
    """The shipped schema of this name: `chunk`, `completion`, `error` or `models`."""
    text = resources.files("routeproof.prover.oracle").joinpath("schemas", f"{name}.json").read_text("utf-8")
    return Shape(json.loads(text))


_SHOWN: Final = 160


def _place(path: list[str | int]) -> str:
    text = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")[:_SHOWN]


def _whole_floats(value: object, path: list[str | int]) -> Iterator[list[str | int]]:
    """The paths of numbers such as 1.0, which JSON Schema takes for integers and typed parsers do not."""
    if isinstance(value, float) and value.is_integer():
        yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _whole_floats(item, [*path, name])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _whole_floats(item, [*path, index])


def _is_of_wrong_type(keyword: str, instance: object) -> bool:
    """`const` stands for one text: anything but a text is of the wrong type."""
    return keyword == "type" or (keyword == "const" and not isinstance(instance, str))


def _child(root: JsonObject, schema: JsonObject, step: str | int) -> JsonObject:
    found: object = schema.get("items") if isinstance(step, int) else _members(schema).get(step)
    child = found if isinstance(found, dict) else {}
    reference = child.get("$ref")
    if isinstance(reference, str):
        child = _members(root, "$defs")[reference.removeprefix("#/$defs/")]  # type: ignore[assignment]
    return child


def _members(schema: JsonObject, name: str = "properties") -> JsonObject:
    found = schema.get(name)
    return found if isinstance(found, dict) else {}
