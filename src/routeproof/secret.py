"""A secret that can't be printed by accident, and a mask for text that may hold one all the same."""

import re
from typing import Never

MASK = "****"

# Known shapes only: a mask that eats digests and request ids would make logs useless.
_CREDENTIAL = re.compile(
    r"""
    rp_(?:live|test)_[0-9A-Za-z]+_[0-9A-Za-z_]+                  # our own; a public id alone stays readable
    | \bsk-[0-9A-Za-z_-]{8,}                                     # OpenAI's shape, DeepSeek's and Qwen's too
    | \bLTAI[0-9A-Za-z]{12,}                                     # Alibaba Cloud access keys
    | \beyJ[0-9A-Za-z_-]{6,}\.[0-9A-Za-z_-]+(?:\.[0-9A-Za-z_-]*)? # JSON web tokens
    | (?i:\bbearer\s+)(?![A-Z_]+(?:[\s"',;)]|$))[^\s"',;]{8,}     # a placeholder such as YOUR_KEY is none
    | (?i:\bbasic\s+)[0-9A-Za-z+/=]{16,}
    | (?i:\bx-api-key["']?\s*[:=]\s*["']?)[^\s"',;]+
    | (?<=://)[^/\s@]{1,512}@                                   # credentials in a URL
    | (?<![0-9A-Za-z])(?=[0-9A-Z]*[a-z])(?=[0-9a-z]*[A-Z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{32,}  # mixed base62
    """,
    re.VERBOSE | re.ASCII,
)


def mask_credentials(text: str) -> str:
    """The text with everything that has a credential's shape masked: a last line of defence."""
    return _CREDENTIAL.sub(_mask, text)


def credential_spans(text: str) -> list[tuple[int, int]]:
    """Where the text has something of a credential's shape, as half-open stretches in their order."""
    return [(match.start(), match.end() - match[0].endswith("@")) for match in _CREDENTIAL.finditer(text)]


def _mask(match: re.Match[str]) -> str:
    return f"{MASK}@" if match[0].endswith("@") else MASK


class Secret:
    """Holds a credential; every way of showing it gives a mask. Read it with `reveal` at the point of use."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The credential itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not pickled")
