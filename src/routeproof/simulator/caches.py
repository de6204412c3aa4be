"""Prompt caches of simulated providers: hits on repeated prefixes, by block or by explicit marker."""

import hashlib
from collections import OrderedDict

import msgspec

from routeproof.clock import NS_PER_S
from routeproof.simulator.tokens import BYTES_PER_TOKEN, PromptPart

BLOCK_TOKENS = 64
"""Hits come in multiples of this (DeepSeek's context caching page; Qwen's implicit hits in recordings)."""
ENTRIES_MAX = 65_536
EXPLICIT_TOKENS_MIN = 1_024
"""The least that an explicit cache holds (Model Studio, context cache, read 2026-10-11)."""
EXPLICIT_TTL_S = 300
_BLOCK_BYTES = BLOCK_TOKENS * BYTES_PER_TOKEN


class PrefixCache:
    """Remembers prefixes by whole blocks of 64 tokens, the newest first, without expiry."""

    def __init__(self, entries_max: int = ENTRIES_MAX) -> None:
        self._entries_max = entries_max
        self._prefixes: OrderedDict[bytes, None] = OrderedDict()

    def hit_and_store(self, scope: str, parts: list[PromptPart]) -> int:
        """How many tokens of the prompt were seen before in this scope; the whole prompt is remembered."""
        prompt = b"".join(part.data for part in parts)
        digest = hashlib.blake2b(scope.encode(), digest_size=16)
        hit, unbroken = 0, True
        for end in range(_BLOCK_BYTES, len(prompt) + 1, _BLOCK_BYTES):
            digest.update(prompt[end - _BLOCK_BYTES : end])
            key = digest.digest()
            unbroken = unbroken and key in self._prefixes
            hit = end // BYTES_PER_TOKEN if unbroken else hit
            self._remember(key)
        return hit

    def _remember(self, key: bytes) -> None:
        self._prefixes[key] = None
        self._prefixes.move_to_end(key)
        if len(self._prefixes) > self._entries_max:
            self._prefixes.popitem(last=False)


class ExplicitUse(msgspec.Struct, frozen=True):
    """Tokens read from an explicit cache, and tokens written to it."""

    hit: int
    created: int


class ExplicitCache:
    """Remembers the prefixes that a marker ended, for five minutes since their last use."""

    def __init__(self) -> None:
        self._expiry: dict[bytes, int] = {}

    def use(self, scope: str, parts: list[PromptPart], now_ns: int) -> ExplicitUse:
        """Reads the longest remembered prefix, and writes the one that the last marker ends."""
        self._expiry = {key: expiry for key, expiry in self._expiry.items() if expiry > now_ns}
        digest = hashlib.blake2b(scope.encode(), digest_size=16)
        size, hit, last = 0, 0, (0, b"")
        for part in parts:
            digest.update(part.data)
            size += len(part.data)
            if digest.digest() in self._expiry:
                hit = size // BYTES_PER_TOKEN
                self._expiry[digest.digest()] = now_ns + EXPLICIT_TTL_S * NS_PER_S
            if part.marked:
                last = (size // BYTES_PER_TOKEN, digest.digest())
        tokens, key = last
        if tokens < EXPLICIT_TOKENS_MIN or tokens <= hit:
            return ExplicitUse(hit, 0)
        self._expiry[key] = now_ns + EXPLICIT_TTL_S * NS_PER_S
        return ExplicitUse(hit, tokens - hit)
