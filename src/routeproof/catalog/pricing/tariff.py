"""A tariff: the prices in force for one model, compiled to integers, and the cost of a usage under it."""

from fractions import Fraction
from math import lcm

import msgspec

from routeproof.catalog.pricing.notes import HELD_PRICE, SEPARATOR, STALE_PRICE, STRADDLES_WINDOW, join_words
from routeproof.catalog.pricing.rates import Rate, TierRates
from routeproof.clock import NEVER_NS
from routeproof.money import TOKENS_PER_PRICE_UNIT, round_half_even_div
from routeproof.usage import Usage

PAYABLE_CURRENCY = "USD"
"""The ledger's currency. Other currencies are itemised and never converted."""


class CostLine(msgspec.Struct, frozen=True):
    """One line of a bill; amounts are exact, in nano-units of the bill's currency."""

    label: str
    """`input`, `cache_hit`, `cache_hit_explicit`, `cache_write`, `output` or `output_thinking`."""
    tokens: int
    unit_price_nano: Fraction | None
    """Per 1,000,000 tokens; None where no fact states a price."""
    amount_nano: Fraction | None
    fact_ids: tuple[str, ...]


class Cost(msgspec.Struct, frozen=True):
    """A bill. Where the cost is known, it is the sum of the lines, rounded half-even once."""

    lines: tuple[CostLine, ...]
    currency: str
    cost_nanousd: int | None
    reason: str | None
    """Why the cost is unknown; None where it is known."""
    flags: tuple[str, ...]
    digest: str


class _Scaled:
    """A tier's rates as integers over the tariff's denominator."""

    __slots__ = (
        "dearest_input",
        "hit_explicit",
        "hit_implicit",
        "input",
        "input_tokens_max",
        "output",
        "output_thinking",
        "write",
    )

    def __init__(
        self,
        *,
        input: int,
        output: int,
        output_thinking: int,
        hit_implicit: int | None,
        hit_explicit: int | None,
        write: int | None,
        dearest_input: int,
        input_tokens_max: int | None,
    ) -> None:
        self.input = input
        self.output = output
        self.output_thinking = output_thinking
        self.hit_implicit = hit_implicit
        self.hit_explicit = hit_explicit
        self.write = write
        self.dearest_input = dearest_input
        self.input_tokens_max = input_tokens_max


