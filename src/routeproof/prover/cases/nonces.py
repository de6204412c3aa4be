"""Words that only one trial of one run knows: derived from the plan, so that a judge can say what they were."""

import hashlib
from typing import Final

_WORDS_CHARACTERS: Final = 10
_ALPHABET: Final = "bcdfghjkmnpqrstvwxz"
"""Consonants without the ones that are easily mistaken: such a word stands in no text."""


def nonce_of(seed: int, case: str, trial: int, label: str = "") -> str:
    """A word of ten consonants, a function of its arguments: `nonce` in templates, told apart by label."""
    digest = hashlib.sha256(f"{seed}\n{case}\n{trial}\n{label}".encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_WORDS_CHARACTERS])
