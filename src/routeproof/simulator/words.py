"""What simulated models say: words of four UTF-8 bytes, one token each, and sample values for schemas."""

from collections.abc import Mapping

from routeproof.simulator.draws import Draws

_OPENERS = ("né ", "où ", "好 ", "是 ", "😊", "¿a ")
"""Every answer opens with a character of more than one byte, so that a cut inside one is always possible."""

_WORDS = (
    "the ",
    "sun ",
    "and ",
    "sea ",
    "are ",
    "old ",
    "new ",
    "way ",
    "map ",
    "ink ",
    "oak ",
    "ash ",
    "fog ",
    "ice ",
    "dû ",
    "sky ",
    "day ",
    "one ",
    "two ",
    "six ",
    "ten ",
    "can ",
    "let ",
    "say ",
    "try ",
    "see ",
    "far ",
    "low ",
    "top ",
    "air ",
    "bay ",
    "key ",
)
_DEPTH_MAX = 5


def opener(draws: Draws) -> str:
    """The first piece of an answer: four bytes."""
    return _OPENERS[draws.below(len(_OPENERS))]


def words(draws: Draws, count: int) -> list[str]:
    """`count` pieces of four bytes each."""
    return [_WORDS[draws.below(len(_WORDS))] for _ in range(count)]


def text_of_bytes(draws: Draws, size: int) -> str:
    """Text of exactly `size` UTF-8 bytes that opens with a wide character where there is room for one."""
    if size < 4:
        return "x" * size
    line = "".join(words(draws, 16))
    text = opener(draws) + line * (size // len(line.encode()) + 1)
    kept = text.encode()[:size].decode(errors="ignore")
    return kept + "." * (size - len(kept.encode()))


def sample(schema: object, draws: Draws, depth: int = 0) -> object:
    """A value that fits a JSON schema, as far as types, enums, required shapes and nesting go."""
    if not isinstance(schema, Mapping) or depth > _DEPTH_MAX:
        return {} if depth == 0 else None
    enum = schema.get("enum")
    if isinstance(enum, list) and enum:
        return enum[draws.below(len(enum))]
    variants = schema.get("anyOf")
    if isinstance(variants, list) and variants:
        return sample(variants[0], draws, depth + 1)
    return _sample_of_type(schema, draws, depth)


def _sample_of_type(schema: Mapping[str, object], draws: Draws, depth: int) -> object:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    if kind == "object" or (kind is None and depth == 0):
        properties = schema.get("properties")
        fields = properties if isinstance(properties, Mapping) else {}
        return {name: sample(field, draws, depth + 1) for name, field in fields.items()}
    if kind == "array":
        return [sample(schema.get("items"), draws, depth + 1)]
    return _scalar(kind, draws)


def _scalar(kind: object, draws: Draws) -> object:
    if kind == "integer":
        return draws.below(100)
    if kind == "number":
        return draws.below(100) + 0.5
    if kind == "boolean":
        return draws.below(2) == 1
    if kind == "null":
        return None
    return (opener(draws) + "".join(words(draws, 2))).strip()
