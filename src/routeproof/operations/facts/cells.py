"""What each kind of fact says, as cells of a table: a heading for each kind, and one row or more for a fact."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from routeproof.catalog.amounts import exact_decimal, units_of
from routeproof.catalog.fact_text import value_text
from routeproof.catalog.kinds import (
    AliasFact,
    AliasState,
    AnyFact,
    CacheRuleFact,
    CalendarFact,
    ConcurrencyFact,
    ControlFact,
    EndpointFact,
    ExchangeRateFact,
    FeeFact,
    LimitFact,
    PeakWindowsFact,
    PriceFact,
    PriceTier,
    RegionFact,
    Subject,
)

Cells = tuple[str, ...]

HEADINGS: Final[dict[str, Cells]] = {
    "price": (
        *("model", "where", "hours", "input tokens", "currency"),
        *("cache hit", "explicit hit", "input", "cache write", "output", "thinking"),
    ),
    "fee": ("model", "item", "currency", "1,000 calls"),
    "cache_rule": ("model", "hit", "explicit hit", "write"),
    "peak_windows": ("model", "where", "peak hours"),
    "alias": ("name", "where", "state", "model", "thinks"),
    "limit": ("model", "limit", "amount", "unit"),
    "concurrency": ("model", "at most", "unit", "for each", "more"),
    "control": ("model", "control", "when", "is", "default", "values", "stands for", "bounds", "status"),
    "endpoint": ("model", "method", "path", "address", "answers", "format", "status"),
    "region": ("region", "plan", "shared host", "host of a workspace", "keys valid in the", "keys begin"),
    "calendar": ("calendar", "days off"),
    "exchange_rate": ("from", "to", "rate"),
}
"""By the word that names the kind, in the order of the page."""


def rows_of(fact: AnyFact) -> list[Cells]:
    """What a fact says, in the columns of its kind: a price has a row for each tier, every other kind one row."""
    match fact:
        case PriceFact():
            return [_price(fact, tier) for tier in fact.tiers]
        case FeeFact() | CacheRuleFact() | PeakWindowsFact() | CalendarFact() | ExchangeRateFact():
            return [_beside_prices(fact)]
    return [_service(fact)]


def _beside_prices(fact: FeeFact | CacheRuleFact | PeakWindowsFact | CalendarFact | ExchangeRateFact) -> Cells:
    match fact:
        case FeeFact():
            return (_model(fact.subject), _code(fact.item), fact.currency, _decimal(fact.per_1000_nano))
        case CacheRuleFact():
            shares = (fact.hit_implicit_nano_percent, fact.hit_explicit_nano_percent, fact.write_nano_percent)
            return (_model(fact.subject), *("" if nano is None else f"{_decimal(nano)} %" for nano in shares))
        case PeakWindowsFact():
            return (_model(fact.subject), _where(fact.subject), value_text(fact))
        case CalendarFact():
            return (_code(fact.calendar), ", ".join(f"{first} to {last}" for first, last in fact.days_off))
        case ExchangeRateFact():
            return (fact.base, fact.quote, _decimal(fact.rate_nano))


def _service(fact: AliasFact | LimitFact | ConcurrencyFact | ControlFact | EndpointFact | RegionFact) -> Cells:
    match fact:
        case AliasFact():
            return _alias(fact)
        case LimitFact():
            return (_model(fact.subject), _code(fact.name), f"{fact.amount:,}", fact.unit)
        case ConcurrencyFact():
            return _concurrency(fact)
        case ControlFact():
            return _control(fact)
        case EndpointFact():
            return _endpoint(fact)
        case RegionFact():
            hosts = (_code(fact.shared_host), _code(fact.workspace_host))
            return (_code(fact.region), _code(fact.plan), *hosts, fact.key_scope, _code(fact.key_prefix))


def _price(fact: PriceFact, tier: PriceTier) -> Cells:
    amounts = (
        *(tier.cache_hit_nano, tier.cache_hit_explicit_nano, tier.input_nano),
        *(tier.cache_write_nano, tier.output_nano, tier.output_thinking_nano),
    )
    return (
        _model(fact.subject),
        _where(fact.subject),
        fact.hours.replace("_", "-"),
        "any" if tier.input_tokens_max is None else f"up to {tier.input_tokens_max:,}",
        fact.currency,
        *("" if nano is None else _decimal(nano) for nano in amounts),
    )


def _alias(fact: AliasFact) -> Cells:
    state = "answers as" if fact.state is AliasState.ALIAS else "refused; use"
    thinks = {True: "yes", False: "no", None: ""}[fact.thinking]
    return (_model(fact.subject), _where(fact.subject), state, _code(fact.target), thinks)


def _concurrency(fact: ConcurrencyFact) -> Cells:
    more = (
        ("falls with the balance", fact.falls_with_balance),
        ("a sixtieth is enforced each second", fact.also_per_second),
        (f"recovers in about {fact.recovers_s} s", fact.recovers_s is not None),
    )
    amount = "unknown" if fact.amount_max is None else f"{fact.amount_max:,}"
    told = ", ".join(text for text, holds in more if holds)
    return (_model(fact.subject), amount, fact.measure, " and ".join(fact.per), told)


def _control(fact: ControlFact) -> Cells:
    return (
        _model(fact.subject),
        _code(fact.control),
        _code(fact.when),
        fact.support,
        _code(fact.default),
        _codes(fact.values),
        ", ".join(f"`{value}`: `{taken}`" for value, taken in fact.maps),
        _code(fact.bounds),
        _status(fact.status),
    )


def _endpoint(fact: EndpointFact) -> Cells:
    return (
        _model(fact.subject),
        fact.method or "",
        _code(fact.path),
        fact.base or "",
        fact.answers.replace("_", " "),
        fact.format or "",
        _status(fact.status),
    )


def _model(subject: Subject) -> str:
    return _code(subject.model) or "every"


def _where(subject: Subject) -> str:
    scope = f" ({subject.scope})" if subject.scope else ""
    return (", ".join(subject.regions) or "everywhere") + scope


def _status(status: int | None) -> str:
    return "" if status is None else str(status)


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _code(word: str | None) -> str:
    return f"`{word}`" if word else ""


def _decimal(nano: int) -> str:
    return exact_decimal(units_of(Fraction(nano)))
