"""Run as a program under an address sanitizer: feeds the parts in C with damaged input, so many times, by a seed."""

import random
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import msgspec
from pysqlite3 import dbapi2

BODY = (
    b'{"model": "m", "stream":true, "n":1e3, "messages":[{"role":"user","content":"a \\"b\\" \\u00e9 '
    + "你好 😀".encode()
    + b'"},{"x":[[],{},-0.5,null,false]}]}'
)
ANSWER = (
    b'{"id":"1","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"content":"hello"}},{}],'
    b'"usage":{"prompt_tokens":1,"completion_tokens":2}}'
)
HEAD = (
    b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
    b"Connection: keep-alive\r\nX-Other: v\r\n\r\n{}"
)
ENTRIES = [
    [[number, -1, None, "text" * number, 2**62, -(2**62), True], [[number, 1, "a/b"], [number, 2, None]]]
    for number in range(20)
]
PACK = msgspec.msgpack.encode(ENTRIES)
PIECES = (
    b'"', b"\\", b"\\u", b"\\ud83d", b"{", b"}", b"[", b"]", b",", b":", b"\0", b"\x1f", b"\x80", b"\xed\xa0\x80",
    b"\xf4", b"\r\n", b"\r", b"\n", b" ", b"0", b"9" * 20, b"\xdd\xff\xff\xff\xff", b"\xdb\x7f\xff\xff\xff",
    b"\xcf" + b"\xff" * 8, b"\x9f", b"\xd9", b"\xc1", b'"error":1,', b'"choices":[', b"Connection: close\r\n",
    b"a" * 70,
)  # fmt: skip


def damaged(chance: random.Random, whole: bytes) -> Iterator[bytes]:
    """Endlessly: cut at a place, or with pieces in others' places."""
    while True:
        data = whole
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data) + 1)
            piece = chance.choice(PIECES) * chance.choice((0, 1, 1, 1, 40))
            data = data[:at] + piece + data[at + chance.randrange(5) :]
        yield data[: chance.randrange(len(data) + 1)] if chance.randrange(4) == 0 else data


def load(path: Path) -> ModuleType:
    """The module that was compiled with a sanitizer."""
    loader = ExtensionFileLoader("plain", str(path))
    spec = spec_from_loader("plain", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def attacks(plain: ModuleType, extension: Path) -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    """What is attacked: a valid input, and who reads it."""
    database = dbapi2.connect(":memory:")
    database.enable_load_extension(True)
    database.load_extension(str(extension))
    target = bytearray(4096)

    def rows(pack: bytes) -> object:
        found = []
        for which in (0, 1):
            try:
                found += database.execute(f"SELECT c0, c2, c6 FROM ledger_rows(?, {which})", (pack,)).fetchall()
            except dbapi2.Error as error:
                found.append(error)
        return found

    def record(payload: bytes) -> object:
        try:
            return plain.write_record(target, len(target) - len(payload) - len(payload) % 9, payload)
        except ValueError as error:
            return error

    return {
        "fields": (BODY, lambda data: plain.plain_fields(data, 8, 50)),
        "chat": (ANSWER, plain.plain_chat),
        "head": (HEAD, lambda data: plain.plain_head(data, 400)),
        "request": (BODY, lambda data: plain.plain_request(b"length: ", plain.plain_fields(data, 8, 50) or {})),
        "record": (PACK, record),
        "rows": (PACK, rows),
    }


def main() -> None:
    """`native_attack.py FOLDER TIMES SEED`: prints how often each reader took what it was given."""
    folder, times, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    plain = load(folder / f"plain{EXTENSION_SUFFIXES[0]}")
    for name, (whole, read) in attacks(plain, folder / f"ledgerrows{EXTENSION_SUFFIXES[0]}").items():
        assert read(whole) is not None or name == "record"
        inputs = damaged(random.Random(f"{name} {seed}"), whole)
        taken = sum(read(next(inputs)) is not None for _ in range(times))
        sys.stdout.write(f"{name} {taken}\n")


if __name__ == "__main__":
    main()
