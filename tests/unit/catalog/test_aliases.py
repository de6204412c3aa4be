"""Which model a name stands for, and when."""

import msgspec
import pytest

from routeproof.catalog.aliases import follow, loops, reachable
from routeproof.catalog.kinds import AliasFact, AliasState, Confidence, Subject


def alias(name: str, target: str, begins: int = 0, ends: int | None = None, **more: object) -> AliasFact:
    """An alias of one family from one instant to another."""
    fact = AliasFact(
        id=f"{name}>{target}@{begins}",
        effective_from_ns=begins,
        effective_until_ns=ends,
        source="https://example.com",
        checked_at_ns=0,
        confidence=Confidence.MIRROR,
        subject=Subject("acme", name),
        state=AliasState.ALIAS,
        target=target,
        origin="names.toml",
    )
    return msgspec.structs.replace(fact, **more)


RENAMED = alias("old", "new", 10, 20)
RETIRED = alias("old", "new", 20, 30, state=AliasState.RETIRED)
ONWARD = alias("new", "newest", 15)
HISTORY = (RENAMED, RETIRED, ONWARD)


@pytest.mark.parametrize(
    ("at", "expected"), [(9, "old"), (10, "new"), (14, "new"), (15, "newest"), (20, None), (29, None), (30, "old")]
)
def test_a_name_stands_for_what_the_facts_in_force_say(at: int, expected: str | None) -> None:
    """Both edges of every window: an alias holds from its first instant until before its last."""
    assert follow(HISTORY, "old", at)[0] == expected


def test_the_facts_that_led_to_the_model_are_named() -> None:
    """A bill can show by which aliases the price was found."""
    assert follow(HISTORY, "old", 15) == ("newest", (RENAMED, ONWARD))


def test_names_that_point_at_each_other_stand_for_nothing() -> None:
    """A circle ends instead of running forever."""
    assert follow((alias("a", "b"), alias("b", "a")), "a", 0)[0] is None


def test_all_models_a_name_ever_stands_for_are_reachable() -> None:
    """Whenever the aliases hold, and through other aliases too."""
    assert reachable(HISTORY, "old") == {"old", "new", "newest"}
    assert reachable(HISTORY, "newest") == {"newest"}


def test_a_circle_is_a_problem_for_each_alias_in_it() -> None:
    """Each is named, with the instant from which it goes round."""
    problems = loops((alias("a", "b", 5), alias("b", "a", 7), alias("c", "a")))

    assert len(problems) == 2
    assert problems[0].startswith("names.toml: fact 'a>b@5': value.target: leads back to 'a'")


@pytest.mark.parametrize(
    "aliases",
    [
        (alias("a", "b", 0, 5), alias("b", "a", 5)),
        (alias("a", "b"), alias("b", "a", state=AliasState.RETIRED)),
        (alias("a", "b"), alias("b", "a", subject=Subject("other", "b"))),
        (
            alias("a", "b", subject=Subject("acme", "a", regions=("eu",))),
            alias("b", "a", subject=Subject("acme", "b", regions=("us",))),
        ),
    ],
    ids=["one after the other", "one retired", "two families", "two regions"],
)
def test_aliases_that_are_never_in_force_together_make_no_circle(aliases: tuple[AliasFact, ...]) -> None:
    """Names may swap over time, between regions, or between families."""
    assert loops(aliases) == []
