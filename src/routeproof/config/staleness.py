"""`[staleness]`: reads after how many days without a check each kind of fact is marked, and held back."""

from typing import Final

import msgspec

from routeproof.catalog.staleness import StalenessPolicies, StalenessPolicy
from routeproof.config.problems import shown_value
from routeproof.config.table import Table

NEVER: Final = "never"
DAYS_MAX: Final = 36_500


def read_staleness(table: Table) -> StalenessPolicies:
    """The policy of every kind of fact; what is not written down is as in StalenessPolicies."""
    defaults = StalenessPolicies()
    policies = {
        field.name: _read_policy(table.table(field.name), getattr(defaults, field.name))
        for field in msgspec.structs.fields(StalenessPolicies)
    }
    table.close()
    return StalenessPolicies(**policies)


def _read_policy(table: Table, default: StalenessPolicy) -> StalenessPolicy:
    policy = StalenessPolicy(
        warn_after_days=_read_days(table, "warn_after_days", default.warn_after_days),
        hold_after_days=_read_days(table, "hold_after_days", default.hold_after_days),
    )
    table.close()
    warn, hold = policy.warn_after_days, policy.hold_after_days
    if warn is None or hold is None or warn < hold:
        return policy
    remedy = f"let the warning come first, or write '{NEVER}' for one of them"
    if "warn_after_days" in table:
        whose = "" if "hold_after_days" in table else ", the default"
        table.problem("warn_after_days", f"{warn} is not less than `hold_after_days` ({hold}{whose}); {remedy}")
    else:
        table.problem("hold_after_days", f"{hold} is not more than `warn_after_days` ({warn}, the default); {remedy}")
    return default


def _read_days(table: Table, name: str, default: int | None) -> int | None:
    value = table.raw(name)
    if value is None:
        return default
    if value == NEVER:
        return None
    if type(value) is int and 1 <= value <= DAYS_MAX:
        return value
    table.problem(name, f"{shown_value(value)} is no number of days; write 1 to {DAYS_MAX}, or '{NEVER}'")
    return default
