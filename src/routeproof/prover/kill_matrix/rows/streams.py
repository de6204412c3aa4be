"""Rows of the kill matrix: of streaming (S)."""

from typing import Final

from routeproof.prover.kill_matrix.matrix import SeededFault
from routeproof.prover.kill_matrix.rows.row import row

STREAMS: Final = (
    row("S01", "data after [DONE]", "trailing_after_done"),
    row("S01", "streams end without [DONE]", SeededFault(fault="cut_before_done", stream=True)),
    row("S01", "streams end inside an event", SeededFault(fault="end_mid_event", stream=True)),
    row("S02", "the id changes in the middle of a stream", "change_id"),
    row("S02", "another family's frame after the usage", "foreign_frame"),
    row("S03", "no finish reason", "drop_finish"),
    row("S03", "the role on every delta", "repeat_role"),
    row("S04", "no usage, though it was asked for", "missing_usage"),
    row("S04", "the usage comes twice", "duplicate_usage"),
    row("S05", "streams lack their words, whole answers don't", SeededFault(fault="false_done", after_events=1)),
    row("S06", "the connection ends while there is silence", SeededFault(fault="reset_mid_stream", after_events=0)),
    row("S06", "the first delta comes before the silence is over", "close_after_response"),
    row("S08", "a stream that was cut ends as if it were whole", "false_done"),
    row("S09", "characters that end in the next read are garbled", "garble_utf8"),
)
