"""What would change which route is cheapest: for each input of a workload the nearest value at which another is."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import msgspec

from routeproof.catalog.comparing.comparison import Offer, Unknown, cost_of
from routeproof.catalog.comparing.inputs import SHARES, Input, Scene, breaks_of, moved, range_of, value_of


class Flip(msgspec.Struct, frozen=True):
    """Where another route becomes the cheapest."""

    threshold: Fraction
    rises: bool
    """The input has to rise to get there; else to fall."""
    included: bool
    """The other is cheaper at the threshold itself; else only beyond it."""
    route: str


class Reach(msgspec.Struct, frozen=True):
    """One input: what it is, how far it was looked at, and the nearest flip to each side."""

    input: Input
    value: Fraction
    low: Fraction
    high: Fraction
    """Not as far as the range goes where the cheapest route's price becomes unknown on the way."""
    below: Flip | None
    above: Flip | None


class _Line(msgspec.Struct, frozen=True):
    """A route's cost between two breaks, as a straight line."""

    route: str
    at_start: Fraction
    slope: Fraction

    def at(self, distance: Fraction) -> Fraction:
        return self.at_start + self.slope * distance


def cheapest(costs: Iterable[tuple[str, Fraction | Unknown]]) -> str | None:
    """The route of the least known cost, the first of several; None where none is known."""
    known = [(cost, at, route) for at, (route, cost) in enumerate(costs) if not isinstance(cost, Unknown)]
    return min(known)[2] if known else None


def sensitivity(scene: Scene, offers: Sequence[Offer]) -> tuple[Reach, ...]:
    """Every input that the workload has, with its flips; none where fewer than two routes have a known cost.

    A route of unknown cost takes no part, even where another value of an input would make its cost known.
    """
    known = [offer for offer in offers if not isinstance(cost_of(offer, scene.spreads), Unknown)]
    if len(known) < 2:
        return ()
    return tuple(
        _reach(scene, known, of, value) for of in Input for value in (value_of(scene, of),) if value is not None
    )


def nearest(reaches: Iterable[Reach]) -> tuple[Reach, Flip] | None:
    """The input that decides: the one with the flip that is the least change; None where nothing flips.

    Shares are measured in points of one, counts of tokens by how many times they are what they were.
    """
    flips = [(reach, flip) for reach in reaches for flip in (reach.below, reach.above) if flip is not None]
    return min(flips, key=lambda pair: _distance(*pair), default=None)


def _distance(reach: Reach, flip: Flip) -> Fraction:
    change = abs(flip.threshold - reach.value)
    return change if reach.input in SHARES else change / reach.value


def _reach(scene: Scene, offers: Sequence[Offer], of: Input, value: Fraction) -> Reach:
    low, high = range_of(scene, of, value)
    breaks = sorted({low, high, *(at for at in breaks_of(scene, of, value, offers) if low < at < high)})
    best = cheapest((offer.route, cost_of(offer, scene.spreads)) for offer in offers)
    assert best is not None
    upwards = [(start, end) for start, end in pairwise(breaks) if start >= value]
    downwards = [(end, start) for start, end in pairwise(breaks) if end <= value]
    reached_high, above = _walk(scene, offers, of, best, upwards, value)
    reached_low, below = _walk(scene, offers, of, best, downwards[::-1], value)
    return Reach(of, value, reached_low, reached_high, below, above)


def _walk(
    scene: Scene,
    offers: Sequence[Offer],
    of: Input,
    best: str,
    stretches: Sequence[tuple[Fraction, Fraction]],
    value: Fraction,
) -> tuple[Fraction, Flip | None]:
    """How far was looked from the value on, and the first flip on the way."""
    reached = value
    for start, end in stretches:
        lines = list(_lines(scene, offers, of, start, end))
        ours = next((line for line in lines if line.route == best), None)
        if ours is None:
            break
        found = _first_flip(ours, lines, abs(end - start))
        if found is not None:
            distance, route = found
            rises = end > start
            threshold = start + distance if rises else start - distance
            # A tier's bound is in the lower tier: who comes down to it meets the step there, who goes up only beyond.
            included = not rises and distance == 0 and _at(scene, offers, of, threshold) not in {best, None}
            return threshold, Flip(threshold, rises, included, route)
        reached = end
    return reached, None


def _lines(scene: Scene, offers: Sequence[Offer], of: Input, start: Fraction, end: Fraction) -> Iterator[_Line]:
    """The known costs between two breaks, as seen from the start; two points in between make each line."""
    near, far = start + (end - start) / 3, start + (end - start) * 2 / 3
    first, second = moved(scene, of, near), moved(scene, of, far)
    step = abs(far - near)
    for offer in offers:
        one, two = cost_of(offer, first), cost_of(offer, second)
        if not isinstance(one, Unknown) and not isinstance(two, Unknown):
            yield _Line(offer.route, 2 * one - two, (two - one) / step)


def _first_flip(ours: _Line, lines: Sequence[_Line], length: Fraction) -> tuple[Fraction, str] | None:
    """The least distance from the start beyond which another is cheaper, and which one is the cheapest there."""
    crossings = [distance for line in lines if (distance := _crossing(ours, line)) is not None and distance < length]
    if not crossings:
        return None
    distance = min(crossings)
    return distance, min((line.at(distance), line.slope, at, line.route) for at, line in enumerate(lines))[3]


def _crossing(ours: _Line, other: _Line) -> Fraction | None:
    """The distance beyond which the other is cheaper; None where it never is."""
    ahead = other.at_start - ours.at_start
    gain = ours.slope - other.slope
    if ahead < 0:
        return Fraction(0)
    return ahead / gain if gain > 0 else None


def _at(scene: Scene, offers: Sequence[Offer], of: Input, value: Fraction) -> str | None:
    spreads = moved(scene, of, value)
    return cheapest((offer.route, cost_of(offer, spreads)) for offer in offers)
