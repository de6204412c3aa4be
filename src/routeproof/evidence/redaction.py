"""Takes secrets out of an observation before anybody judges, signs or stores it.

Judges read the redacted form, so that they come to the same verdict from a file. A mask is as long as what it
covers: sizes, offsets and the boundaries of reads stay true.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

import msgspec

from routeproof.evidence.canonical import encode, sha256
from routeproof.evidence.observations import Body, Header, LedgerRow, Observation, Read, Transcript
from routeproof.secret import MASK, Secret, credential_spans

KEPT_HEADERS: Final = frozenset(
    (
        "accept",
        "accept-encoding",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "host",
        "keep-alive",
        "request-id",
        "retry-after",
        "server",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "www-authenticate",
        "x-request-id",
    )
)
KEPT_HEADER_PREFIXES: Final = ("ratelimit", "x-dashscope-", "x-ratelimit-", "x-routeproof-")
SECRET_CHARACTERS_MIN: Final = 4
"""A shorter 'key' is a placeholder of a keyless endpoint, and would mask half of the text."""

# What only looks like a secret is often an id, and ids are compared: the mask of one keeps it apart from others.
# 32 bits of a digest give nothing away of a value with so many characters.
_LOOKS_RANDOM: Final = re.compile(rb"[0-9A-Za-z]{32,}")

# A tap masks the credential that it saw and says by a digest whose it was (`evidence.route.key_fingerprint`).
_FINGERPRINT: Final = re.compile(r"\*{4} [0-9a-f]{32}")


class Redaction(NamedTuple):
    """What may be kept."""

    secrets: tuple[Secret, ...] = ()
    """Everything that was sent as a credential, or could have leaked."""
    keep_bodies: bool = True


class _Masked(NamedTuple):
    data: bytes
    secrets: int
    shapes: int


class _Masker:
    """Masks known secrets in all their spellings, then whatever else has a credential's shape."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        spellings = {spelling for secret in secrets for spelling in _spellings(secret.reveal())}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile(b"|".join(map(re.escape, longest_first))) if longest_first else None

    def mask(self, data: bytes) -> _Masked:
        """The data at its old length, and how many of which were masked."""
        secrets = 0
        if self._known is not None:
            data, secrets = self._known.subn(lambda match: b"*" * len(match[0]), data)
        # Latin-1 gives each byte one character, so that offsets agree.
        spans = credential_spans(data.decode("latin-1"))
        if not spans:
            return _Masked(data, secrets, 0)
        masked = bytearray(data)
        for start, end in spans:
            masked[start:end] = _mask_of_shape(data[start:end])
        return _Masked(bytes(masked), secrets, len(spans))

    def text(self, text: str) -> str:
        """The text with its secrets masked."""
        return self.mask(text.encode("utf-8", "backslashreplace")).data.decode("utf-8", "backslashreplace")


def redact(observation: Observation, redaction: Redaction) -> Observation:
    """The observation as it may be judged, signed and kept."""
    masker = _Masker(redaction.secrets)
    return msgspec.structs.replace(
        observation,
        transcript=_transcript(observation.transcript, masker, redaction.keep_bodies),
        tap=tuple(_transcript(one, masker, redaction.keep_bodies) for one in observation.tap),
        ledger=tuple(_row(row, masker) for row in observation.ledger),
        provider_request_id=_text_or_none(observation.provider_request_id, masker),
        gateway_request_id=_text_or_none(observation.gateway_request_id, masker),
    )


def is_kept(header: str) -> bool:
    """Whether the value of a header field may be kept."""
    name = header.lower()
    return name in KEPT_HEADERS or name.startswith(KEPT_HEADER_PREFIXES)


def _transcript(transcript: Transcript, masker: _Masker, keep_bodies: bool) -> Transcript:
    request = transcript.request
    return msgspec.structs.replace(
        transcript,
        request=msgspec.structs.replace(
            request,
            path=masker.text(request.path),
            headers=_headers(request.headers, masker),
            body=_body(request.body, masker, keep_bodies),
        ),
        headers=_headers(transcript.headers, masker),
        body=_body(transcript.body, masker, keep_bodies),
        detail=_text_or_none(transcript.detail, masker),
    )


def _headers(headers: Sequence[Header], masker: _Masker) -> tuple[Header, ...]:
    return tuple(
        (masker.text(name), masker.text(value) if is_kept(name) or _FINGERPRINT.fullmatch(value) else MASK)
        for name, value in headers
    )


def _body(body: Body, masker: _Masker, keep: bool) -> Body:
    # In one piece: a secret may lie across two reads.
    masked = masker.mask(body.data)
    reads, at = [], 0
    for read in body.reads:
        reads.append(Read(read.at_ns, masked.data[at : at + len(read.data)] if keep else b""))
        at += len(read.data)
    return msgspec.structs.replace(
        body,
        reads=tuple(reads),
        kept=body.kept and keep,
        secrets_masked=body.secrets_masked + masked.secrets,
        shapes_masked=body.shapes_masked + masked.shapes,
    )


def _row(row: LedgerRow, masker: _Masker) -> LedgerRow:
    columns = {name: masker.text(value) if isinstance(value, str) else value for name, value in row.columns.items()}
    return msgspec.structs.replace(row, columns=columns)


def _text_or_none(text: str | None, masker: _Masker) -> str | None:
    return None if text is None else masker.text(text)


def _mask_of_shape(data: bytes) -> bytes:
    if _LOOKS_RANDOM.fullmatch(data) is None:
        return b"*" * len(data)
    return f"{MASK}{sha256(data)[:8]}".encode().ljust(len(data), b"*")


def _spellings(secret: str) -> set[bytes]:
    """The secret as JSON, URLs and HTTP may write it."""
    if len(secret) < SECRET_CHARACTERS_MIN:
        return set()
    as_json = encode(secret)[1:-1]
    return {secret.encode(), as_json, as_json.replace(b"/", b"\\/"), quote(secret, safe="").encode()}
