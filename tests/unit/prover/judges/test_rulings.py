"""`prover/judges/rulings.py`: what a result shows of many findings."""

from tests.support.sample_evidence import PLAN, observations_of

from routeproof.prover.judges.rulings import SHOWN_MAX, Trouble, failed

SEEN = observations_of(PLAN)


def shown(*words: str) -> tuple[tuple[str, ...], list[str]]:
    """The failures of a result with these findings, and the excerpts of its exhibits."""
    troubles = [Trouble(observation=SEEN[0], words=one, excerpt=f"{one} {place}") for place, one in enumerate(words)]
    result = failed(PLAN.checks[0], SEEN, troubles)
    assert result.summary.startswith(f"{len(words)} finding")
    return result.failures, [one.excerpt for one in result.exhibits]


def test_every_kind_is_shown_before_one_is_shown_again() -> None:
    """However often the first kind comes, none hides behind it; and what is left are more bytes, not more kinds."""
    failures, excerpts = shown(*["a"] * 20, "b", "c")

    assert failures == ("a", "b", "c")
    assert excerpts == ["a 0", "b 20", "c 21", "a 1", "a 2", "a 3", "a 4", "a 5"]


def test_kinds_without_room_are_counted() -> None:
    """So that nobody takes what is shown for all there is."""
    kinds = [f"kind {place}" for place in range(SHOWN_MAX + 2)]

    failures, excerpts = shown(*kinds, *kinds)
    assert failures == (*kinds[:SHOWN_MAX], "and 2 more")
    assert len(excerpts) == SHOWN_MAX
