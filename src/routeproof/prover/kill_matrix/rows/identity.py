"""Rows of the kill matrix: of identity and plan (R)."""

from typing import Final

from routeproof.prover.kill_matrix.rows.row import row

IDENTITY: Final = (
    row("R01", "the plan names another address than the one that was asked", tampering="plan_of_other_address"),
    row("R01", "the plan's overlay is of another build", tampering="plan_of_other_overlay"),
    row("R02", "the account's list is empty", "hide_models"),
    row("R03", "an unknown model is answered by another", "substitute_model", route="newapi"),
    row("R03", "an unknown model is answered by a known one under its name", "fall_back_model"),
    row("R04", "another model's name in the answer", "wrong_model"),
    row("R05", "wrong and missing keys are taken", "accept_any_key"),
    row("R05", "the refusal quotes what is behind", "leak_upstream"),
    row("R06", "the name was retired before the plan was made", declared={"alias_retires": "2026-01-01T00:00:00Z"}),
    row("R07", "a key of another region is taken", "accept_any_key", route="qwen-plus"),
    row("R08", "other bytes were sent than the plan has", tampering="plan_of_other_seed"),
    row("R09", "the self-test of this build is not complete", tampering="self_test_incomplete"),
    row("R09", "the self-test is of other checks", tampering="self_test_of_other_checks"),
)
