"""`docs/aliases.md` says of names what the facts, the code and a running gateway say."""

import json

import pytest
from tests.support.clocks import DatedClock
from tests.support.documents import Row, bare, document, examples, rows_of, section, words_in
from tests.support.raw_client import Answer, ask, chat
from tests.support.running_gateway import RunningGateway

from routeproof.catalog.alias_life import NameLives, NameState
from routeproof.catalog.alias_policy import AliasPolicy
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.dialects.implied_thinking import DECLARED_CHANGE
from routeproof.gateway.alias_notices import NOTICES_MAX

TEXT = document("docs/aliases.md")
LIFE = NameLives([fact for fact in load_facts().aliases if fact.subject.family == "deepseek"]).life("deepseek-chat")
RETIREMENT_NS = parse_instant("2026-07-24T15:59:00Z")


def answer_at(wall_ns: int) -> Answer:
    """What a client gets that sends the old name at an instant."""
    clock = DatedClock("2026-07-24T15:59:00Z")
    clock.set(wall_ns)
    with RunningGateway(clock=clock) as gateway:
        return ask(gateway.port, chat(gateway.key, model="deepseek/deepseek-chat"))


def test_the_life_that_is_told_is_that_of_the_facts() -> None:
    """Every state that is not only another successor, with its edges and the models in it."""
    rows = rows_of(TEXT, "from")
    states = {"is": NameState.ALIAS, "is retired": NameState.RETIRED}

    assert [parse_instant(row["from"]) for row in rows] == _changes_ns()
    assert [row["until"] for row in rows] == [*(row["from"] for row in rows[1:]), "no end is known"]
    for row in rows:
        span = LIFE.at(parse_instant(row["from"]))
        told = row["`deepseek-chat`"]
        assert span.state is states["is retired" if told.startswith("is retired") else "is"]
        assert (span.stands_for or span.successor) in words_in(told)


@pytest.mark.parametrize("row", rows_of(TEXT, "policy"), ids=lambda row: row["policy"])
def test_every_policy_is_told(row: Row) -> None:
    """In the order of the code, each with what it does on both sides of the turn."""
    assert [bare(other["policy"]) for other in rows_of(TEXT, "policy")] == list(AliasPolicy)
    assert row["before the turn"].startswith("passed" if bare(row["policy"]) == "ignore" else "warned of")


def test_the_warning_is_what_the_gateway_sends() -> None:
    """The very line."""
    (line,) = [one.text.strip() for one in examples("docs/aliases.md") if one.language == "text"]
    name, _, words = line.partition(": ")

    assert answer_at(RETIREMENT_NS - 1).fields[name] == words


def test_the_refusal_is_what_the_gateway_sends() -> None:
    """The very object."""
    (example,) = [one for one in examples("docs/aliases.md") if one.language == "json"]
    answer = answer_at(RETIREMENT_NS)

    assert (answer.status, json.loads(answer.body)) == (400, json.loads(example.text))


def test_the_change_to_a_mapped_request_is_told() -> None:
    """In the words of its declaration."""
    assert DECLARED_CHANGE in [row["change"] for row in rows_of(section(TEXT, "Mapped"), "change")]


def test_the_bound_on_log_lines_is_told() -> None:
    """As it is in the code."""
    assert f"at most {NOTICES_MAX:,} a\nday in all" in TEXT


def _changes_ns() -> list[int]:
    """When the name's state changes."""
    neighbours = zip(LIFE.spans, LIFE.spans[1:], strict=False)
    return [after.from_ns or 0 for before, after in neighbours if before.state is not after.state]
