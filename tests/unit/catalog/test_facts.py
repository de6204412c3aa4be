"""Facts files as a whole: what is read, what is refused, how files are laid over each other."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.facts import merge_facts, parse_facts
from routeproof.catalog.kinds import AliasFact, CacheRuleFact, CalendarFact, PeakWindowsFact, PriceFact
from routeproof.errors import FactsError

FactText = Callable[..., str]
ProblemsOf = Callable[[str], list[str]]


def test_every_kind_of_fact_is_read(fact: FactText) -> None:
    """A file may hold all kinds, and each becomes a fact of its kind."""
    alias = fact("alias", subject='{ family = "acme", model = "old" }')
    others = [fact(kind) for kind in ("price", "cache_rule", "peak_windows", "calendar")]

    read = list(parse_facts("\n".join([alias, *others]), "prices.toml"))

    assert [PriceFact, AliasFact, CacheRuleFact, PeakWindowsFact, CalendarFact] == [type(one) for one in read]


def test_a_fact_remembers_its_file(fact: FactText) -> None:
    """The origin is kept, so that later errors can name the file."""
    assert parse_facts(fact(), "prices.toml").prices[0].origin == "prices.toml"


def test_a_problem_names_file_line_fact_key_value_and_remedy(fact: FactText, problems_of: ProblemsOf) -> None:
    """An operator can go to the place and knows what to write there."""
    text = fact() + fact(id='"acme/n"', subject='{ family = "acme", model = "n" }', unit='"per 1K tokens"')

    assert problems_of(text) == [
        "prices.toml:12: fact 'acme/n': unit: 'per 1K tokens' is not known; use one of 'per 1M tokens'"
    ]


def test_all_problems_of_a_file_come_at_once(fact: FactText, problems_of: ProblemsOf) -> None:
    """One run shows every mistake, whichever fact it is in."""
    text = fact(source=None, currency='"EUR"') + fact(id='"acme/n"', effective_from='"tomorrow"')

    keys = [problem.split(": ")[2] for problem in problems_of(text)]

    assert sorted(keys) == ["currency", "effective_from", "source"]


def test_text_that_is_no_toml_is_refused(problems_of: ProblemsOf) -> None:
    """The parser's own place is passed on."""
    (problem,) = problems_of("[[fact]\nid = 1")

    assert problem.startswith("prices.toml: is not TOML:")
    assert "line 1" in problem


@pytest.mark.parametrize("text", ["", "fact = 3", "fact = []"])
def test_a_file_without_facts_is_refused(text: str, problems_of: ProblemsOf) -> None:
    """An empty file is a mistake, not an empty price list."""
    assert problems_of(text) == ["prices.toml: holds no facts; start each with [[fact]]"]


def test_a_key_beside_the_facts_is_refused(fact: FactText, problems_of: ProblemsOf) -> None:
    """A misspelt table would otherwise be silently ignored."""
    assert problems_of(fact() + "[facts]\n") == ["prices.toml: facts: there is no such key; write [[fact]] tables only"]


def test_an_inline_fact_that_is_no_table_is_refused(problems_of: ProblemsOf) -> None:
    """The item is shown as it stands."""
    assert problems_of('fact = ["price"]') == ["prices.toml: 'price' is no fact; start each with [[fact]]"]


def test_without_a_known_kind_no_other_key_is_judged(fact: FactText, problems_of: ProblemsOf) -> None:
    """Which keys are right depends on the kind, so one problem is enough."""
    (problem,) = problems_of(fact(kind="price").replace('kind = "price"', 'kind = "prize"\nsauce = 1'))

    assert "kind: 'prize' is not known" in problem


def test_a_duplicate_id_is_refused(fact: FactText, problems_of: ProblemsOf) -> None:
    """Ids name facts in bills; two facts can't share one."""
    text = fact() + fact(subject='{ family = "acme", model = "n" }')

    assert problems_of(text) == ["prices.toml: fact 'acme/m': id: is there twice; give each fact its own"]


def test_an_extra_fact_of_the_same_id_replaces_the_first(fact: FactText) -> None:
    """An operator corrects a shipped fact by giving it again."""
    base = parse_facts(fact(), "shipped.toml")
    extra = parse_facts(fact(value='[{ input = "3", output = "4" }]'), "own.toml")

    merged = merge_facts(base, extra)

    assert [(one.id, one.origin) for one in merged] == [("acme/m", "own.toml")]
    assert merged.prices[0].tiers[0].input_nano == 3_000_000_000


def test_an_extra_fact_that_overlaps_another_is_refused(fact: FactText) -> None:
    """Two answers to one question are an error across files too; it names both."""
    base = parse_facts(fact(), "shipped.toml")
    extra = parse_facts(fact(id='"own/m"'), "own.toml")

    with pytest.raises(FactsError) as caught:
        merge_facts(base, extra)

    (problem,) = caught.value.problems
    assert "own.toml: fact 'own/m'" in problem
    assert "'acme/m' (shipped.toml)" in problem


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_problems(text: str) -> None:
    """Nothing but FactsError ever comes out of the reader."""
    try:
        parse_facts(text, "prices.toml")
    except FactsError as error:
        assert error.problems


KEYS = (
    *("id", "subject", "unit", "currency", "value", "effective_from", "effective_until", "source"),
    *("checked_at", "confidence", "note", "hours", "flag", "other"),
)
toml_scalars = st.one_of(
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01", "12:00", "''", "'0.15'", "[]", "{}", "[[]]"]),
)


@given(
    st.sampled_from(("price", "alias", "cache_rule", "peak_windows", "calendar")),
    st.sampled_from(KEYS),
    toml_scalars,
)
def test_any_value_at_any_key_is_read_or_refused_with_problems(
    fact: FactText, kind: str, key: str, value: object
) -> None:
    """A value of the wrong type is a problem to show, never a crash."""
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        parse_facts(fact(kind, **{key: shown}), "prices.toml")
    except FactsError as error:
        assert error.problems
