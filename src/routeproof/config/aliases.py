"""`[aliases.ROUTE]`: reads what the operator wants done with model names that other names replace."""

from collections.abc import Mapping
from typing import Final

from routeproof.catalog.alias_policy import WARN_DAYS_DEFAULT, AliasPolicy, AliasRule
from routeproof.clock import parse_instant
from routeproof.config.problems import did_you_mean, shown_value
from routeproof.config.settings import ProviderSettings
from routeproof.config.table import Table
from routeproof.ids import RouteName, is_model_id, split_route

WARN_DAYS_MAX: Final = 3_650

_ENDING: Final = (AliasPolicy.REFUSE, AliasPolicy.MAP)
"""The policies that have a turn of their own."""


def read_aliases(table: Table, providers: Mapping[str, ProviderSettings]) -> dict[RouteName, AliasRule]:
    """Every rule, by the route whose model id is the name. What is refused is noted and left out."""
    found: dict[RouteName, AliasRule] = {}
    for name, entry in table.tables():
        problem = _what_is_wrong(name, providers)
        if problem is not None:
            table.problems.add(entry.key, problem)
        found[RouteName(name)] = _read_rule(entry, name)
        entry.close()
    _check_targets(table, found)
    return found


def _what_is_wrong(name: str, providers: Mapping[str, ProviderSettings]) -> str | None:
    try:
        provider, model_id = split_route(name)
    except ValueError:
        return "is no route; write [aliases.'provider/model-id']"
    if not is_model_id(model_id):
        return "has a model id that is not 1 to 200 printable ASCII characters"
    if provider not in providers:
        return f"names an unknown provider; {did_you_mean(provider, providers)}"
    return None


def _read_rule(table: Table, name: str) -> AliasRule:
    policy = AliasPolicy(table.choice("policy", tuple(AliasPolicy), AliasPolicy.FOLLOW))
    return AliasRule(
        policy=policy,
        to=_read_target(table, name, policy),
        from_ns=_read_from(table, policy),
        warn_days=_read_warn_days(table, policy),
    )


def _read_target(table: Table, name: str, policy: AliasPolicy) -> str | None:
    target = table.text("to")
    if target is None:
        return None
    model = name.partition("/")[2]
    if policy is not AliasPolicy.MAP:
        table.problem("to", f'has no meaning with policy "{policy}"; set policy = "map", or remove it')
    elif not is_model_id(target):
        table.problem("to", f"{shown_value(target)} is no model id of 1 to 200 printable ASCII characters")
    elif target == model:
        table.problem("to", f"{shown_value(target)} is the name itself; write the model to send instead")
    else:
        return target
    return None


def _read_from(table: Table, policy: AliasPolicy) -> int | None:
    text = table.text("from")
    if text is None:
        return None
    if policy not in _ENDING:
        table.problem("from", f'has no meaning with policy "{policy}"; set policy = "refuse" or "map", or remove it')
        return None
    try:
        return parse_instant(text)
    except ValueError:
        table.problem("from", f"{shown_value(text)} is no instant; write one such as '2026-12-31T00:00:00Z'")
        return None


def _read_warn_days(table: Table, policy: AliasPolicy) -> int:
    days = table.number("warn_days", whole=True)
    if days is None:
        return WARN_DAYS_DEFAULT
    if policy is AliasPolicy.IGNORE:
        table.problem("warn_days", 'has no meaning with policy "ignore"; remove it')
    elif not 0 <= days <= WARN_DAYS_MAX:
        table.problem("warn_days", f"{shown_value(days)} is not 0 to {WARN_DAYS_MAX}; write a number of days")
    else:
        return int(days)
    return WARN_DAYS_DEFAULT


def _check_targets(table: Table, rules: Mapping[RouteName, AliasRule]) -> None:
    """A target is sent as it is: one that has a rule of its own which ends it would not be what it seems."""
    for name, rule in rules.items():
        if rule.to is None:
            continue
        other = rules.get(RouteName(f"{name.partition('/')[0]}/{rule.to}"))
        if other is not None and other.policy in _ENDING:
            table.table(name).problem(
                "to", f'{shown_value(rule.to)} has the policy "{other.policy}" itself; write the model that answers'
            )
