"""Results: what is judged, what follows, and excerpts."""

from tests.support.sample_evidence import PLAN, observations_of, run_of

from routeproof.evidence.results import EXCERPT_CHARACTERS_MAX, excerpt_of, facets_of, judged, observations_for
from routeproof.evidence.verdicts import Facet, Verdict


def test_a_check_gets_the_observations_of_its_cases_in_the_plans_order() -> None:
    """Whatever order they were made in."""
    shuffled = observations_of(PLAN)[::-1]

    assert [one.id for one in observations_for(PLAN, "J01", shuffled)] == [
        f"object/{trial}/1/direct" for trial in range(1, 5)
    ]
    assert len(observations_for(PLAN, "R04", shuffled)) == 6


def test_a_planned_check_without_a_result_is_an_error() -> None:
    """So no facet passes for want of a result."""
    results = run_of(PLAN, observations_of(PLAN)).results[:1]

    assert {one.check: one.verdict for one in judged(PLAN, results)} == {"R04": Verdict.PASS, "J01": Verdict.ERROR}
    assert {one.facet: one.verdict for one in facets_of(PLAN, results)} == {
        Facet.ROUTE: Verdict.PASS,
        Facet.JSON: Verdict.ERROR,
    }


def test_an_excerpt_can_always_be_written() -> None:
    """Bytes that are no text show as escapes, and it has an end."""
    assert excerpt_of(b"abc\xff\x00", 2) == "c\\xff\x00"
    assert len(excerpt_of(b"\xff" * 5_000)) == EXCERPT_CHARACTERS_MAX
