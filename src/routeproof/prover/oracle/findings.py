"""What an oracle found in an answer's bytes: a stable code, where it stands, the bytes that show it, plain words."""

from enum import StrEnum
from typing import Final

import msgspec

from routeproof.prover.oracle.finding_codes import RULES, Layer
from routeproof.prover.oracle.overlays import Overlay

EXCERPT_BYTES_MAX: Final = 320
FINDINGS_MAX: Final = 200
"""Different findings about one body; a hostile one could have any number."""


class Subject(StrEnum):
    """What is judged. It decides which check a finding counts for."""

    STREAM = "stream"
    ANSWER = "answer"
    ERROR = "error"
    MODELS = "models"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, or worth a note; `times` over the whole body, shown where it stood first."""

    code: str
    """From `finding_codes.RULES`."""
    layer: Layer
    check: str
    """The id of the check that it counts against, such as `S02`."""
    note: bool
    """Worth knowing, and no reason to fail a check."""
    where: str
    """What it is about: a JSON path with `[]` for any index, or the offending value; empty where the code says all."""
    offset: int
    """Byte of the body where the offending part begins."""
    excerpt: str
    """The bytes from there on, at most EXCERPT_BYTES_MAX; what is not UTF-8 is escaped."""
    words: str
    times: int = 1


class Findings:
    """Collects findings about one body; drops what the dialect's overlay allows, and counts repetitions."""

    def __init__(self, body: bytes, overlay: Overlay, subject: Subject) -> None:
        self._body = body
        self._overlay = overlay
        self._subject = subject
        self._found: dict[tuple[str, str], Finding] = {}
        self._times: dict[tuple[str, str], int] = {}

    def add(self, code: str, offset: int, where: str = "", detail: str = "") -> None:
        """Note a finding, up to FINDINGS_MAX of them; `detail` ends the plain words."""
        key = (code, where)
        if key in self._overlay.allowed:
            return
        if key in self._times:
            self._times[key] += 1
            return
        if len(self._found) == FINDINGS_MAX:
            return
        self._times[key] = 1
        self._found[key] = self._finding(code, offset, where, detail)

    def has(self, code: str, where: str = "") -> bool:
        """Whether it was found already."""
        return (code, where) in self._times

    def listed(self) -> tuple[Finding, ...]:
        """All of them, in the order of the bytes."""
        counted = (
            one if self._times[key] == 1 else msgspec.structs.replace(one, times=self._times[key])
            for key, one in self._found.items()
        )
        return tuple(sorted(counted, key=lambda one: one.offset))

    def _finding(self, code: str, offset: int, where: str, detail: str) -> Finding:
        rule = RULES[code]
        layer, check = rule.layer, rule.check
        if self._subject is not Subject.STREAM and layer is not Layer.USAGE:
            layer = Layer.BODY
            check = _CHECKS[self._subject] if check.startswith("S") else check
        words = ": ".join(part for part in (rule.meaning, where, detail) if part)
        return Finding(code, layer, check, rule.note, where, offset, excerpt(self._body, offset), words)


def excerpt(body: bytes, offset: int) -> str:
    """The bytes at an offset up to the end of the event, as text that can be shown."""
    piece = body[offset : offset + EXCERPT_BYTES_MAX]
    return piece.partition(b"\n\n")[0].decode("utf-8", "backslashreplace")


_CHECKS: Final = {Subject.ANSWER: "P01", Subject.ERROR: "E01", Subject.MODELS: "R02"}
