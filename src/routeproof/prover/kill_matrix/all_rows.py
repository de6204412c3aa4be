"""All rows of the kill matrix, what is right for honest routes besides a pass, and who sees through cardboard."""

from typing import Final

from routeproof.evidence.canonical import Record
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.kill_matrix.matrix import Defect
from routeproof.prover.kill_matrix.rows.identity import IDENTITY
from routeproof.prover.kill_matrix.rows.limits import LIMITS
from routeproof.prover.kill_matrix.rows.protocol import PROTOCOL
from routeproof.prover.kill_matrix.rows.service import SERVICE
from routeproof.prover.kill_matrix.rows.streams import STREAMS
from routeproof.prover.kill_matrix.rows.taps import TAPS
from routeproof.prover.kill_matrix.rows.tools import FORMATS, TOOLS
from routeproof.prover.kill_matrix.rows.usage import LEDGER, USAGE


class Excuse(Record, frozen=True, kw_only=True):
    """What is right for an honest route instead of a pass, and why."""

    verdict: Verdict
    why: str


EXCUSED: Final[dict[tuple[str, str], Excuse]] = {
    ("newapi", "E01"): Excuse(
        verdict=Verdict.FAIL, why="it gives 503 for an unknown model, which clients take for overload and ask again"
    ),
    ("newapi", "U10"): Excuse(
        verdict=Verdict.FAIL,
        why="what a model behind it thinks may not count towards max_tokens, so nobody knows what a left answer costs",
    ),
}
_TOOLS_AND_FORMATS: Final = ("T01", "T02", "T05", "T06", "T07", "J01", "J03", "K01", "K02")
CARDBOARD_FAILS: Final = frozenset(
    ("R03", "P05", "I01", "U03", *_TOOLS_AND_FORMATS, "L01", "L02", "L03", "E01", "E02"),
)
"""The checks that see through a server whose every answer is one well-formed completion."""
DEFECTS: Final[tuple[Defect, ...]] = (
    *IDENTITY,
    *PROTOCOL,
    *STREAMS,
    *TOOLS,
    *FORMATS,
    *USAGE,
    *LEDGER,
    *LIMITS,
    *SERVICE,
    *TAPS,
)
