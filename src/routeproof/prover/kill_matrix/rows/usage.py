"""Rows of the kill matrix: of usage, price and ledger (U)."""

from typing import Final

from routeproof.prover.kill_matrix.matrix import SeededFault, Via
from routeproof.prover.kill_matrix.rows.row import row

USAGE: Final = (
    row("U01", "counts below zero", "negative_usage"),
    row("U01", "more cached tokens than prompt tokens", "inconsistent_usage"),
    row("U01", "a total that is not the sum", "wrong_total"),
    row("U01", "no usage at all", "missing_usage"),
    row("U02", "half as many prompt tokens again", "inflate_prompt"),
    row("U02", "a fifth of the prompt tokens", SeededFault(fault="inflate_prompt", count=20)),
    row("U03", "prompt tokens are multiplied", SeededFault(fault="inflate_prompt", count=105)),
    row("U03", "80 tokens are added to every prompt", SeededFault(fault="inject_prompt", count=80)),
    row("U04", "twice as many completion tokens", "inflate_completion"),
    row("U05", "cached tokens on a prompt that nobody has sent before", "phantom_cache"),
    row("U05", "nothing is ever cached", "no_cache"),
    row("U08", "each request takes a dollar off the balance", "overcharge"),
    row("U08", "half as much again is taken as the price list says", "mark_up", route="newapi"),
    row("U09", "the facts were checked ten years ago", tampering="plan_made_later"),
    row("U09", "the route's digest does not name its prices", tampering="prices_left_out_of_route"),
    row("U12", "requests without a usage", "missing_usage"),
)

LEDGER: Final = (
    row("U06", "a cost is off by one nanodollar", via=Via.GATEWAY, tampering="cost_off_by_one", route="qwen-plus"),
    row("U07", "a cost is off by one nanodollar", via=Via.GATEWAY, tampering="cost_off_by_one"),
    row("U07", "requests leave no row", via=Via.GATEWAY, tampering="rows_missing"),
    row("U07", "answers come without a usage", "missing_usage", via=Via.GATEWAY),
    row("N03", "rows do not say who pays", via=Via.GATEWAY, tampering="rows_without_owner"),
)
