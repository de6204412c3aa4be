"""A name's life: spans without a gap, retirements, successors, to the nanosecond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.alias_facts import alias

from routeproof.catalog.alias_life import AliasLife, NameLives, NameState
from routeproof.catalog.aliases import follow
from routeproof.catalog.kinds import AliasFact
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts

MODEL, ALIAS, RETIRED = NameState.MODEL, NameState.ALIAS, NameState.RETIRED
HISTORY = (
    alias("old", "new", 10, 20, thinking=False),
    alias("old", "new", 20, 40, retired=True),
    alias("old", "newest", 40),
    alias("new", "newest", 30),
)
SHIPPED = NameLives([fact for fact in load_facts().aliases if fact.subject.family == "deepseek"])
RETIREMENT_NS = parse_instant("2026-07-24T15:59:00Z")


@pytest.mark.parametrize(
    ("at", "state", "stands_for", "successor", "retired"),
    [
        (9, MODEL, "old", None, None),
        (10, ALIAS, "new", None, None),
        (19, ALIAS, "new", None, None),
        (20, RETIRED, None, "new", 20),
        (29, RETIRED, None, "new", 20),
        (30, RETIRED, None, "newest", 20),
        (39, RETIRED, None, "newest", 20),
        (40, ALIAS, "newest", "newest", None),
    ],
)
def test_both_sides_of_every_edge(
    at: int, state: NameState, stands_for: str | None, successor: str | None, retired: int | None
) -> None:
    """What begins at an instant holds at it, what ends there does not; a successor is followed to who answers."""
    span = AliasLife(HISTORY, "old").at(at)

    assert (span.state, span.stands_for, span.successor, span.retired_ns) == (state, stands_for, successor, retired)


def test_spans_name_their_facts_and_their_ends() -> None:
    """Since when, until when, and who says so."""
    spans = AliasLife(HISTORY, "old").spans

    assert [(span.from_ns, span.until_ns) for span in spans] == [(None, 10), (10, 20), (20, 30), (30, 40), (40, None)]
    assert [span.fact_ids for span in spans] == [
        (),
        ("old>new@10",),
        ("old>new@20",),
        ("old>new@20",),
        ("old>newest@40",),
    ]


def test_what_changes_nothing_makes_no_edge() -> None:
    """A fact that goes on where another ended is one span, with both as its ground."""
    life = AliasLife((alias("old", "new", 10, 20), alias("old", "new", 20, 30)), "old")

    assert [(span.from_ns, span.until_ns) for span in life.spans] == [(None, 10), (10, 30), (30, None)]
    assert life.at(15).fact_ids == ("old>new@10", "old>new@20")


def test_the_next_retirement_is_strictly_later() -> None:
    """At the instant itself it is no longer to come."""
    life = AliasLife(HISTORY, "old")

    assert life.retirements_ns == (20,)
    assert (life.next_retirement_ns(19), life.next_retirement_ns(20)) == (20, None)


def test_a_name_can_be_retired_twice() -> None:
    """Each time is a retirement of its own, with its own successor."""
    life = AliasLife((alias("x", "a", 10, 20, retired=True), alias("x", "b", 30, retired=True)), "x")

    assert life.retirements_ns == (10, 30)
    assert [life.at(at).successor for at in (10, 20, 30)] == ["a", "a", "b"]


def test_a_name_goes_with_what_it_stands_for() -> None:
    """Where that is retired, so is the name, with the same successor."""
    life = AliasLife((alias("x", "y", 0), alias("y", "z", 10, retired=True)), "x")

    assert (life.at(9).state, life.at(10).state) == (ALIAS, RETIRED)
    assert (life.at(10).successor, life.retirements_ns) == ("z", (10,))


def test_what_a_name_implies_about_thinking_outlives_the_fact_that_says_so() -> None:
    """The last fact that says anything counts; a name of which none does implies nothing."""
    assert AliasLife(HISTORY, "old").thinking is False
    assert AliasLife(HISTORY, "new").thinking is None


def test_a_name_without_facts_stands_for_itself() -> None:
    """Always."""
    names = NameLives(HISTORY)

    assert not names.life("other").known
    assert [span.stands_for for span in names.life("other").spans] == ["other"]
    assert names.names() == ["new", "old"]
    assert (names.family, NameLives(()).family) == ("acme", None)
    assert names.life("old") is names.life("old")


@pytest.mark.parametrize(
    ("name", "thinking", "back", "as_whom"),
    [
        ("deepseek-chat", False, "2026-08-10T19:22:57Z", "deepseek-v4-flash"),
        ("deepseek-reasoner", True, "2026-10-06T00:00:00Z", "deepseek-flash"),
    ],
)
def test_the_shipped_names_of_july(name: str, thinking: bool, back: str, as_whom: str) -> None:
    """Retired at 15:59 UTC on 24 July 2026, named v4-flash as the successor, and seen to answer again later."""
    life = SHIPPED.life(name)
    before, after = life.at(RETIREMENT_NS - 1), life.at(RETIREMENT_NS)
    back_ns = parse_instant(back)

    assert (before.state, before.stands_for) == (ALIAS, "deepseek-v4-flash")
    assert (after.state, after.successor) == (RETIRED, "deepseek-v4-flash")
    assert (life.at(back_ns - 1).state, life.at(back_ns).stands_for) == (RETIRED, as_whom)
    assert life.thinking is thinking


@st.composite
def histories(draw: st.DrawFn) -> tuple[AliasFact, ...]:
    """Facts about three names, without a circle and without two of one name at once."""
    facts = []
    for name, targets in (("a", "bc"), ("b", "c")):
        edges = sorted(draw(st.sets(st.integers(0, 60), min_size=0, max_size=6)))
        facts += [
            alias(name, draw(st.sampled_from(targets)), begins, ends, retired=draw(st.booleans()))
            for begins, ends in zip(edges[::2], edges[1::2], strict=False)
        ]
    return tuple(facts)


@given(histories(), st.integers(-1, 61))
def test_the_spans_say_what_following_the_facts_says(facts: tuple[AliasFact, ...], at: int) -> None:
    """At every instant; spans follow each other without a gap and without repeating themselves."""
    life = AliasLife(facts, "a")
    span = life.at(at)

    assert span.stands_for == follow(facts, "a", at)[0]
    assert (span.state is RETIRED) == (span.stands_for is None) == (span.retired_ns is not None)
    assert [each.until_ns for each in life.spans] == [*(each.from_ns for each in life.spans[1:]), None]
    assert all(before[2:5] != after[2:5] for before, after in zip(*_neighbours(life), strict=True))
    if span.retired_ns is not None:
        assert span.retired_ns in life.retirements_ns
        assert all(life.at(instant).state is RETIRED for instant in range(span.retired_ns, at))
        assert life.at(span.retired_ns - 1).state is not RETIRED


def _neighbours(life: AliasLife) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    told: list[tuple[object, ...]] = [
        (each.from_ns, each.until_ns, each.state, each.stands_for, each.successor) for each in life.spans
    ]
    return told[:-1], told[1:]
