"""Medians over rounds. What is compared was measured in the same round: machines drift between rounds."""

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Literal

import msgspec

Comparison = Literal["ratio", "difference"]


class Sample(msgspec.Struct, frozen=True):
    """What one measurement gave."""

    round: int
    scenario: str
    target: str
    figures: dict[str, float]


class Spread(msgspec.Struct, frozen=True):
    """A figure over the rounds."""

    median: float
    least: float
    most: float
    rounds: int


def by_round(samples: Iterable[Sample], scenario: str, target: str, key: str) -> dict[int, float]:
    """One figure of one target in each round that has it."""
    return {
        sample.round: sample.figures[key]
        for sample in samples
        if sample.scenario == scenario and sample.target == target and key in sample.figures
    }


def spread(values: Mapping[int, float]) -> Spread | None:
    """Median and extremes; None where nothing was measured."""
    if not values:
        return None
    return Spread(median(values.values()), min(values.values()), max(values.values()), len(values))


def compared(values: Mapping[int, float], base: Mapping[int, float], comparison: Comparison) -> dict[int, float]:
    """Round by round, `values` over or minus `base`; rounds that lack either, or divide by zero, are left out."""
    common = values.keys() & base.keys()
    if comparison == "difference":
        return {number: values[number] - base[number] for number in sorted(common)}
    return {number: values[number] / base[number] for number in sorted(common) if base[number] != 0}
