"""Sample values that simulated models write for schemas."""

import jsonschema_rs
import pytest

from routeproof.prover.cases.schema_set import SCHEMAS, SchemaCase
from routeproof.simulator.draws import Draws
from routeproof.simulator.samples import sample


def test_a_sample_fits_its_schema() -> None:
    """Types, enums, arrays and nested objects."""
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"type": "string", "enum": ["c", "f"]},
            "days": {"type": "integer"},
            "exact": {"type": "boolean"},
            "ratio": {"type": "number"},
            "nothing": {"type": "null"},
            "either": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
            "maybe": {"type": ["integer", "null"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "deep": {"type": "object", "properties": {"x": {"type": "integer"}}},
        },
    }
    value = sample(schema, Draws("schema"))
    assert isinstance(value, dict)
    assert {name: type(field).__name__ for name, field in value.items()} == {
        "city": "str",
        "unit": "str",
        "days": "int",
        "exact": "bool",
        "ratio": "float",
        "nothing": "NoneType",
        "either": "int",
        "maybe": "int",
        "tags": "list",
        "deep": "dict",
    }
    assert value["unit"] in ("c", "f")


@pytest.mark.parametrize("one", SCHEMAS, ids=lambda one: one.stratum)
def test_samples_fit_the_schemas_that_the_prover_asks_for(one: SchemaCase) -> None:
    """Of every stratum, whatever is drawn."""
    validator = jsonschema_rs.validator_for(one.schema)

    assert all(validator.is_valid(sample(one.schema, Draws(seed))) for seed in range(50))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 5},
        {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
        {"type": "integer", "maximum": -7},
        {"type": "integer", "multipleOf": 5, "minimum": 12},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "number", "minimum": 0.25, "maximum": 0.5},
        {"type": "array", "items": {"enum": [1, 2, 3, 4]}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "prefixItems": [{"type": "string"}, {"const": 7}]},
        {"type": "string", "minLength": 30, "maxLength": 32},
        {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$", "examples": ["AB123"]},
        {"allOf": [{"type": "object", "properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
        {"oneOf": [{"type": "boolean"}, {"type": "string"}]},
        {
            "type": "object",
            "properties": {"root": {"$ref": "#/$defs/node"}},
            "$defs": {
                "node": {
                    "type": "object",
                    "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                    "required": ["children"],
                }
            },
        },
    ],
)
def test_samples_keep_bounds_and_follow_references(schema: dict[str, object]) -> None:
    """Numbers, lengths, counts, joined schemas, and one that refers to itself."""
    validator = jsonschema_rs.validator_for(schema)
    values = [sample(schema, Draws(seed)) for seed in range(30)]

    assert [value for value in values if not validator.is_valid(value)] == []


def test_equal_draws_give_equal_samples() -> None:
    """So that a test can know an answer."""
    assert sample(SCHEMAS[1].schema, Draws("x")) == sample(SCHEMAS[1].schema, Draws("x"))
