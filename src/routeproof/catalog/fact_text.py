"""What a fact is about and what it says, each in one line for people."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from routeproof.catalog.amounts import exact_decimal, units_of
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
    Hours,
    LimitFact,
    PeakWindowsFact,
    PriceFact,
    PriceTier,
    RegionFact,
)


def subject_text(fact: AnyFact) -> str:
    """Whom or what a fact speaks of: `family/model@region,region:scope` as far as it says so."""
    if isinstance(fact, CalendarFact):
        return fact.calendar
    if isinstance(fact, ExchangeRateFact):
        return f"{fact.base}/{fact.quote}"
    subject = fact.subject
    model = f"/{subject.model}" if subject.model else ""
    regions = f"@{','.join(subject.regions)}" if subject.regions else ""
    scope = f":{subject.scope}" if subject.scope else ""
    return f"{subject.family}{model}{regions}{scope}"


def value_text(fact: AnyFact) -> str:
    """What a fact says, with its unit."""
    match fact:
        case PriceFact() | FeeFact() | CacheRuleFact() | ExchangeRateFact():
            return _money(fact)
        case PeakWindowsFact():
            return _windows(fact)
        case CalendarFact():
            days = sum((last - first).days + 1 for first, last in fact.days_off)
            return f"{days} days off"
    return _service(fact)


def _money(fact: PriceFact | FeeFact | CacheRuleFact | ExchangeRateFact) -> str:
    match fact:
        case PriceFact():
            return _price(fact)
        case FeeFact():
            return f"{fact.item}: {_decimal(fact.per_1000_nano)} {fact.currency} per 1000 calls"
        case CacheRuleFact():
            return _joined(_shares(fact))
        case ExchangeRateFact():
            return f"1 {fact.base} = {_decimal(fact.rate_nano)} {fact.quote}"


def _service(fact: AliasFact | LimitFact | ConcurrencyFact | ControlFact | EndpointFact | RegionFact) -> str:
    match fact:
        case AliasFact():
            return f"answers as {fact.target}" if fact.state is AliasState.ALIAS else f"retired for {fact.target}"
        case LimitFact():
            return f"{fact.name} {fact.amount} {fact.unit}"
        case ConcurrencyFact():
            amount = "an unknown number of" if fact.amount_max is None else str(fact.amount_max)
            return f"{amount} {fact.measure.value} for each {' and '.join(fact.per)}"
        case ControlFact():
            return _control(fact)
        case EndpointFact():
            status = "" if fact.status is None else f" with {fact.status}"
            return f"{fact.method or 'everything below'} {fact.base or ''}{fact.path} {fact.answers}{status}"
        case RegionFact():
            hosts = (fact.shared_host, fact.workspace_host)
            return f"{fact.plan or fact.region}: {_joined(host for host in hosts if host)}"


def _control(fact: ControlFact) -> str:
    status = "" if fact.status is None else f" with {fact.status}"
    when = f" when {fact.when}" if fact.when else ""
    details = (
        ("default", fact.default),
        ("values", " ".join(fact.values)),
        ("as", " ".join(f"{value}={taken}" for value, taken in fact.maps)),
        ("within", fact.bounds),
    )
    return _joined(
        (f"{fact.control} {fact.support}{status}{when}", *(f"{name} {text}" for name, text in details if text))
    )


def _price(fact: PriceFact) -> str:
    hours = "" if fact.hours is Hours.ANY else f", {fact.hours.replace('_', '-')}"
    tiers = "; ".join(_tier(tier) for tier in fact.tiers)
    return f"{tiers} {fact.currency} per 1M tokens{hours}"


def _tier(tier: PriceTier) -> str:
    amounts = (
        ("input", tier.input_nano),
        ("hit", tier.cache_hit_nano),
        ("explicit hit", tier.cache_hit_explicit_nano),
        ("write", tier.cache_write_nano),
        ("output", tier.output_nano),
        ("thinking", tier.output_thinking_nano),
    )
    bound = "" if tier.input_tokens_max is None else f"up to {tier.input_tokens_max}: "
    return bound + _joined(f"{name} {_decimal(nano)}" for name, nano in amounts if nano is not None)


def _shares(fact: CacheRuleFact) -> Iterator[str]:
    shares = (
        ("hit", fact.hit_implicit_nano_percent),
        ("explicit hit", fact.hit_explicit_nano_percent),
        ("write", fact.write_nano_percent),
    )
    return (f"{name} {_decimal(nano)} % of input" for name, nano in shares if nano is not None)


def _windows(fact: PeakWindowsFact) -> str:
    times = _joined(f"{_time(opens)}-{_time(closes)}" for opens, closes in fact.windows_s)
    days = ",".join(map(str, fact.weekdays))
    off = f", not on days off of {fact.holidays}" if fact.holidays else ""
    return f"{times} UTC on weekdays {days} in {fact.zone}{off}"


def _time(second_of_day: int) -> str:
    return f"{second_of_day // 3600:02d}:{second_of_day // 60 % 60:02d}"


def _decimal(nano: int) -> str:
    return exact_decimal(units_of(Fraction(nano)))


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
