"""Rows of the kill matrix: of the chat protocol (P)."""

from typing import Final

from routeproof.prover.kill_matrix.matrix import SeededFault
from routeproof.prover.kill_matrix.rows.row import row

PROTOCOL: Final = (
    row("P01", "an error object with status 200", "error_in_200"),
    row("P01", "a body that nobody asked to be packed", "gzip_body"),
    row("P01", "every answer has the first one's id", "replay_answer"),
    row("P02", "characters of several bytes are garbled", "garble_utf8"),
    row("P02", "earlier turns are dropped", "drop_history"),
    row("P03", "a documented control is dropped", SeededFault(fault="drop_control", control="stop")),
    row("P03", "every control is dropped", "drop_control"),
    row("P03", "a documented control is refused", SeededFault(fault="reject_control", control="response_format")),
    row("P04", "wrong values are answered", "accept_any_value"),
    row("P04", "wrong values are answered with 500", "crash_on_bad_value"),
    row("P05", "system messages are dropped", "drop_system"),
    row("P06", "earlier turns are dropped", "drop_history"),
)
