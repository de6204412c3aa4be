"""What facts are about and what they say, in one line each."""

from collections.abc import Callable

import pytest

from routeproof.catalog.fact_text import subject_text, value_text
from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import AnyFact, Facts, kind_of
from routeproof.catalog.reading.readers import READERS

FactText = Callable[..., str]


def only(text: str) -> AnyFact:
    """The one fact of a file."""
    (fact,) = parse_facts(text, "facts.toml")
    return fact


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ('{ family = "acme", model = "m" }', "acme/m"),
        ('{ family = "acme", model = "m", regions = ["eu", "us"] }', "acme/m@eu,us"),
        ('{ family = "acme", model = "m", regions = ["eu"], scope = "global" }', "acme/m@eu:global"),
    ],
)
def test_a_subject_names_what_it_is_limited_to(subject: str, expected: str, fact: FactText) -> None:
    """And nothing else."""
    assert subject_text(only(fact(subject=subject))) == expected


def test_a_price_says_tiers_hours_and_currency(fact: FactText) -> None:
    """Exactly, in the words of the bill."""
    text = fact(
        currency='"CNY"',
        hours='"off_peak"',
        value='[{ input = "0.2", output = "1", cache_hit = "0.000000001", input_tokens_max = 1000 }, '
        '{ input = "1", output = "2", cache_hit_explicit = "0.1", cache_write = "1.25", output_thinking = "3" }]',
    )

    assert value_text(only(text)) == (
        "up to 1000: input 0.2, hit 0.000000001, output 1; "
        "input 1, explicit hit 0.1, write 1.25, output 2, thinking 3 CNY per 1M tokens, off-peak"
    )


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("alias", {}, "answers as m"),
        ("alias", {"value": '{ state = "retired", target = "m" }'}, "retired for m"),
        ("cache_rule", {}, "hit 20 % of input, explicit hit 10 % of input, write 125 % of input"),
        ("peak_windows", {}, "01:00-04:00 UTC on weekdays 1,2,3,4,5 in Asia/Shanghai"),
        ("calendar", {}, "7 days off"),
    ],
)
def test_each_kind_says_its_value(kind: str, changes: dict[str, str], expected: str, fact: FactText) -> None:
    """With its unit."""
    subject = {"subject": '{ family = "acme", model = "old" }'} if kind == "alias" else {}

    assert value_text(only(fact(kind, **subject, **changes))) == expected


def test_every_shipped_fact_can_be_read_in_a_line(shipped_facts: Facts) -> None:
    """Whatever its kind; no name of a class or of a missing value gets in."""
    for fact in shipped_facts:
        line = f"{subject_text(fact)} {value_text(fact)}"
        assert line.isprintable() and "None" not in line and "Fact(" not in line, fact.id
        assert value_text(fact).strip(), fact.id


SHIPPED = {
    "deepseek/limit/context_tokens": "context_tokens 1048576 tokens",
    "deepseek/deepseek-flash/concurrency": "2500 requests in flight for each account and model",
    "deepseek/search/cny/2026-11": "search: 5 CNY per 1000 calls",
    "deepseek/endpoint/openai": "everything below https://api.deepseek.com/ served",
    "qwen/region/beijing": "beijing: dashscope.aliyuncs.com, {workspace}.cn-beijing.maas.aliyuncs.com",
}


@pytest.mark.parametrize("name", SHIPPED)
def test_facts_about_services_say_what_is_known(name: str, shipped_facts: Facts) -> None:
    """Limits, concurrency, fees, endpoints and regions."""
    (fact,) = (fact for fact in shipped_facts if fact.id == name)

    assert kind_of(fact) in READERS
    assert value_text(fact) == SHIPPED[name]
