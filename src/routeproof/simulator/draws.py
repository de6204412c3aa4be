"""Reproducible draws: the same material always gives the same numbers, words and ids."""

import hashlib

_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Draws:
    """A stream of bytes derived from its material by BLAKE2b in counter mode. Not for secrets."""

    def __init__(self, *material: object) -> None:
        self._root = hashlib.blake2b(repr(material).encode(), digest_size=32).digest()
        self._counter = 0
        self._pool = b""

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        while len(self._pool) < size:
            block = hashlib.blake2b(self._counter.to_bytes(8, "big"), key=self._root).digest()
            self._counter += 1
            self._pool += block
        taken, self._pool = self._pool[:size], self._pool[size:]
        return taken

    def below(self, bound: int) -> int:
        """A whole number in 0..bound-1; the bias of the modulus does not matter here."""
        return int.from_bytes(self.take(4), "big") % bound

    def hex(self, digits: int) -> str:
        """Lower-case hexadecimal digits; `digits` is even."""
        return self.take(digits // 2).hex()

    def uuid(self) -> str:
        """Text in the shape of a random UUID (RFC 9562, version 4)."""
        raw = bytearray(self.take(16))
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        text = raw.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def alnum(self, length: int) -> str:
        """Letters and digits, as in the ids of tool calls."""
        return "".join(_ALNUM[byte % len(_ALNUM)] for byte in self.take(length))