class Tariff:
    """What a model costs from `valid_from_ns` until `valid_until_ns` (half-open). Never changes once made."""

    __slots__ = (
        "_denominator",
        "_held_note",
        "_only",
        "_scaled",
        "_stale_note",
        "currency",
        "digest",
        "fact_ids",
        "flags",
        "held_from_ns",
        "model",
        "note",
        "plain_until_ns",
        "stale_from_ns",
        "tiers",
        "valid_from_ns",
        "valid_until_ns",
    )

    def __init__(
        self,
        *,
        model: str,
        currency: str,
        tiers: tuple[TierRates, ...],
        valid_from_ns: int,
        valid_until_ns: int,
        digest: str,
        fact_ids: tuple[str, ...],
        flags: tuple[str, ...],
        stale_from_ns: int = NEVER_NS,
        held_from_ns: int = NEVER_NS,
    ) -> None:
        self.model = model
        """The model whose price it is, after aliases."""
        self.currency = currency
        self.tiers = tiers
        self.valid_from_ns = valid_from_ns
        self.valid_until_ns = valid_until_ns
        self.digest = digest
        """Sixteen hexadecimal digits of the SHA-256 of the facts in `fact_ids`."""
        self.fact_ids = fact_ids
        self.flags = flags
        """`holiday_unknown`, `scope_unknown`: priced as the dearer case; `list_price`: without a discount."""
        self.stale_from_ns = stale_from_ns
        """From this instant on one of its facts is stale, and from `held_from_ns` on one is held."""
        self.held_from_ns = held_from_ns
        self.plain_until_ns = min(valid_until_ns, stale_from_ns, held_from_ns)
        """What ends before this instant has `note`; anything else asks `note_of`."""
        self.note = join_words(flags)
        self._stale_note = join_words((STALE_PRICE, *flags))
        self._held_note = join_words((HELD_PRICE, *flags))
        scale = lcm(*(rate.nano.denominator for tier in tiers for rate in tier.stated()))
        self._denominator = scale * TOKENS_PER_PRICE_UNIT
        self._scaled = tuple(_scaled(tier, scale) for tier in tiers) if currency == PAYABLE_CURRENCY else ()
        # One tier without a bound, as most models have, needs no search.
        alone = len(self._scaled) == 1 and self._scaled[0].input_tokens_max is None
        self._only = self._scaled[0] if alone else None

    def __repr__(self) -> str:
        return f"<Tariff {self.model} {self.currency} {self.digest} {' '.join(self.fact_ids)}>"

    def cost_nanousd(self, usage: Usage, thinking: bool) -> int | None:
        """The cost, rounded half-even once; None where a price it needs is unknown (`unknown_reason`)."""
        rates = self._only or self._tier(usage.input_tokens)
        if rates is None:
            return None
        hits = usage.cache_hit_tokens
        writes = usage.cache_write_tokens
        plain = usage.input_tokens - hits - writes
        if plain < 0:
            return None
        total = plain * rates.input
        total += usage.output_tokens * (rates.output_thinking if thinking else rates.output)
        if hits:
            hit_rate = rates.hit_explicit if usage.explicit_cache else rates.hit_implicit
            if hit_rate is None:
                return None
            total += hits * hit_rate
        if writes:
            if rates.write is None:
                return None
            total += writes * rates.write
        return round_half_even_div(total, self._denominator)

    def note_of(self, started_ns: int, ended_ns: int) -> str | None:
        """What to know about the cost of what began and ended at these instants: words joined by commas, or None."""
        note = self.note
        if started_ns >= self.held_from_ns:
            note = self._held_note
        elif started_ns >= self.stale_from_ns:
            note = self._stale_note
        if ended_ns < self.valid_until_ns:
            return note
        return STRADDLES_WINDOW if note is None else STRADDLES_WINDOW + SEPARATOR + note

    def unknown_reason(self, usage: Usage) -> str | None:
        """Why `cost_nanousd` is None for this usage, as a stable word; None where it is known."""
        if not self._scaled:
            return f"currency_{self.currency.lower()}"
        rates = self._tier(usage.input_tokens)
        if rates is None:
            return "input_over_last_tier"
        if usage.cache_hit_tokens + usage.cache_write_tokens > usage.input_tokens:
            return "parts_exceed_whole"
        hit_rate = rates.hit_explicit if usage.explicit_cache else rates.hit_implicit
        if usage.cache_hit_tokens and hit_rate is None:
            return "cache_hit_price_unknown"
        if usage.cache_write_tokens and rates.write is None:
            return "cache_write_price_unknown"
        return None

    def cost_bound_nanousd(self, input_tokens_max: int, output_tokens_max: int) -> int | None:
        """The most that so many tokens can cost: in any tier they reach, cached or not, thinking or not.

        Input above the last tier's bound is taken at that tier's prices. None where the currency isn't USD.
        """
        worst: int | None = None
        for rates in self._scaled:
            dearest_output = max(rates.output, rates.output_thinking)
            total = input_tokens_max * rates.dearest_input + output_tokens_max * dearest_output
            worst = total if worst is None else max(worst, total)
            if rates.input_tokens_max is not None and input_tokens_max <= rates.input_tokens_max:
                break
        return None if worst is None else round_half_even_div(worst, self._denominator)

    def itemise(self, usage: Usage, thinking: bool) -> Cost:
        """The bill behind `cost_nanousd`, line by line; lines without tokens are left out."""
        cost = self.cost_nanousd(usage, thinking)
        lines = tuple(line for line in self._lines(usage, thinking) if line.tokens > 0)
        reason = self.unknown_reason(usage)
        assert (cost is None) == (reason is not None)
        return Cost(lines, self.currency, cost, reason, self.flags, self.digest)

    def _lines(self, usage: Usage, thinking: bool) -> tuple[CostLine, ...]:
        tier = next((tier for tier in self.tiers if _bills(tier.input_tokens_max, usage.input_tokens)), None)
        if tier is None:
            return ()
        plain = usage.input_tokens - usage.cache_hit_tokens - usage.cache_write_tokens
        hit = ("cache_hit", tier.hit_implicit)
        if usage.explicit_cache:
            hit = ("cache_hit_explicit", tier.hit_explicit)
        output = ("output", tier.output)
        if thinking and tier.output_thinking is not None:
            output = ("output_thinking", tier.output_thinking)
        return (
            _line("input", plain, tier.input),
            _line(hit[0], usage.cache_hit_tokens, hit[1]),
            _line("cache_write", usage.cache_write_tokens, tier.write),
            _line(output[0], usage.output_tokens, output[1]),
        )

    def _tier(self, input_tokens: int) -> _Scaled | None:
        for rates in self._scaled:
            if _bills(rates.input_tokens_max, input_tokens):
                return rates
        return None


def _bills(input_tokens_max: int | None, input_tokens: int) -> bool:
    return input_tokens_max is None or input_tokens <= input_tokens_max


def _line(label: str, tokens: int, rate: Rate | None) -> CostLine:
    if rate is None:
        return CostLine(label, tokens, None, None, ())
    return CostLine(label, tokens, rate.nano, rate.nano * tokens / TOKENS_PER_PRICE_UNIT, rate.fact_ids)


def _scaled(tier: TierRates, scale: int) -> _Scaled:
    """Every rate times the scale is whole, because the scale is a multiple of each denominator."""
    inputs = (tier.input, tier.hit_implicit, tier.hit_explicit, tier.write)
    return _Scaled(
        input=_whole(tier.input, scale),
        output=_whole(tier.output, scale),
        output_thinking=_whole(tier.output_thinking or tier.output, scale),
        hit_implicit=None if tier.hit_implicit is None else _whole(tier.hit_implicit, scale),
        hit_explicit=None if tier.hit_explicit is None else _whole(tier.hit_explicit, scale),
        write=None if tier.write is None else _whole(tier.write, scale),
        dearest_input=max(_whole(rate, scale) for rate in inputs if rate is not None),
        input_tokens_max=tier.input_tokens_max,
    )


def _whole(rate: Rate, scale: int) -> int:
    scaled = rate.nano * scale
    assert scaled.denominator == 1
    return scaled.numerator
