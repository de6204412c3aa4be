"""Defects that no endpoint can have: what becomes of a plan, or of what was observed, after the run and before judging.

Some checks look at the prover's own record: the plan, the facts in it, the ledger's rows, the order of things. Their
seeded defects are changes of that record.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import LedgerRow, Observation
from routeproof.evidence.plan import Plan, SelfTest

PlanChange = Callable[[Plan], Plan]
RecordChange = Callable[[Sequence[Observation]], Sequence[Observation]]
_YEARS_LATER: Final = "2036-11-24T12:00:00.000Z"


def _later(plan: Plan) -> Plan:
    """The plan is made ten years after its facts were checked."""
    return msgspec.structs.replace(plan, created=_YEARS_LATER)


def _without_prices_digest(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, route=msgspec.structs.replace(plan.route, price_facts_digest=None))


def _other_address(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, route=msgspec.structs.replace(plan.route, base_url="https://api.example/v1"))


def _other_overlay(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, route=msgspec.structs.replace(plan.route, overlay_digest="0" * 64))


def _other_seed(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, seed=plan.seed + 1)


def _incomplete_self_test(plan: Plan) -> Plan:
    return _with_self_test(plan, lambda one: msgspec.structs.replace(one, complete=False))


def _self_test_of_other_checks(plan: Plan) -> Plan:
    other = dict.fromkeys(plan.self_test.check_hashes if plan.self_test else (), "0" * 64)
    return _with_self_test(plan, lambda one: msgspec.structs.replace(one, check_hashes=other))


def _with_self_test(plan: Plan, change: Callable[[SelfTest], SelfTest]) -> Plan:
    assert plan.self_test is not None
    return msgspec.structs.replace(plan, self_test=change(plan.self_test))


def _rows(change: Callable[[LedgerRow], LedgerRow]) -> RecordChange:
    def commit(observations: Sequence[Observation]) -> Sequence[Observation]:
        return [msgspec.structs.replace(one, ledger=tuple(change(row) for row in one.ledger)) for one in observations]

    return commit


def _columns(**changed: str | int | None) -> RecordChange:
    def change(row: LedgerRow) -> LedgerRow:
        known = {name: value for name, value in changed.items() if name in row.columns}
        return msgspec.structs.replace(row, columns={**row.columns, **known})

    return _rows(change)


def _dearer(row: LedgerRow) -> LedgerRow:
    cost = row.columns.get("cost_nanousd")
    if type(cost) is not int:
        return row
    return msgspec.structs.replace(row, columns={**row.columns, "cost_nanousd": cost + 1})


def _without_rows(observations: Sequence[Observation]) -> Sequence[Observation]:
    return [msgspec.structs.replace(one, ledger=()) for one in observations]


PLAN_CHANGES: Final[Mapping[str, PlanChange]] = {
    "plan_of_other_overlay": _other_overlay,
    "plan_made_later": _later,
    "prices_left_out_of_route": _without_prices_digest,
    "plan_of_other_seed": _other_seed,
    "plan_of_other_address": _other_address,
    "self_test_incomplete": _incomplete_self_test,
    "self_test_of_other_checks": _self_test_of_other_checks,
}
RECORD_CHANGES: Final[Mapping[str, RecordChange]] = {
    "cost_off_by_one": _rows(_dearer),
    "rows_missing": _without_rows,
    "rows_without_owner": _columns(key_owner="", account=""),
}


def tampered(name: str | None, plan: Plan, observations: Sequence[Observation]) -> tuple[Plan, Sequence[Observation]]:
    """Plan and observations as they are judged. None changes nothing. Raises KeyError for an unknown name."""
    if name is None:
        return plan, observations
    if name in PLAN_CHANGES:
        return PLAN_CHANGES[name](plan), observations
    return plan, RECORD_CHANGES[name](observations)
