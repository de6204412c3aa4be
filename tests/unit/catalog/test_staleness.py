"""Staleness: when a fact stops being fresh, to the nanosecond, and what that means for all that rests on it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.kinds import AliasFact, AliasState, AnyFact, Confidence, PriceFact, PriceTier, Subject
from routeproof.catalog.staleness import (
    DAY_NS,
    Freshness,
    StalenessPolicies,
    StalenessPolicy,
    age_ns,
    aged,
    ageing_of,
    freshness_of,
    require_quotable,
)
from routeproof.clock import NEVER_NS, parse_instant
from routeproof.errors import FactsHeld

FRESH, STALE, HELD = Freshness
CHECKED_NS = parse_instant("2026-11-01T00:00:00Z")
POLICY = StalenessPolicy(30, 90)
STALE_NS, HELD_NS = CHECKED_NS + 30 * DAY_NS, CHECKED_NS + 90 * DAY_NS
POLICIES = StalenessPolicies(price=POLICY, alias=StalenessPolicy(60, None))


def price(name: str = "acme/m", checked_ns: int = CHECKED_NS, until_ns: int | None = None) -> PriceFact:
    """A price in force since the epoch."""
    return PriceFact(
        id=name,
        effective_from_ns=0,
        effective_until_ns=until_ns,
        source="https://example.com/pricing",
        checked_at_ns=checked_ns,
        confidence=Confidence.PROVIDER_PAGE,
        subject=Subject("acme", "m"),
        currency="USD",
        tiers=(PriceTier(1, 2),),
    )


def alias(checked_ns: int = CHECKED_NS) -> AliasFact:
    """Another kind of fact, with a policy of its own."""
    return AliasFact(
        id="acme/old",
        effective_from_ns=0,
        source="https://example.com/models",
        checked_at_ns=checked_ns,
        confidence=Confidence.MIRROR,
        subject=Subject("acme", "old"),
        state=AliasState.ALIAS,
        target="m",
    )


@pytest.mark.parametrize(
    ("wall_ns", "expected"),
    [
        (CHECKED_NS, FRESH),
        (STALE_NS - 1, FRESH),
        (STALE_NS, STALE),
        (HELD_NS - 1, STALE),
        (HELD_NS, HELD),
        (HELD_NS + 1_000 * DAY_NS, HELD),
    ],
)
def test_edges_are_half_open_to_the_nanosecond(wall_ns: int, expected: Freshness) -> None:
    """A fact of exactly thirty days is stale, one of a nanosecond less is not."""
    assert freshness_of(price(), POLICY, wall_ns) is expected


@pytest.mark.parametrize(
    ("policy", "at_stale", "at_held"),
    [
        (StalenessPolicy(None, None), FRESH, FRESH),
        (StalenessPolicy(30, None), STALE, STALE),
        (StalenessPolicy(None, 90), FRESH, HELD),
    ],
)
def test_a_consequence_without_days_never_comes(
    policy: StalenessPolicy, at_stale: Freshness, at_held: Freshness
) -> None:
    """Each of the two can be missing."""
    assert freshness_of(price(), policy, STALE_NS) is at_stale
    assert freshness_of(price(), policy, HELD_NS) is at_held


def test_history_does_not_go_stale() -> None:
    """What was so until an instant stays so: the fact ages up to its end and not beyond."""
    ended = price(until_ns=HELD_NS + 5)

    assert freshness_of(ended, POLICY, HELD_NS + 4) is HELD
    assert freshness_of(ended, POLICY, HELD_NS + 5) is FRESH


def test_a_fact_is_fresh_before_it_was_checked() -> None:
    """Asked about an earlier instant, its age is zero and not negative."""
    assert age_ns(price(), CHECKED_NS - DAY_NS) == 0
    assert freshness_of(price(), POLICY, CHECKED_NS - DAY_NS) is FRESH


def test_each_kind_ages_by_its_own_policy() -> None:
    """By the word of its kind."""
    found = {fact.kind: fact.freshness for fact in aged([price(), alias()], POLICIES, HELD_NS)}

    assert found == {"price": HELD, "alias": STALE}


def test_a_set_is_as_bad_as_its_worst_and_as_early_as_its_first() -> None:
    """With every instant at which that changes from here on, the end of a window included."""
    facts: list[AnyFact] = [alias(), price("new", CHECKED_NS + 10 * DAY_NS, until_ns=HELD_NS), price("old")]
    ageing = ageing_of(facts, POLICIES, CHECKED_NS)

    assert (ageing.worst, ageing.stale_from_ns, ageing.held_from_ns) == (FRESH, STALE_NS, HELD_NS)
    assert ageing.changes_ns == (STALE_NS, HELD_NS)
    assert ageing_of(facts, POLICIES, HELD_NS).worst is HELD
    assert ageing_of(facts, POLICIES, HELD_NS).changes_ns == ()


def test_a_set_gets_better_when_its_old_window_ends() -> None:
    """Then the fact behind it is history."""
    ageing = ageing_of([price(until_ns=STALE_NS + 1)], POLICIES, CHECKED_NS)

    assert ageing.changes_ns == (STALE_NS, STALE_NS + 1)


def test_nothing_ages_where_there_is_nothing() -> None:
    """An empty set is fresh for ever."""
    ageing = ageing_of([], POLICIES, CHECKED_NS)

    assert (ageing.worst, ageing.stale_from_ns, ageing.held_from_ns) == (FRESH, NEVER_NS, NEVER_NS)


FACTS = st.builds(
    price,
    checked_ns=st.integers(0, 400).map(lambda days: CHECKED_NS + days * DAY_NS),
    until_ns=st.none() | st.integers(1, 800).map(lambda days: CHECKED_NS + days * DAY_NS),
)


@given(st.lists(FACTS, max_size=5), st.integers(0, 600), st.integers(0, 600))
def test_between_two_changes_nothing_changes(facts: list[PriceFact], day: int, later: int) -> None:
    """The worst at any later instant follows from the number of changes passed."""
    start_ns, end_ns = CHECKED_NS + day * DAY_NS, CHECKED_NS + (day + later) * DAY_NS
    ageing = ageing_of(facts, POLICIES, start_ns)
    passed = [instant for instant in ageing.changes_ns if instant <= end_ns]

    assert list(ageing.changes_ns) == sorted(set(ageing.changes_ns))
    at_end = ageing_of(facts, POLICIES, end_ns).worst
    assert at_end is ageing_of(facts, POLICIES, passed[-1] if passed else start_ns).worst
    for instant_ns in passed:
        assert ageing_of(facts, POLICIES, instant_ns - 1).worst is not ageing_of(facts, POLICIES, instant_ns).worst


def test_a_quote_by_fresh_facts_has_nothing_to_say() -> None:
    """Up to the last nanosecond."""
    assert require_quotable([price(), alias()], POLICIES, STALE_NS - 1) == ()


def test_a_quote_by_stale_facts_says_so() -> None:
    """The oldest first, with age and policy."""
    found = require_quotable([price("b"), price("a", CHECKED_NS - 1)], POLICIES, STALE_NS)

    assert [(fact.id, fact.age_days) for fact in found] == [("a", 30), ("b", 30)]
    assert str(found[1]) == (
        "fact 'b' is stale: checked on 2026-11-01, 30 days ago "
        "(price: warn after 30 days, hold after 90 days; https://example.com/pricing)"
    )


def test_a_quote_by_a_held_fact_is_refused() -> None:
    """By name, with age, policy and remedy; facts that are merely stale are not blamed."""
    with pytest.raises(FactsHeld) as caught:
        require_quotable([price(), alias()], POLICIES, HELD_NS)

    first, remedy = caught.value.message.splitlines()
    assert first == (
        "fact 'acme/m' is held: checked on 2026-11-01, 90 days ago "
        "(price: warn after 30 days, hold after 90 days; https://example.com/pricing)"
    )
    assert "`server.facts`" in remedy and "`hold_after_days` of price under [staleness]" in remedy


def test_without_a_hold_everything_is_quoted() -> None:
    """An operator may decide so."""
    policies = msgspec.structs.replace(POLICIES, price=StalenessPolicy(30, None))

    assert [fact.freshness for fact in require_quotable([price()], policies, HELD_NS)] == [STALE]


@pytest.mark.parametrize("field", msgspec.structs.fields(StalenessPolicies), ids=lambda field: field.name)
def test_defaults_warn_before_they_hold(field: msgspec.structs.FieldInfo) -> None:
    """And every kind warns at some time."""
    policy = getattr(StalenessPolicies(), field.name)

    assert policy.warn_after_days is not None
    assert policy.hold_after_days is None or policy.warn_after_days < policy.hold_after_days


def test_a_policy_reads_as_a_sentence() -> None:
    """In days, or never."""
    assert str(StalenessPolicy(7, None)) == "warn after 7 days, hold never"
