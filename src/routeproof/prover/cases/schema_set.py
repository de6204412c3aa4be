"""A stratified set of JSON Schemas: what tools and structured answers are described with, one construct at a time."""

from typing import Final

import msgspec

from routeproof.prover.cases.tool_sets import JsonObject, object_of


class SchemaCase(msgspec.Struct, frozen=True):
    """One schema, and a task that can be done in it."""

    stratum: str
    """The construct that it is about; its name in figures and declarations."""
    noun: str
    """What is recorded: the tool is `record_NOUN`."""
    task: str
    schema: JsonObject
    strict: bool = True
    """Within what structured outputs take everywhere: every member required, none unknown, no bounds."""


_STRING: Final = {"type": "string"}
_POINT: Final = object_of({"x": {"type": "number"}, "y": {"type": "number"}})

SCHEMAS: Final = (
    SchemaCase(
        "flat",
        "person",
        "Record the person Ada Lovelace, aged 36, a member.",
        object_of({"name": _STRING, "age": {"type": "integer"}, "member": {"type": "boolean"}}),
    ),
    SchemaCase(
        "nested",
        "order",
        "Record the order 77 of Mia Berg, who lives at Main Street 5 in Oslo.",
        object_of(
            {
                "number": {"type": "integer"},
                "customer": object_of(
                    {"name": _STRING, "address": object_of({"street": _STRING, "house": _STRING, "city": _STRING})}
                ),
            }
        ),
    ),
    SchemaCase(
        "array-of-strings",
        "shopping",
        "Record the shopping: bread, milk and apples.",
        object_of({"items": {"type": "array", "items": _STRING}}),
    ),
    SchemaCase(
        "array-of-objects",
        "polygon",
        "Record the polygon with the corners (0, 0), (4, 0) and (0, 3.5).",
        object_of({"corners": {"type": "array", "items": _POINT}}),
    ),
    SchemaCase(
        "enum",
        "ticket",
        "Record the ticket 'printer on fire', priority urgent, for the team facilities.",
        object_of(
            {
                "title": _STRING,
                "priority": {"type": "string", "enum": ["low", "normal", "urgent"]},
                "team": {"type": "string", "enum": ["facilities", "network", "payroll"]},
            }
        ),
    ),
    SchemaCase(
        "optional",
        "contact",
        "Record the contact Lee Wong with the telephone number 555 0100; nothing else is known.",
        object_of({"name": _STRING}, {"telephone": _STRING, "email": _STRING, "company": _STRING}),
        strict=False,
    ),
    SchemaCase(
        "bounds",
        "measurement",
        "Record the measurement: 21.5 degrees, 40 percent humidity, on a scale of quality 1 to 5 it is a 4.",
        object_of(
            {
                "degrees": {"type": "number", "minimum": -90, "maximum": 60},
                "humidity": {"type": "integer", "minimum": 0, "maximum": 100},
                "quality": {"type": "integer", "minimum": 1, "maximum": 5},
            }
        ),
        strict=False,
    ),
    SchemaCase(
        "union",
        "payment",
        "Record the payment of 12.5 by card, the card ends in 4242.",
        object_of(
            {
                "amount": {"type": "number"},
                "by": {
                    "anyOf": [
                        object_of({"kind": {"type": "string", "enum": ["card"]}, "last_four": _STRING}),
                        object_of({"kind": {"type": "string", "enum": ["transfer"]}, "account": _STRING}),
                    ]
                },
            }
        ),
    ),
    SchemaCase(
        "nullable",
        "flight",
        "Record the flight LH 400 from FRA to JFK; its gate is not known yet.",
        object_of(
            {
                "number": _STRING,
                "origin": _STRING,
                "destination": _STRING,
                "gate": {"anyOf": [_STRING, {"type": "null"}]},
            }
        ),
    ),
    SchemaCase(
        "unicode-names",
        "recipe",
        "Record the recipe: crêpes, with the ingredients flour, milk and eggs, ready in 20 minutes.",
        object_of(
            {"名前": _STRING, "zutaten_größe": {"type": "array", "items": _STRING}, "durée": {"type": "integer"}}
        ),
    ),
    SchemaCase(
        "references",
        "route",
        "Record the route from (1, 2) to (3, 4).",
        {
            **object_of({"start": {"$ref": "#/$defs/point"}, "end": {"$ref": "#/$defs/point"}}),
            "$defs": {"point": _POINT},
        },
    ),
    SchemaCase(
        "lengths",
        "colour",
        "Record the colour crimson with the RGB parts 220, 20 and 60 and the tag red.",
        object_of(
            {
                "name": {"type": "string", "minLength": 1, "maxLength": 40},
                "parts": {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0, "maximum": 255},
                    "minItems": 3,
                    "maxItems": 3,
                },
                "tags": {"type": "array", "items": _STRING, "minItems": 1, "maxItems": 4},
            }
        ),
        strict=False,
    ),
)
STRICT_SCHEMAS: Final = tuple(one for one in SCHEMAS if one.strict)
