"""Reads a workload file: TOML in, a checked workload out, or every mistake at once."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Final

from routeproof.catalog.comparing.workload import ANY_HOUR, Load, RequestType, Workload
from routeproof.catalog.reading.values import as_decimal
from routeproof.config.problems import Problems, shown_value
from routeproof.config.table import Table
from routeproof.errors import ConfigError
from routeproof.money import NANO_PER_UNIT

FILE_BYTES_MAX: Final = 1024 * 1024
COUNT_MAX: Final = 10**12
TOKENS_MAX: Final = 10**9
WEIGHT_MAX: Final = 10**9

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CACHES: Final = ("implicit", "explicit")
_TYPES: Final = tuple(kind.value for kind in RequestType)


def load_workload(path: Path) -> Workload:
    """Read and check a workload file. Raises ConfigError with one line for each mistake."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError([f"{path}: can't be read ({error.strerror}); correct the path or its permissions"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8 (at byte {error.start}); save it as UTF-8"]) from error
    if len(content) > FILE_BYTES_MAX:
        raise ConfigError([f"{path}: is larger than {FILE_BYTES_MAX} bytes; name a workload file"])
    return parse_workload(text, str(path))


def parse_workload(text: str, source: str) -> Workload:
    """Check a workload's text; `source` names it in errors. Raises ConfigError with one line for each mistake."""
    problems = Problems(source)
    root = Table(_parse_toml(text, source), "", problems)
    hours = _read_hours(root.table("hours"), ANY_HOUR)
    items = root.items("requests")
    if root.raw("requests") in (None, []):
        problems.add("requests", "states no requests; start each type of them with [[requests]]")
    loads = [_read_item(item, index, hours, problems) for index, item in enumerate(items)]
    root.close()
    problems.raise_if_any()
    return Workload(tuple(load for load in loads if load is not None), source)


def _parse_toml(text: str, source: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError([f"{source}: nests too deep to be a workload; remove the nested brackets"]) from error
    except ValueError as error:
        # TOMLDecodeError, and the limit on digits of a number.
        raise ConfigError([f"{source}: is not valid TOML: {error}; correct the line"]) from error


def _read_item(item: object, index: int, hours: tuple[int, ...], problems: Problems) -> Load | None:
    key = f"requests[{index}]"
    if not isinstance(item, dict):
        problems.add(key, f"{shown_value(item)} is no table; start each type of requests with [[requests]]")
        return None
    return _read_load(Table(item, key, problems), hours)


def _read_load(table: Table, hours: tuple[int, ...]) -> Load:
    if table.raw("type") is None:
        table.problem("type", f"is missing; use one of {', '.join(_TYPES)}")
    kind = RequestType(table.choice("type", _TYPES, RequestType.PLAIN))
    count = _count(table, "count", 1, COUNT_MAX)
    input_tokens = _count(table, "input_tokens", 1, TOKENS_MAX)
    output_tokens = _count(table, "output_tokens", 0, TOKENS_MAX)
    hit, write = _percent(table, "cache_share"), _percent(table, "cache_write_share")
    if hit + write > 1:
        table.problem("cache_write_share", "is over 100 percent together with cache_share; lower one of them")
    load = Load(
        type=kind,
        requests=count,
        input_tokens_each=Fraction(input_tokens),
        input_tokens=Fraction(count * input_tokens),
        output_tokens=Fraction(count * output_tokens),
        hit_tokens=count * input_tokens * hit,
        write_tokens=count * input_tokens * write,
        thinking=_percent(table, "thinking_share"),
        explicit_cache=table.choice("cache", _CACHES, "implicit") == "explicit",
        hours=_read_hours(table.table("hours"), hours),
    )
    table.close()
    return load


def _count(table: Table, name: str, least: int, greatest: int) -> int:
    """A required whole number within its bounds; a stand-in after noting the problem."""
    value = table.raw(name)
    if type(value) is int and least <= value <= greatest:
        return value
    found = "is missing" if value is None else f"{shown_value(value)} is out of place"
    table.problem(name, f"{found}; write a whole number from {least} to {greatest}, without quotes")
    return 1


def _percent(table: Table, name: str) -> Fraction:
    """A share of one, written in percent; none where it is not given."""
    value = table.raw(name)
    nano = 0 if value is None else value * NANO_PER_UNIT if type(value) is int else as_decimal(value)
    if nano is not None and 0 <= nano <= 100 * NANO_PER_UNIT:
        return Fraction(nano, 100 * NANO_PER_UNIT)
    table.problem(name, f"{shown_value(value)} is no percentage; write 0 to 100, a decimal in quotes such as '37.5'")
    return Fraction(0)


def _read_hours(table: Table, default: tuple[int, ...]) -> tuple[int, ...]:
    """Weights of the hours of a week in UTC: the same every day, or by day, where a day left out has none."""
    by_day = [name for name in _DAYS if name in table]
    if "utc" in table and by_day:
        table.problem("utc", f"stands beside {by_day[0]}; give the hours of every day, or those of each day")
    weights = _day(table, "utc") * len(_DAYS) if "utc" in table else ()
    if by_day:
        weights = tuple(weight for name in _DAYS for weight in _day(table, name))
    table.close()
    if weights and not any(weights):
        table.problem("utc" if "utc" in table else by_day[0], "has no hour with a weight over 0; give one to some hour")
    return weights if any(weights) else default


def _day(table: Table, name: str) -> tuple[int, ...]:
    weights: list[int] = []
    items = table.items(name)
    for index, item in enumerate(items):
        if type(item) is int and 0 <= item <= WEIGHT_MAX:
            weights.append(item)
        else:
            table.item_problem(
                name, index, f"{shown_value(item)} is no weight; write a whole number from 0 to {WEIGHT_MAX}"
            )
            weights.append(1)
    if name in table and len(items) != 24:
        table.problem(name, f"holds {len(items)} weights; write 24, one for each hour of the day in UTC")
    return tuple((weights + [0] * 24)[:24])
