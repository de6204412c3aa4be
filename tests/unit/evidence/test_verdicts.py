"""Verdicts join as the worst of the blockers, per facet."""

from itertools import permutations

import pytest

from routeproof.evidence.verdicts import (
    Facet,
    FacetVerdict,
    Judged,
    Severity,
    Verdict,
    exit_code,
    facet_of,
    facet_verdicts,
    overall,
    worst,
)

PASS, FAIL, INCONCLUSIVE, ERROR, SKIP = Verdict


def facets(*judged: Judged) -> dict[Facet, FacetVerdict]:
    """By facet."""
    return {one.facet: one for one in facet_verdicts(judged)}


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((PASS, SKIP), PASS),
        ((PASS, INCONCLUSIVE), INCONCLUSIVE),
        ((INCONCLUSIVE, ERROR), ERROR),
        ((PASS, ERROR, FAIL, INCONCLUSIVE, SKIP), FAIL),
        ((SKIP,), SKIP),
        ((), ERROR),
    ],
)
def test_the_worst_verdict_counts(verdicts: tuple[Verdict, ...], expected: Verdict) -> None:
    """In whatever order they come; of none at all nothing is shown."""
    assert {worst(order) for order in permutations(verdicts)} == {expected}


def test_a_facet_has_the_worst_verdict_of_its_blockers() -> None:
    """And names who decided it."""
    found = facets(
        Judged("S01", Severity.B, Facet.STREAM, PASS),
        Judged("S02", Severity.B, Facet.STREAM, FAIL),
        Judged("T01", Severity.B, Facet.TOOLS, PASS),
    )

    assert (found[Facet.STREAM].verdict, found[Facet.STREAM].decided_by) == (FAIL, ("S02",))
    assert (found[Facet.TOOLS].verdict, found[Facet.TOOLS].decided_by) == (PASS, ())


@pytest.mark.parametrize("severity", [Severity.W, Severity.D])
def test_what_does_not_block_does_not_decide(severity: Severity) -> None:
    """A facet that only such checks looked at has no verdict: it is not proven."""
    assert facets(Judged("U12", severity, Facet.CHAT, FAIL)) == {}
    assert overall([Judged("U12", severity, Facet.CHAT, FAIL), Judged("P01", Severity.B, Facet.CHAT, PASS)]) is PASS


def test_a_check_of_severity_m_holds_up_canary_and_not_shadow() -> None:
    """Both verdicts are kept."""
    chat = facets(
        Judged("P01", Severity.B, Facet.CHAT, PASS),
        Judged("P04", Severity.M, Facet.CHAT, FAIL),
    )[Facet.CHAT]

    assert (chat.verdict, chat.to_shadow) == (FAIL, PASS)


def test_a_facet_without_a_strict_blocker_goes_by_the_others() -> None:
    """Nothing else speaks for it."""
    reasoning = facets(Judged("K01", Severity.M, Facet.REASONING, INCONCLUSIVE))[Facet.REASONING]

    assert (reasoning.verdict, reasoning.to_shadow) == (INCONCLUSIVE, INCONCLUSIVE)


def test_what_the_route_fails_no_facet_passes() -> None:
    """A stream of the wrong model is no proven stream."""
    found = facets(
        Judged("R04", Severity.B, Facet.ROUTE, FAIL),
        Judged("S01", Severity.B, Facet.STREAM, PASS),
    )

    assert (found[Facet.STREAM].verdict, found[Facet.STREAM].decided_by) == (FAIL, ("R04",))
    assert found[Facet.ROUTE].verdict is FAIL


def test_a_facet_that_is_declared_absent_stays_skipped() -> None:
    """However well the route does, or badly."""
    for verdict in (PASS, FAIL):
        found = facets(
            Judged("R04", Severity.B, Facet.ROUTE, verdict),
            Judged("T01", Severity.B, Facet.TOOLS, SKIP),
            Judged("T02", Severity.B, Facet.TOOLS, SKIP),
        )
        assert found[Facet.TOOLS].verdict is SKIP


@pytest.mark.parametrize(("verdict", "code"), [(PASS, 0), (FAIL, 1), (INCONCLUSIVE, 2), (ERROR, 2), (SKIP, 2)])
def test_each_verdict_has_its_exit_code(verdict: Verdict, code: int) -> None:
    """Only a pass is a success."""
    assert exit_code(verdict) == code


def test_every_severity_has_plain_words() -> None:
    """Different ones."""
    assert len({severity.plain for severity in Severity}) == len(Severity)


@pytest.mark.parametrize(
    ("check", "facet"),
    [
        ("P01", Facet.CHAT),
        ("S03", Facet.STREAM),
        ("T02", Facet.TOOLS),
        ("J01", Facet.JSON),
        ("K01", Facet.REASONING),
        ("L01", Facet.LONG_CONTEXT),
        ("L03", Facet.CHAT),
        ("R04", Facet.ROUTE),
        ("U01", Facet.ROUTE),
        ("E01", Facet.ROUTE),
        ("M03", Facet.ROUTE),
        ("N02", Facet.ROUTE),
    ],
)
def test_each_family_of_checks_speaks_about_a_facet(check: str, facet: Facet) -> None:
    """Or about the route, which all facets rest on."""
    assert facet_of(check) is facet
