"""The inputs of a workload: what each is, and a workload with another value of one and all else equal."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.tariffs import load, scene_of, tariff, tier, week

from routeproof.catalog.comparing.inputs import Input, Scene, moved, range_of, value_of
from routeproof.catalog.comparing.week import Phase
from routeproof.catalog.comparing.workload import HOURS_OF_WEEK, Load

PHASES: tuple[Phase, ...] = week([[tariff(digest="p"), tariff(tier(7, 7), digest="o")]], peak_hours=42)
shares = st.fractions(0, 1, max_denominator=50)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """One to three loads; parts never exceed their whole."""
    some: list[Load] = []
    for _ in range(draw(st.integers(1, 3))):
        plain, hits, writes = draw(st.integers(1, 900)), draw(st.integers(0, 900)), draw(st.integers(0, 90))
        weights = draw(st.lists(st.integers(0, 3), min_size=HOURS_OF_WEEK - 1, max_size=HOURS_OF_WEEK - 1))
        some.append(
            load(
                draw(st.integers(1, 50)),
                plain + hits + writes,
                draw(st.integers(1, 900)),
                hits_each=hits,
                writes_each=writes,
                thinking=draw(shares),
                hours=(*weights, 1),
            )
        )
    return scene_of(some, PHASES)


@given(scenes(), st.sampled_from(Input), shares)
def test_a_moved_workload_has_the_value_and_stays_possible(scene: Scene, of: Input, part: Fraction) -> None:
    """Anywhere in the range: parts within their wholes, weights that add up to one, as many requests as before."""
    before = value_of(scene, of)
    assert before is not None
    low, high = range_of(scene, of, before)
    value = low + (high - low) * part
    if of is Input.OUTPUT_TOKENS and not value:
        return  # without output there is nothing to read the value back from
    after = Scene(moved(scene, of, value), PHASES)

    assert value_of(after, of) == value
    assert after.requests == scene.requests
    for spread in after.spreads:
        one = spread.load
        assert sum(spread.weights) == 1
        assert min(*spread.weights, one.hit_tokens, one.write_tokens, one.plain_tokens, one.output_tokens) >= 0
        assert 0 <= one.thinking <= 1


@given(scenes(), st.sampled_from(Input))
def test_a_workload_that_is_not_moved_is_the_same(scene: Scene, of: Input) -> None:
    """To the last digit."""
    before = value_of(scene, of)
    assert before is not None

    assert moved(scene, of, before) == scene.spreads


@given(scenes(), st.sampled_from(Input), shares)
def test_only_the_one_input_moves(scene: Scene, of: Input, part: Fraction) -> None:
    """Every other has the value that it had; shares of tokens keep with the tokens."""
    before = value_of(scene, of)
    assert before is not None
    low, high = range_of(scene, of, before)
    after = Scene(moved(scene, of, low + (high - low) * (part + 1) / 2), PHASES)

    others = [other for other in Input if other is not of]
    assert [value_of(after, other) for other in others] == [value_of(scene, other) for other in others]


def test_shares_fall_and_rise_alike_everywhere() -> None:
    """Half of the share is half everywhere; half of what is left is taken everywhere."""
    scene = scene_of([load(1, 100, hits_each=40), load(1, 100)], PHASES)

    assert [spread.load.hit_tokens for spread in moved(scene, Input.CACHE_SHARE, Fraction(1, 10))] == [20, 0]
    assert [spread.load.hit_tokens for spread in moved(scene, Input.CACHE_SHARE, Fraction(6, 10))] == [70, 50]


def test_what_was_written_can_not_be_a_hit() -> None:
    """So the share's range ends below one."""
    scene = scene_of([load(1, 100, hits_each=10, writes_each=25)], PHASES)

    assert range_of(scene, Input.CACHE_SHARE, Fraction(1, 10)) == (0, Fraction(3, 4))


@pytest.mark.parametrize("peak_hours", [0, HOURS_OF_WEEK])
def test_without_peak_and_other_hours_there_is_no_peak_share(peak_hours: int) -> None:
    """It could not move."""
    phases = week([[tariff(digest="p"), tariff(digest="o")]], peak_hours)
    phases = tuple(phase for phase in phases if phase.hours_ns)

    assert value_of(scene_of([load()], phases), Input.PEAK_SHARE) is None


def test_without_output_nothing_is_said_about_output() -> None:
    """Nor about thinking."""
    scene = scene_of([load(output_each=0)], PHASES)

    assert value_of(scene, Input.OUTPUT_TOKENS) is None
    assert value_of(scene, Input.THINKING_SHARE) is None
