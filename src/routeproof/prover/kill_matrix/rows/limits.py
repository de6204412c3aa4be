"""Rows of the kill matrix: of limits and errors (L, E)."""

from typing import Final

from routeproof.prover.kill_matrix.matrix import SeededFault
from routeproof.prover.kill_matrix.rows.routes import SHORT_CONTEXT, SHORT_SETTINGS
from routeproof.prover.kill_matrix.rows.row import row

LIMITS: Final = (
    row(
        "L01", "the middle of a long prompt is not read", "cut_middle", declared=SHORT_CONTEXT, settings=SHORT_SETTINGS
    ),
    row(
        "L02",
        "a prompt over the limit is answered",
        "accept_any_value",
        declared=SHORT_CONTEXT,
        settings=SHORT_SETTINGS,
    ),
    row(
        "L02", "a prompt over the limit gets 500", "crash_on_bad_value", declared=SHORT_CONTEXT, settings=SHORT_SETTINGS
    ),
    row("L03", "an answer that was cut says that it has stopped", "hide_length"),
    row("L03", "max_tokens is dropped", SeededFault(fault="drop_control", control="max_tokens"), route="qwen-plus"),
    row("E01", "wrong and missing keys are taken", "accept_any_key"),
    row("E01", "wrong requests get 500", "crash_on_bad_value", route="qwen-plus"),
    row("E01", "errors are pages", "status_502"),
    row("E02", "somebody else says when to come back", SeededFault(fault="status_429", seconds=5)),
    row("E03", "errors quote what is behind", "leak_upstream"),
)
