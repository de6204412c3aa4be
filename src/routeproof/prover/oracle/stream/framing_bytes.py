"""Layer 1, the bytes of a stream: are they text at all? UTF-8, byte order marks, NULs, line ends."""

import re
from typing import Final

from routeproof.prover.oracle.findings import Findings

BOM: Final = b"\xef\xbb\xbf"
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_LONE_CR: Final = re.compile(rb"\r(?!\n)")


def judge_bytes(body: bytes, findings: Findings) -> None:
    """Find what is wrong with the bytes, whatever they are meant to say."""
    if body.startswith((_GZIP, _ZSTD)):
        findings.add("body_compressed", 0)
        return
    _judge_text(body, findings)
    if body.startswith(BOM):
        findings.add("bom_at_start", 0)
    nul = body.find(b"\0")
    if nul >= 0:
        findings.add("nul_byte", nul)
    if b"\r" in body:
        _judge_line_ends(body, findings)


def _judge_text(body: bytes, findings: Findings) -> None:
    """Over the whole, so that a character that is split over two writes is no fault. The first offence is enough."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data"
        findings.add("utf8_cut" if cut else "utf8_invalid", error.start)


def _judge_line_ends(body: bytes, findings: Findings) -> None:
    """CR, LF and CRLF all end a line (WHATWG HTML, 9.2.5), but not every client knows a lone CR."""
    crlf, cr, lf = (body.count(end) for end in (b"\r\n", b"\r", b"\n"))
    lone_cr = None if crlf == cr else _LONE_CR.search(body)
    if lone_cr is not None:
        findings.add("line_end_cr", lone_cr.start())
    if (crlf > 0) + (cr > crlf) + (lf > crlf) > 1:
        findings.add("line_ends_mixed", body.find(b"\r"))
