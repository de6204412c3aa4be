"""Which function reads which kind of fact, and the units that each kind may be stated in."""

from collections.abc import Callable, Sequence
from typing import Final

from routeproof.catalog.kinds import AnyFact, Measure
from routeproof.catalog.reading.addresses import read_endpoint, read_region
from routeproof.catalog.reading.common import Common
from routeproof.catalog.reading.fields import FactTable
from routeproof.catalog.reading.hours import read_calendar, read_peak_windows
from routeproof.catalog.reading.prices import read_cache_rule, read_exchange_rate, read_fee, read_price
from routeproof.catalog.reading.services import LIMITS, read_alias, read_concurrency, read_control, read_limit

READERS: Final[dict[str, Callable[[FactTable, Common], AnyFact]]] = {
    "price": read_price,
    "alias": read_alias,
    "cache_rule": read_cache_rule,
    "peak_windows": read_peak_windows,
    "calendar": read_calendar,
    "limit": read_limit,
    "concurrency": read_concurrency,
    "control": read_control,
    "endpoint": read_endpoint,
    "region": read_region,
    "fee": read_fee,
    "exchange_rate": read_exchange_rate,
}
"""By the word that a fact's `kind` names it with."""

UNITS: Final[dict[str, Sequence[str]]] = {
    "price": ["per 1M tokens"],
    "alias": ["model id"],
    "cache_rule": ["percent of the input price"],
    "peak_windows": ["UTC time of day"],
    "calendar": ["local dates"],
    "limit": tuple(dict.fromkeys(LIMITS.values())),
    "concurrency": tuple(Measure),
    "control": ["request parameter"],
    "endpoint": ["path"],
    "region": ["host"],
    "fee": ["per 1000 calls"],
    "exchange_rate": ["quote per base"],
}
"""By kind; where there are several, what is stated decides which one."""
