"""What simulated models say: words of four UTF-8 bytes, one token each."""

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
