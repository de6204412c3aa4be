"""What must hold between facts."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.reading.readers import READERS

FactText = Callable[..., str]
ProblemsOf = Callable[[str], list[str]]

M = '{ family = "acme", model = "m" }'
M_EU = '{ family = "acme", model = "m", regions = ["eu"] }'
M_EU_US = '{ family = "acme", model = "m", regions = ["us", "eu"] }'
M_US = '{ family = "acme", model = "m", regions = ["us"] }'
M_SCOPED = '{ family = "acme", model = "m", scope = "global" }'
N = '{ family = "acme", model = "n" }'


def test_two_prices_at_one_instant_are_refused_by_name(fact: FactText, problems_of: ProblemsOf) -> None:
    """The error names both facts, the first shared instant and the ways out."""
    text = fact(effective_until='"2026-03-01T00:00:00Z"') + fact(
        id='"acme/m2"', effective_from='"2026-02-01T00:00:00Z"'
    )

    (problem,) = problems_of(text)

    assert problem.startswith("prices.toml:20: fact 'acme/m2': effective_from: both it and 'acme/m'")
    assert "2026-02-01T00:00:00.000Z" in problem
    assert "end one where the other begins" in problem


def test_a_price_may_begin_where_the_last_ends(fact: FactText) -> None:
    """Windows are half-open."""
    text = fact(effective_until='"2026-02-01T00:00:00Z"') + fact(
        id='"acme/m2"', effective_from='"2026-02-01T00:00:00Z"'
    )

    assert len(parse_facts(text, "prices.toml").prices) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"subject": M}, {"subject": M_EU}),
        ({"subject": M_EU}, {"subject": M_EU_US}),
        ({"hours": '"any"'}, {"hours": '"peak"'}),
        ({"hours": '"peak"'}, {"hours": '"peak"'}),
    ],
)
def test_prices_that_answer_one_question_overlap(
    first: dict[str, str], second: dict[str, str], fact: FactText, problems_of: ProblemsOf
) -> None:
    """Every region contains each region, any hour contains the peak."""
    (problem,) = problems_of(fact(**first) + fact(id='"acme/m2"', **second))

    assert "for the same subject" in problem


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"subject": M}, {"subject": N}),
        ({"subject": M_EU}, {"subject": M_US}),
        ({"subject": M}, {"subject": M_SCOPED}),
        ({"currency": '"USD"'}, {"currency": '"CNY"'}),
        ({"hours": '"off_peak"'}, {"hours": '"peak"'}),
    ],
)
def test_prices_that_answer_different_questions_do_not(
    first: dict[str, str], second: dict[str, str], fact: FactText
) -> None:
    """Model, region, scope, currency and hours each make a question of their own."""
    assert len(parse_facts(fact(**first) + fact(id='"acme/m2"', **second), "prices.toml").prices) == 2


@pytest.mark.parametrize("kind", [kind for kind in READERS if kind != "price"])
def test_every_kind_may_be_stated_once_at_a_time(kind: str, fact: FactText, problems_of: ProblemsOf) -> None:
    """All other kinds overlap as prices do."""
    subject = {"subject": '{ family = "acme", model = "old" }'} if kind == "alias" else {}

    (problem,) = problems_of(fact(kind, **subject) + fact(kind, id='"acme/again"', **subject))

    assert "'acme/again'" in problem


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("fee", {"currency": '"USD"'}),
        ("fee", {"value": '{ item = "fetch", amount = "5" }'}),
        ("limit", {"value": '{ name = "output_tokens", amount = 1 }'}),
        ("limit", {"subject": '{ family = "acme" }'}),
        ("concurrency", {"unit": '"tokens per minute"'}),
        ("control", {"value": '{ control = "n", support = "supported" }'}),
        ("control", {"value": '{ control = "thinking", support = "ignored", when = "beta" }'}),
        ("endpoint", {"value": '{ method = "GET", path = "/completions", answers = "served" }'}),
        ("endpoint", {"value": '{ method = "POST", path = "/responses", answers = "served" }'}),
        ("region", {"value": '{ region = "us", shared_host = "us.example.com", key_scope = "region" }'}),
        ("region", {"value": '{ region = "eu", plan = "trial", shared_host = "t.example.com", key_scope = "plan" }'}),
        ("exchange_rate", {"subject": '{ base = "CNY", quote = "USD" }'}),
    ],
)
def test_facts_that_answer_different_questions_do_not(kind: str, changes: dict[str, str], fact: FactText) -> None:
    """What is limited, controlled, called or exchanged is part of the question."""
    assert len(list(parse_facts(fact(kind) + fact(kind, id='"acme/n"', **changes), "prices.toml"))) == 2


def test_facts_of_different_kinds_never_overlap(fact: FactText) -> None:
    """A price and an alias of one model are two answers to two questions."""
    text = fact(subject='{ family = "acme", model = "old" }') + fact(
        "alias", subject='{ family = "acme", model = "old" }'
    )

    assert len(list(parse_facts(text, "prices.toml"))) == 2
