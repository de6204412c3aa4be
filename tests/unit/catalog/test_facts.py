"""Facts files as a whole: what is read, what is refused, how files are laid over each other."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.catalog.facts import merge_facts, parse_facts
from routeproof.catalog.kinds import kind_of
from routeproof.catalog.reading.readers import READERS
from routeproof.errors import FactsError

FactText = Callable[..., str]
ProblemsOf = Callable[[str], list[str]]


def test_every_kind_of_fact_is_read(fact: FactText) -> None:
    """A file may hold all kinds, and each becomes a fact of its kind."""
    alias = fact("alias", subject='{ family = "acme", model = "old" }')
    others = [fact(kind) for kind in READERS if kind != "alias"]

    read = list(parse_facts("\n".join([alias, *others]), "prices.toml"))

    assert [kind_of(one) for one in read] == list(READERS)


def test_a_fact_remembers_its_file(fact: FactText) -> None:
    """The origin is kept, so that later errors can name the file."""
    assert parse_facts(fact(), "prices.toml").prices[0].origin == "prices.toml"


def test_a_problem_names_file_line_fact_key_value_and_remedy(fact: FactText, problems_of: ProblemsOf) -> None:
    """An operator can go to the place and knows what to write there."""
    text = fact() + fact(id='"acme/n"', subject='{ family = "acme", model = "n" }', unit='"per 1K tokens"')

    assert problems_of(text) == [
        "prices.toml:16: fact 'acme/n': unit: 'per 1K tokens' is not known; use one of 'per 1M tokens'"
    ]


BAD_FILES = {
    "wrong unit": ({"unit": '"per 1K tokens"'}, 5, "unit: 'per 1K tokens' is not known; use one of 'per 1M tokens'"),
    "no source": ({"source": None}, 1, "source: is missing; write the address where the fact can be read"),
    "negative number": ({"value": '[{ input = "1", output = "-2" }]'}, 7, "value[0].output: '-2' is negative; write"),
    "unparsable decimal": (
        {"value": '[{ input = "1,5", output = "2" }]'},
        7,
        "value[0].input: '1,5' is no plain decim",
    ),
    "bad instant": ({"effective_from": '"10 September"'}, 8, "effective_from: '10 September' is no instant with an"),
    "unknown kind": ({"kind": '"prize"'}, 3, "kind: 'prize' is not known; use one of 'price', 'alias', 'cache_rule'"),
    "unknown key": ({"colour": '"red"'}, 12, "colour: there is no such key here; use one of checked_at, confidence"),
    "unknown key inside": ({"subject": '{ family = "acme", model = "m", town = "x" }'}, 4, "subject.town: there is no"),
    "missing key inside": ({"value": '[{ input = "1" }]'}, 7, "value[0].output: is missing; write a decimal in quotes"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_each_mistake_has_an_error_that_leads_to_its_line(name: str, problems_of: ProblemsOf, fact: FactText) -> None:
    """File, the line of the key (of what is around it where it is missing), fact, value and remedy."""
    changes, line, expected = BAD_FILES[name]
    kind = changes.get("kind", '"price"')
    text = fact(**{key: value for key, value in changes.items() if key != "kind"})

    (problem,) = problems_of(text.replace('kind = "price"', f"kind = {kind}"))

    assert problem.startswith(f"prices.toml:{line}: fact 'acme/m': {expected}")


def test_the_line_is_found_inside_a_value_of_several_lines(problems_of: ProblemsOf, fact: FactText) -> None:
    """Each tier of a price usually has a line of its own, and comments may stand between."""
    text = fact(
        value='[\n  # short\n  { input_tokens_max = 9, input = "1", output = "1" },\n  { input = "2", output = 2 },\n]'
    )

    (problem,) = problems_of(text)

    assert problem.startswith("prices.toml:10: fact 'acme/m': value[1].output: 2 is no plain decimal in quotes")


def test_the_line_is_found_in_a_value_with_a_header_of_its_own(problems_of: ProblemsOf, fact: FactText) -> None:
    """As long values are written."""
    text = fact("alias", subject='{ family = "acme", model = "old" }', value=None)

    (problem,) = problems_of(text + '\n[fact.value]\nstate = "alias"\ntarget = "old"\n')

    assert problem.startswith("prices.toml:13: fact 'acme/alias': value.target: 'old' is the alias itself")


def test_lists_too_deep_inside_each_other_are_refused(problems_of: ProblemsOf) -> None:
    """The parser gives up on them."""
    (problem,) = problems_of(f"fact = {'[' * 20_000}{']' * 20_000}")

    assert problem.startswith("prices.toml: ")


RIVAL = {"id": '"other/m"', "contradicts": '["acme/m"]', "value": '[{ input = "9", output = "9" }]'}


def test_what_contradicts_a_fact_is_kept_apart(fact: FactText) -> None:
    """It may overlap, and no price is drawn from it."""
    facts = parse_facts(fact() + fact(**RIVAL) + fact(**RIVAL | {"id": '"third/m"'}), "prices.toml")

    assert [one.id for one in facts.prices] == ["acme/m"]
    assert [one.id for one in facts.rivals] == ["other/m", "third/m"]
    assert [one.id for one in facts] == ["acme/m", "other/m", "third/m"]


def test_a_fact_of_another_file_can_be_contradicted(fact: FactText) -> None:
    """Existence is asked of all files together."""
    merged = merge_facts(parse_facts(fact(), "shipped.toml"), parse_facts(fact(**RIVAL), "own.toml"))

    assert merged.rivals[0].contradicts == ("acme/m",)


@pytest.mark.parametrize("rival", ["nobody/m", "other/m2"])
def test_only_a_fact_to_go_by_can_be_contradicted(rival: str, fact: FactText) -> None:
    """Not one that is missing, and not one that contradicts others itself."""
    base = parse_facts(fact() + fact(**RIVAL | {"id": '"other/m2"'}), "shipped.toml")

    with pytest.raises(FactsError) as caught:
        merge_facts(base, parse_facts(fact(**RIVAL | {"contradicts": f'["{rival}"]'}), "own.toml"))

    (problem,) = caught.value.problems
    assert problem.startswith(f"own.toml:12: fact 'other/m': contradicts: there is no fact '{rival}' to go by; write")


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
    assert problems_of(fact() + "[facts]\n") == [
        "prices.toml:12: facts: there is no such key; write [[fact]] tables only"
    ]


def test_an_inline_fact_that_is_no_table_is_refused(problems_of: ProblemsOf) -> None:
    """The item is shown as it stands."""
    assert problems_of('fact = ["price"]') == ["prices.toml:1: 'price' is no fact; start each with [[fact]]"]


def test_without_a_known_kind_no_other_key_is_judged(fact: FactText, problems_of: ProblemsOf) -> None:
    """Which keys are right depends on the kind, so one problem is enough."""
    (problem,) = problems_of(fact(kind="price").replace('kind = "price"', 'kind = "prize"\nsauce = 1'))

    assert "kind: 'prize' is not known" in problem


def test_a_duplicate_id_is_refused(fact: FactText, problems_of: ProblemsOf) -> None:
    """Ids name facts in bills; two facts can't share one."""
    text = fact() + fact(subject='{ family = "acme", model = "n" }')

    assert problems_of(text) == ["prices.toml:13: fact 'acme/m': id: is there twice; give each fact its own"]


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
    assert "own.toml:8: fact 'own/m'" in problem
    assert "'acme/m' (shipped.toml:8)" in problem


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_problems(text: str) -> None:
    """Nothing but FactsError ever comes out of the reader."""
    try:
        parse_facts(text, "prices.toml")
    except FactsError as error:
        assert error.problems


KEYS = (
    *("id", "subject", "unit", "currency", "value", "effective_from", "effective_until", "source"),
    *("checked_at", "confidence", "note", "hours", "flag", "contradicts", "other"),
)
toml_scalars = st.one_of(
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01", "12:00", "''", "'0.15'", "[]", "{}", "[[]]"]),
)


@given(
    st.sampled_from(tuple(READERS)),
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
