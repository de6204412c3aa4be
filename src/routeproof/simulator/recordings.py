"""Recorded request and response pairs of real providers, as files hold them."""

import re
from pathlib import Path

import msgspec

_SET_BY_US = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive"})


class _Request(msgspec.Struct, frozen=True):
    url: str
    body: dict[str, object]
    method: str = "POST"


class _Response(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    body: str | None = None
    json: msgspec.Raw = msgspec.Raw(b"null")


class _File(msgspec.Struct, frozen=True):
    provider: str
    request: _Request
    response: _Response
    tags: list[str] = []
    response_model: str | None = None


class Recording(msgspec.Struct, frozen=True):
    """One pair. Chunk boundaries and waits were not recorded."""

    name: str
    """The file's name without its suffix."""
    provider: str
    tags: tuple[str, ...]
    url: str
    request_body: dict[str, object]
    status: int
    headers: tuple[tuple[str, str], ...]
    """Those that say something about the reply; framing is for whoever serves it."""
    body_bytes: bytes
    """A stream exactly as recorded; a JSON reply, which was recorded as parsed, as compact JSON."""

    @property
    def is_stream(self) -> bool:
        """Whether the reply is a stream of events."""
        return "event-stream" in dict(self.headers).get("content-type", "")


def load_recording(path: Path) -> Recording:
    """Read one file. Raises msgspec.DecodeError."""
    return read_recording(path.stem, path.read_bytes())


def read_recording(name: str, data: bytes) -> Recording:
    """Read one file's bytes. Raises msgspec.DecodeError."""
    held = msgspec.json.decode(data, type=_File)
    response = held.response
    headers = tuple((key, value) for key, value in response.headers.items() if key.lower() not in _SET_BY_US)
    return Recording(
        name,
        held.provider,
        tuple(held.tags),
        held.request.url,
        held.request.body,
        response.status,
        headers,
        _body_bytes(response),
    )


def recording_paths(directory: Path) -> list[Path]:
    """The recordings in a directory, in the order of their names: files called like `chat__00.json`."""
    return sorted(path for path in directory.glob("*.json") if re.search(r"__\d+$", path.stem))


def load_recordings(directory: Path) -> list[Recording]:
    """Read every recording in a directory, in the order of their names. Other files are left out."""
    return [load_recording(path) for path in recording_paths(directory)]


def _body_bytes(response: _Response) -> bytes:
    if response.body is not None:
        return response.body.encode()
    parsed = msgspec.json.decode(response.json)
    return b"" if parsed is None else msgspec.json.encode(parsed)
