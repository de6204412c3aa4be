"""How facts about models and limits are read: aliases, limits, concurrency, controls."""

from typing import Final

import msgspec

from routeproof.catalog.reading.common import Common, read_subject
from routeproof.catalog.reading.fields import FactTable
from routeproof.catalog.reading.values import is_interval, shown
from routeproof.catalog.service_kinds import (
    AliasFact,
    AliasState,
    ConcurrencyFact,
    ControlFact,
    ControlSupport,
    LimitFact,
    Measure,
)

LIMITS: Final = {
    "context_tokens": "tokens",
    "usable_context_tokens": "tokens",
    "output_tokens": "tokens",
    "fim_output_tokens": "tokens",
    "tools": "count",
    "stop_strings": "count",
    "choices": "count",
    "user_id_bytes": "bytes",
    "cache_markers": "count",
    "cache_tokens_min": "tokens",
    "cache_hit_tokens_min": "tokens",
    "cache_lifetime_s": "seconds",
    "start_wait_s": "seconds",
    "whole_reply_s": "seconds",
}
"""Every limit that is known, with its unit. What ends in `_min` is a lower bound."""

_PER: Final = ("account", "model", "key", "workspace")
_STATUSES: Final = range(400, 600)


def read_alias(table: FactTable, common: Common) -> AliasFact:
    """What a name stands for, or what to use instead of it."""
    value = table.table("value", "a table such as { state = 'alias', target = 'deepseek-flash' }")
    fact = AliasFact(
        **common,
        subject=read_subject(table, needs_model=True),
        state=AliasState(value.choice("state", tuple(AliasState))),
        target=value.name("target", "the model that answers, or the successor to name"),
        thinking=value.flag("thinking"),
    )
    value.close()
    if fact.target and fact.target == fact.subject.model:
        value.problem("target", f"{shown(fact.target)} is the alias itself; write the model that answers")
    return fact


def read_limit(table: FactTable, common: Common) -> LimitFact:
    """The name of a limit and its amount, in the unit that belongs to the name."""
    value = table.table("value", "a table such as { name = 'context_tokens', amount = 131072 }")
    fact = LimitFact(
        **common,
        subject=read_subject(table, needs_model=False),
        name=value.choice("name", tuple(LIMITS)),
        unit=table.choice("unit", tuple(dict.fromkeys(LIMITS.values()))),
        amount=value.count("amount"),
    )
    if fact.unit != LIMITS[fact.name]:
        table.problem("unit", f"'{fact.unit}' is not the unit of '{fact.name}'; write '{LIMITS[fact.name]}'")
    value.close()
    return fact


def read_concurrency(table: FactTable, common: Common) -> ConcurrencyFact:
    """How much is taken at once; what is counted follows from the unit."""
    value = table.table("value", "a table such as { max = 500, per = ['account', 'model'] }")
    per = value.names("per", f"a list of {', '.join(_PER)}")
    if not per or not set(per) <= set(_PER):
        value.problem("per", f"{shown(list(per))} is not known; write a list of {', '.join(_PER)}")
    fact = ConcurrencyFact(
        **common,
        subject=read_subject(table, needs_model=False),
        measure=Measure(table.choice("unit", tuple(Measure))),
        amount_max=value.optional_count("max"),
        per=per,
        falls_with_balance=value.flag("falls_with_balance"),
        also_per_second=value.flag("also_per_second"),
        recovers_s=value.optional_count("recovers_s"),
    )
    value.close()
    return fact


def read_control(table: FactTable, common: Common) -> ControlFact:
    """What becomes of a request parameter, in every case or in one."""
    value = table.table("value", "a table such as { control = 'thinking', support = 'supported' }")
    maps = value.pairs("maps", "pairs such as [['minimal', 'low']]") if value.raw("maps") is not None else []
    fact = ControlFact(
        **common,
        subject=read_subject(table, needs_model=False),
        control=value.name("control", "the request parameter"),
        support=ControlSupport(value.choice("support", tuple(ControlSupport))),
        when=value.optional_name("when", "the case that it is limited to, such as 'thinking'"),
        default=value.optional_text("default", _is_json, "a JSON value in quotes such as 'true' or '\"high\"'"),
        values=value.names("values", "a list of all values that are taken"),
        maps=tuple(maps),
        bounds=value.optional_text("bounds", is_interval, "an interval such as '[0, 2)', its ends in order"),
        status=read_status(value),
    )
    value.close()
    return fact


def read_status(value: FactTable) -> int | None:
    """The HTTP status of a refusal, or None."""
    status = value.optional_count("status")
    if status is not None and status not in _STATUSES:
        value.problem("status", f"{status} is no status of a refusal; write one from 400 to 599")
    return status


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return True
