"""Reads a simulator script: which providers, on which ports, how slow, and what goes wrong when.

seed = 7                            # of answers and chances
record = "seen.jsonl"               # a JSON line per request, written before it is answered

[providers.deepseek]
kind = "deepseek"                   # deepseek, qwen or newapi
port = 9101                         # 0, the default: any free port
keys = ["sk-sim-deepseek"]
first_byte_ms = 200
event_interval_ms = 20

[[providers.deepseek.faults]]
fault = "status_429"
match = {model = "deepseek-flash", stream = true}
times = 2                           # without it: always
probability = 0.5                   # of the matching requests, drawn from the seed
"""

import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path

from routeproof.clock import parse_instant
from routeproof.errors import ConfigError
from routeproof.simulator.faults import GATEWAY_FAULTS, Fault, FaultCall, UnknownFaultError, fault_named
from routeproof.simulator.plan import Latency
from routeproof.simulator.schedule import FaultRule, Match
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.table import Table

PORT_MAX = 65_535
_CHANCES = 1_000_000


def parse_script(text: str, origin: str, *, host: str = "127.0.0.1") -> SimulatorSettings:
    """The settings that a script describes; `host` is for providers that it gives none.

    Raises ConfigError with every mistake, each naming `origin`.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{origin}: not TOML: {error}"]) from error
    problems: list[str] = []
    root = Table(document, "", problems)
    seed = root.whole("seed", 0) or 0
    record = root.text("record", "")
    tables = root.table("providers").named_tables()
    if not tables:
        root.problem("providers", "write at least one table such as [providers.deepseek]")
    providers = [_provider(name, table, seed, host) for name, table in tables.items()]
    root.finish()
    problems += _taken_twice(providers)
    if problems:
        raise ConfigError([f"{origin}: {problem}" for problem in problems])
    return SimulatorSettings(providers=tuple(providers), record_path=Path(record) if record else None)


def _provider(name: str, table: Table, seed: int, host: str) -> ProviderSettings:
    kind = _kind(name, table)
    settings = ProviderSettings(
        name=name,
        kind=kind,
        host=table.text("host", host),
        port=table.whole("port", 0, most=PORT_MAX) or 0,
        keys=table.texts("keys", (f"sk-sim-{name}",)),
        seed=seed,
        latency=Latency(_milliseconds(table, "first_byte_ms"), _milliseconds(table, "event_interval_ms")),
        keepalives=table.whole("keepalives", 0, most=100_000) or 0,
        keepalive_interval_s=_milliseconds(table, "keepalive_interval_ms"),
        as_of_ns=_instant(table),
        context_tokens=table.whole("context_tokens", None, least=1),
        balance=_decimal(table, "balance", "100.00"),
        quota=table.whole("quota", 50_000_000) or 0,
        group_ratio=_decimal(table, "group_ratio", "1"),
        tiered=table.texts("tiered", ()),
        faults=tuple(rule for row in table.tables("faults") if (rule := _rule(row, kind)) is not None),
    )
    table.finish()
    return settings


def _kind(name: str, table: Table) -> Kind:
    text = table.text("kind", name)
    try:
        return Kind(text)
    except ValueError:
        table.problem("kind", f"write one of {', '.join(Kind)}")
        return Kind.DEEPSEEK


def _milliseconds(table: Table, name: str) -> float:
    return (table.number(name, 0.0) or 0.0) / 1000


def _instant(table: Table) -> int | None:
    text = table.text("date", "")
    try:
        return parse_instant(text) if text else None
    except ValueError:
        table.problem("date", "write an instant with its offset, such as '2026-07-25T00:00:00Z'")
        return None


def _decimal(table: Table, name: str, default: str) -> str:
    text = table.text(name, default)
    try:
        Decimal(text)
    except InvalidOperation:
        table.problem(name, f"write a decimal in quotes, such as '{default}'")
        return default
    return text


def _rule(table: Table, kind: Kind) -> FaultRule | None:
    fault = _fault(table, kind)
    match = table.table("match")
    wanted = Match(match.text("model", "") or None, match.flag("stream"))
    match.finish()
    if fault is Fault.REFUSE and wanted != Match():
        table.problem("match", "leave it out: 'refuse' strikes a connection before there is a request to match")
    times = table.whole("times", None, least=1)
    chance_ppm = round((table.number("probability", 1.0, most=1.0) or 0.0) * _CHANCES)
    call = {
        "after_events": table.whole("after_events", None, most=100_000),
        "count": table.whole("count", None, most=10**9),
    }
    seconds = table.number("seconds", None, most=3_600.0)
    control = table.text("control", "") or None
    table.finish()
    if fault is None:
        return None
    return FaultRule(FaultCall(fault=fault, seconds=seconds, control=control, **call), wanted, times, chance_ppm)


def _fault(table: Table, kind: Kind) -> Fault | None:
    try:
        fault = fault_named(table.text("fault", ""))
    except UnknownFaultError as error:
        table.problem("fault", str(error))
        return None
    if fault in GATEWAY_FAULTS and kind is not Kind.NEWAPI:
        table.problem("fault", "only a provider of kind 'newapi' can do this")
    return fault


def _taken_twice(providers: list[ProviderSettings]) -> list[str]:
    owners: dict[tuple[str, int], str] = {}
    problems = []
    for provider in providers:
        place = (provider.host, provider.port)
        if provider.port and place in owners:
            problems.append(
                f"providers.{provider.name}.port: {provider.port} is taken by {owners[place]!r}; use another"
            )
        owners.setdefault(place, provider.name)
    return problems
