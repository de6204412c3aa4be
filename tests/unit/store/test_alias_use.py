"""Who sends a name, by the ledger: attempts on its route and refusals, in a period, by key."""

from pathlib import Path

import pytest
from tests.support.sample_entries import START_NS, sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof.errors import StoreError
from routeproof.store.alias_use import AliasUseReader, NameUse
from routeproof.store.connecting import connect
from routeproof.store.rows import insert_entries

MS = 1_000_000
CHAT = "deepseek/deepseek-chat"
ALICE, BOB = ("key_abcdefghijkl", "alice"), ("key_000000000002", "bob")


@pytest.fixture
def reader(database: Path) -> AliasUseReader:
    """A ledger in which two keys send a name, directly and by a model, and one is refused."""

    def on_chat(number: int) -> list[object]:
        return [sample_attempt(sample_id(number), route=CHAT)]

    passed_by = [
        sample_attempt(sample_id(4), 1, route=CHAT, outcome="client_error", error_code="model_retired"),
        sample_attempt(sample_id(4), 2, route="qwen/qwen-plus"),
    ]
    bob = {"key_id": BOB[0], "key_owner": BOB[1]}
    refused = {"model_asked": CHAT, "error_code": "model_retired", **bob}
    entries = [
        sample_entry(1, on_chat(1)),  # type: ignore[arg-type]
        sample_entry(2, on_chat(2)),  # type: ignore[arg-type]
        sample_entry(3, on_chat(3), model_asked=CHAT, **bob),  # type: ignore[arg-type]
        sample_entry(4, passed_by),
        sample_entry(5),
        sample_entry(6, [], outcome="client_error", cost_nanousd=0, **refused),
        sample_refusal(7),
    ]
    connection = connect(database)
    insert_entries(connection, entries)
    connection.close()
    return AliasUseReader(database)


def uses(reader: AliasUseReader, since: int = 0, until: int = 100) -> set[NameUse]:
    """In the period of these entries, both included."""
    return set(reader.uses([CHAT], [], START_NS + since * MS, START_NS + until * MS))


def test_each_route_name_and_key_is_one_row(reader: AliasUseReader) -> None:
    """With how often, and when last; what was passed by for another route counts, other routes don't."""
    assert uses(reader) == {
        NameUse(CHAT, "assistant", *ALICE, 3, START_NS + 4 * MS),
        NameUse(CHAT, CHAT, *BOB, 1, START_NS + 3 * MS),
        NameUse(None, CHAT, *BOB, 1, START_NS + 6 * MS),
    }


def test_names_are_found_on_whatever_route(reader: AliasUseReader) -> None:
    """What was asked for by a name may have been sent to another one."""
    found = set(reader.uses([], ["assistant"], START_NS, START_NS + 100 * MS))

    assert {(use.route, use.model_asked) for use in found if use.route} == {
        (CHAT, "assistant"),
        ("qwen/qwen-plus", "assistant"),
        ("deepseek/deepseek-flash", "assistant"),
    }


def test_only_the_period_counts(reader: AliasUseReader) -> None:
    """Both of its edges are in it."""
    assert uses(reader, 2, 3) == {
        NameUse(CHAT, "assistant", *ALICE, 1, START_NS + 2 * MS),
        NameUse(CHAT, CHAT, *BOB, 1, START_NS + 3 * MS),
    }


def test_the_period_is_exact_to_the_nanosecond(reader: AliasUseReader) -> None:
    """Although ids are cut to milliseconds."""
    assert reader.uses([CHAT], [CHAT], START_NS + MS + 1, START_NS + 2 * MS - 1) == []


def test_without_routes_only_refusals_are_left(reader: AliasUseReader) -> None:
    """A configuration may know no name at all."""
    assert [use.route for use in reader.uses([], [], START_NS, START_NS + 100 * MS)] == [None]


def test_without_a_database_there_is_nothing_to_ask(tmp_path: Path) -> None:
    """Told as for every other reader."""
    with pytest.raises(StoreError, match="there is no database"):
        AliasUseReader(tmp_path / "routeproof.db")
