"""Whole numbers as digits and letters: what a double-click selects and no shell or URL has to escape."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHARACTERS = frozenset(ALPHABET)


def encode_base62(value: int, width: int) -> str:
    """A number >= 0 in exactly `width` characters. Raises ValueError where it does not fit."""
    characters: list[str] = []
    for _ in range(width):
        value, digit = divmod(value, 62)
        characters.append(ALPHABET[digit])
    if value:
        raise ValueError(f"the number does not fit into {width} base62 characters")
    return "".join(reversed(characters))


def is_base62(text: str) -> bool:
    """Whether every character is one of the 62."""
    return _CHARACTERS.issuperset(text)
