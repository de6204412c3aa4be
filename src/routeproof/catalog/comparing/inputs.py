"""The inputs of a workload that may decide which route is cheapest: what each is, and a workload with another."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from routeproof.catalog.comparing.comparison import Offer
from routeproof.catalog.comparing.week import Phase, Spread
from routeproof.catalog.comparing.workload import Load

TIMES_MAX: Final = 10
"""Token counts are looked at from nothing, or a tenth, up to so many times what they are."""


class Input(StrEnum):
    """What may decide. Shares are of one."""

    CACHE_SHARE = "cache_share"
    """Of the input tokens."""
    PEAK_SHARE = "peak_share"
    """Of the requests: those at hours that are peak for any of the routes."""
    THINKING_SHARE = "thinking_share"
    """Of the output tokens."""
    OUTPUT_TOKENS = "output_tokens"
    """Per request, over all types alike."""
    INPUT_TOKENS = "input_tokens"
    """Per request, over all types alike; tiers follow."""


SHARES: Final = frozenset((Input.CACHE_SHARE, Input.PEAK_SHARE, Input.THINKING_SHARE))


class Scene(msgspec.Struct, frozen=True):
    """A workload spread over the week's phases."""

    spreads: tuple[Spread, ...]
    phases: tuple[Phase, ...]

    @property
    def requests(self) -> int:
        """Of all loads."""
        return sum(spread.load.requests for spread in self.spreads)


def value_of(scene: Scene, of: Input) -> Fraction | None:
    """An input as it is; None where the workload or the routes have nothing that it could change."""
    loads = [spread.load for spread in scene.spreads]
    inputs, outputs = _sum(load.input_tokens for load in loads), _sum(load.output_tokens for load in loads)
    match of:
        case Input.CACHE_SHARE:
            return _sum(load.hit_tokens for load in loads) / inputs
        case Input.PEAK_SHARE:
            peaks = {phase.peak for phase in scene.phases}
            return _peak_share(scene) if len(peaks) == 2 else None
        case Input.THINKING_SHARE:
            return _sum(load.thinking * load.output_tokens for load in loads) / outputs if outputs else None
        case Input.OUTPUT_TOKENS:
            return outputs / scene.requests if outputs else None
        case Input.INPUT_TOKENS:
            return inputs / scene.requests


def range_of(scene: Scene, of: Input, value: Fraction) -> tuple[Fraction, Fraction]:
    """The least and the greatest value that is looked at."""
    if of is Input.CACHE_SHARE:
        loads = [spread.load for spread in scene.spreads]
        return Fraction(0), 1 - _sum(load.write_tokens for load in loads) / _sum(load.input_tokens for load in loads)
    if of in SHARES:
        return Fraction(0), Fraction(1)
    return (value / TIMES_MAX if of is Input.INPUT_TOKENS else Fraction(0)), value * TIMES_MAX


def breaks_of(scene: Scene, of: Input, value: Fraction, offers: Sequence[Offer]) -> Iterator[Fraction]:
    """Where the cost as a function of the input has a corner or a step: between two of them it is a straight line."""
    yield value
    if of is Input.INPUT_TOKENS:
        bounds = {tier.input_tokens_max for offer in offers for tariff in offer.tariffs for tier in tariff.tiers}
        for spread in scene.spreads:
            for bound in bounds:
                if bound is not None:
                    yield value * bound / spread.load.input_tokens_each


def moved(scene: Scene, of: Input, value: Fraction) -> tuple[Spread, ...]:
    """The same workload with another value of one input, all other things equal.

    A share that falls shrinks everywhere by one factor; one that rises takes the same part of what is left everywhere.
    """
    if of is Input.PEAK_SHARE:
        return _with_peak_share(scene, value)
    before = value_of(scene, of)
    assert before is not None
    greatest = range_of(scene, of, before)[1]
    return tuple(
        msgspec.structs.replace(spread, load=_with(spread.load, of, before, value, greatest))
        for spread in scene.spreads
    )


def _with(load: Load, of: Input, before: Fraction, value: Fraction, greatest: Fraction) -> Load:
    replace = msgspec.structs.replace
    match of:
        case Input.CACHE_SHARE:
            room = load.input_tokens - load.write_tokens
            return replace(load, hit_tokens=_shifted(load.hit_tokens, room, before, value, greatest))
        case Input.THINKING_SHARE:
            return replace(load, thinking=_shifted(load.thinking, Fraction(1), before, value, greatest))
        case Input.OUTPUT_TOKENS:
            return replace(load, output_tokens=load.output_tokens * value / before)
        case _:
            factor = value / before
            return replace(
                load,
                input_tokens_each=load.input_tokens_each * factor,
                input_tokens=load.input_tokens * factor,
                hit_tokens=load.hit_tokens * factor,
                write_tokens=load.write_tokens * factor,
            )


def _shifted(part: Fraction, room: Fraction, before: Fraction, value: Fraction, greatest: Fraction) -> Fraction:
    """A part of `room` when the share of all parts goes from one value to another."""
    if value <= before:
        return part * value / before if before else part
    return part + (room - part) * (value - before) / (greatest - before)


def _with_peak_share(scene: Scene, value: Fraction) -> tuple[Spread, ...]:
    before = _peak_share(scene)
    return tuple(Spread(spread.load, _with_peak(spread, scene.phases, before, value)) for spread in scene.spreads)


def _with_peak(spread: Spread, phases: Sequence[Phase], before: Fraction, value: Fraction) -> tuple[Fraction, ...]:
    peak = _sum(weight for phase, weight in zip(phases, spread.weights, strict=True) if phase.peak)
    wanted = _shifted(peak, Fraction(1), before, value, Fraction(1))
    return tuple(
        within * (wanted if phase.peak else 1 - wanted)
        for phase, within in zip(phases, _within(spread, phases, peak), strict=True)
    )


def _within(spread: Spread, phases: Sequence[Phase], peak: Fraction) -> Iterator[Fraction]:
    """Each phase's share of the peak, or else of the other hours: by the load's requests, else by its duration."""
    duration = [Fraction(sum(part_ns for _, part_ns in phase.hours_ns)) for phase in phases]
    for at, phase in enumerate(phases):
        whole = peak if phase.peak else 1 - peak
        if whole:
            yield spread.weights[at] / whole
        else:
            alike = _sum(part for other, part in zip(phases, duration, strict=True) if other.peak == phase.peak)
            yield duration[at] / alike


def _peak_share(scene: Scene) -> Fraction:
    at_peak = _sum(
        spread.load.requests * weight
        for spread in scene.spreads
        for phase, weight in zip(scene.phases, spread.weights, strict=True)
        if phase.peak
    )
    return at_peak / scene.requests


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
