"""What is done with a name, for each policy, on both sides of every edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.alias_facts import alias

from routeproof.catalog.alias_life import NameLives
from routeproof.catalog.alias_policy import NO_CHANGE_NS, Act, AliasPolicy, AliasRule, decide, turn_of

DAY = 86_400 * 10**9
TURN, BACK = 100 * DAY, 120 * DAY
NAMES = NameLives(
    (
        alias("old", "new", 0, TURN),
        alias("old", "new", TURN, BACK, retired=True),
        alias("old", "new", BACK),
        alias("gone", "new", 50 * DAY, retired=True),
    )
)
PASS, WARN, REFUSE, MAP = Act.PASS, Act.WARN, Act.REFUSE, Act.MAP
FOLLOW = AliasRule()
MAPPED = AliasRule(AliasPolicy.MAP, "new")
REFUSED = AliasRule(AliasPolicy.REFUSE)


def act(rule: AliasRule, at: int, name: str = "old") -> Act:
    """What is done with the name at an instant."""
    return decide(NAMES, name, rule, at).act


@pytest.mark.parametrize(
    ("rule", "edge", "before", "after"),
    [
        (FOLLOW, TURN - 30 * DAY, PASS, WARN),
        (FOLLOW, TURN, WARN, REFUSE),
        (FOLLOW, BACK, REFUSE, PASS),
        (REFUSED, TURN - 30 * DAY, PASS, WARN),
        (REFUSED, TURN, WARN, REFUSE),
        (REFUSED, BACK, REFUSE, REFUSE),
        (MAPPED, TURN, WARN, MAP),
        (MAPPED, BACK, MAP, MAP),
        (AliasRule(AliasPolicy.IGNORE), TURN, PASS, PASS),
        (AliasRule(warn_days=1), TURN - DAY, PASS, WARN),
        (AliasRule(warn_days=0), TURN, PASS, REFUSE),
        (AliasRule(AliasPolicy.REFUSE, from_ns=80 * DAY), 80 * DAY, WARN, REFUSE),
        (AliasRule(AliasPolicy.MAP, "new", 80 * DAY), 80 * DAY, WARN, MAP),
        (AliasRule(AliasPolicy.REFUSE, from_ns=110 * DAY), TURN, WARN, REFUSE),
    ],
)
def test_both_sides_of_an_edge(rule: AliasRule, edge: int, before: Act, after: Act) -> None:
    """One nanosecond before, and at that very instant; the windows meet there where something changes."""
    assert (act(rule, edge - 1), act(rule, edge)) == (before, after)
    if before is not after:
        assert decide(NAMES, "old", rule, edge - 1).until_ns == edge == decide(NAMES, "old", rule, edge).from_ns


def test_turn_and_successor_are_named() -> None:
    """The one to come where it is warned of, the past one after it."""
    coming, past = decide(NAMES, "old", FOLLOW, TURN - 1), decide(NAMES, "old", FOLLOW, TURN)

    assert (coming.turn_ns, coming.successor) == (past.turn_ns, past.successor) == (TURN, "new")


def test_without_a_target_the_facts_successor_is_sent() -> None:
    """Also before the retirement, where the operator's instant comes first."""
    rule = AliasRule(AliasPolicy.MAP, from_ns=80 * DAY)

    assert [decide(NAMES, "old", rule, at).successor for at in (80 * DAY, TURN, BACK)] == ["new"] * 3


def test_a_target_that_is_retired_itself_is_not_sent() -> None:
    """The name is refused from then on, and mapped until then."""
    rule = AliasRule(AliasPolicy.MAP, "gone", 40 * DAY)

    assert (act(rule, 50 * DAY - 1), act(rule, 50 * DAY)) == (MAP, REFUSE)
    assert decide(NAMES, "old", rule, 50 * DAY - 1).until_ns == 50 * DAY


def test_a_successor_of_the_facts_that_is_retired_later_is_not_sent() -> None:
    """Its own retirement ends the map."""
    names = NameLives((alias("a", "b", 10, retired=True), alias("b", "c", 20, retired=True)))
    rule = AliasRule(AliasPolicy.MAP)

    assert [decide(names, "a", rule, at).act for at in (9, 10, 19, 20)] == [WARN, MAP, MAP, REFUSE]


def test_a_private_name_is_ended_by_the_operator_alone() -> None:
    """No fact knows it, so its whole life is the rule's."""
    rule = AliasRule(AliasPolicy.REFUSE, from_ns=100 * DAY, warn_days=10)

    assert [act(rule, at, "ours") for at in (90 * DAY - 1, 90 * DAY, 100 * DAY)] == [PASS, WARN, REFUSE]
    assert decide(NAMES, "ours", rule, 100 * DAY).successor is None
    assert decide(NAMES, "ours", FOLLOW, 0).until_ns == NO_CHANGE_NS


def test_the_turn_is_the_earlier_of_fact_and_rule() -> None:
    """And none where neither names one."""
    life = NAMES.life("old")

    assert turn_of(life, AliasRule(AliasPolicy.REFUSE, from_ns=1)) == 1
    assert turn_of(life, AliasRule(AliasPolicy.REFUSE, from_ns=BACK)) == turn_of(life, REFUSED) == TURN
    assert turn_of(NAMES.life("new"), REFUSED) is None


RULES = st.builds(
    AliasRule,
    st.sampled_from(AliasPolicy),
    st.sampled_from([None, "new", "gone"]),
    st.one_of(st.none(), st.integers(0, 130).map(lambda day: day * DAY)),
    st.integers(0, 60),
)


@given(RULES, st.integers(0, 130 * DAY), st.floats(0, 1))
def test_a_decision_holds_for_its_whole_window_and_no_longer(rule: AliasRule, at: int, part: float) -> None:
    """So whoever keeps it never acts on an old one."""
    decision = decide(NAMES, "old", rule, at)
    inside = decision.from_ns + int((min(decision.until_ns, 131 * DAY) - 1 - decision.from_ns) * part)

    assert decision.from_ns <= at < decision.until_ns
    assert decide(NAMES, "old", rule, min(max(inside, decision.from_ns), decision.until_ns - 1)) == decision
