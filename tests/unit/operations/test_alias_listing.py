"""The list of names: life, policy, who sends each, and what is overdue."""

from pathlib import Path

import pytest
from tests.support.sample_entries import sample_attempt, sample_entry

from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.ids import exchange_id_floor
from routeproof.ledger.entries import Entry
from routeproof.operations.aliases import AliasReport, AliasRow, AliasSender, list_aliases
from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries

EDGE_NS = parse_instant("2026-07-24T15:59:00Z")
BACK_NS = parse_instant("2026-10-06T00:00:00Z")
DAY_NS = 86_400 * 10**9
CHAT, REASONER = "deepseek/deepseek-chat", "deepseek/deepseek-reasoner"
FACTS = load_facts()
CONFIG = """
[providers.deepseek]
dialect = "deepseek"
api_key = "none"
[models.flash]
routes = ["deepseek/deepseek-v4-flash"]
"""
MODEL = f'[models.talk]\nroutes = ["{CHAT}"]\nfallbacks = ["deepseek/deepseek-flash"]\n'


def settings(folder: Path, more: str = "") -> Settings:
    """A configuration with one provider."""
    return parse_settings(CONFIG + more, folder / "routeproof.toml", {})


def entry(started_ns: int, route: str | None, model: str, **changes: object) -> Entry:
    """A request that was sent on a route, or refused before any was tried."""
    exchange_id = exchange_id_floor(started_ns)
    attempts = [] if route is None else [sample_attempt(exchange_id, route=route)]
    if route is None:
        changes |= {"outcome": "client_error", "error_code": "model_retired", "cost_nanousd": 0}
    return sample_entry(1, attempts, id=exchange_id, started_ns=started_ns, model_asked=model, **changes)


def fill(folder: Path, *entries: Entry) -> None:
    """A ledger that holds these."""
    data_dir = settings(folder).server.data_dir
    make_data_dir(data_dir)
    ensure_schema(database_path(data_dir))
    connection = connect(database_path(data_dir))
    insert_entries(connection, list(entries))
    connection.close()


def report(folder: Path, at_ns: int, more: str = "", *, every_family: bool = False) -> AliasReport:
    """The list at an instant, with who sent what in the thirty days before."""
    config = settings(folder, more)
    return list_aliases(config, FACTS, at_ns=at_ns, since_ns=at_ns - 30 * DAY_NS, every_family=every_family)


def row(found: AliasReport, route: str = CHAT) -> AliasRow:
    """The one row about a route."""
    (one,) = [row for row in found.rows if row.route == route]
    return one


def test_the_life_of_a_name_at_an_instant(tmp_path: Path) -> None:
    """Before, at, and after its retirement."""
    before, after, back = (row(report(tmp_path, at_ns)) for at_ns in (EDGE_NS - 1, EDGE_NS, BACK_NS))

    assert (before.state, before.stands_for, before.does) == ("alias", "deepseek-v4-flash", "warn")
    assert (before.turn, before.successor) == ("2026-07-24T15:59:00.000Z", "deepseek-v4-flash")
    assert (after.state, after.stands_for, after.does) == ("retired", None, "refuse")
    assert (after.since, after.turn) == ("2026-07-24T15:59:00.000Z",) * 2
    assert (back.state, back.stands_for, back.does, back.turn) == ("alias", "deepseek-flash", "pass", None)
    assert back.retirements == ["2026-07-24T15:59:00.000Z"]
    assert back.facts == [
        "deepseek/deepseek-chat/alias/2026-08-10",
        "deepseek/deepseek-v4-flash/alias/2026-09-10",
        "deepseek/deepseek-chat/alias/2026-10-06",
    ]


def test_rules_are_told(tmp_path: Path) -> None:
    """With what is sent instead; a name that only a rule knows is in the list too."""
    rules = f"""
[aliases."{CHAT}"]
policy = "map"
[aliases."deepseek/ours"]
policy = "refuse"
from = "2026-07-01T00:00:00Z"
"""
    found = report(tmp_path, EDGE_NS, rules)
    mapped, ours = row(found), row(found, "deepseek/ours")

    assert (mapped.policy, mapped.does, mapped.sends) == ("map", "map", "deepseek-v4-flash")
    assert (ours.state, ours.policy, ours.does, ours.turn) == ("model", "refuse", "refuse", "2026-07-01T00:00:00.000Z")
    assert row(found, REASONER).policy == "follow"


def test_who_sends_it(tmp_path: Path) -> None:
    """By key and by what was asked for, the latest first; a refusal counts for the first route of its model."""
    bob = {"key_id": "key_bob", "key_owner": "bob"}
    fill(
        tmp_path,
        entry(EDGE_NS - 40 * DAY_NS, CHAT, CHAT),
        entry(EDGE_NS - 2 * DAY_NS, CHAT, CHAT),
        entry(EDGE_NS - DAY_NS, CHAT, CHAT),
        entry(EDGE_NS - 3 * DAY_NS, CHAT, "talk", **bob),
        entry(EDGE_NS, None, "talk", **bob),
        entry(EDGE_NS + DAY_NS, None, CHAT, **bob),
        entry(EDGE_NS - DAY_NS + 10**6, "deepseek/deepseek-v4-flash", "flash"),
    )
    found = row(report(tmp_path, EDGE_NS, MODEL))

    assert found.senders == [
        AliasSender("key_bob", "bob", "talk", 2, "2026-07-24T15:59:00.000Z"),
        AliasSender("key_abcdefghijkl", "alice", CHAT, 2, "2026-07-23T15:59:00.000Z"),
    ]


def test_who_sends_a_mapped_name(tmp_path: Path) -> None:
    """Its rows are on the route of the target: they count where the client, or its model, meant the old name."""
    rule = f'[aliases."{CHAT}"]\npolicy = "map"\n'
    both = f'[models.both]\nroutes = ["{CHAT}"]\nfallbacks = ["deepseek/deepseek-v4-flash"]\n'
    fill(
        tmp_path,
        entry(EDGE_NS, "deepseek/deepseek-v4-flash", CHAT),
        entry(EDGE_NS + 10**6, "deepseek/deepseek-v4-flash", "talk"),
        entry(EDGE_NS + 2 * 10**6, "deepseek/deepseek-v4-flash", "flash"),
        entry(EDGE_NS + 3 * 10**6, "deepseek/deepseek-v4-flash", "both"),
        entry(EDGE_NS + 4 * 10**6, "deepseek/deepseek-flash", "talk"),
    )
    senders = row(report(tmp_path, EDGE_NS + DAY_NS, MODEL + both + rule)).senders

    assert senders is not None
    assert [(sender.model_asked, sender.requests) for sender in senders] == [("talk", 1), (CHAT, 1)]


def test_without_a_ledger_senders_are_not_known(tmp_path: Path) -> None:
    """Which is not the same as nobody."""
    found = report(tmp_path, EDGE_NS)
    assert (found.ledger_read, row(found).senders) == (False, None)

    fill(tmp_path)
    found = report(tmp_path, EDGE_NS)
    assert (found.ledger_read, row(found).senders) == (True, [])


@pytest.mark.parametrize(
    ("at_ns", "more", "overdue"),
    [
        (EDGE_NS - 1, MODEL, False),
        (EDGE_NS, MODEL, True),
        (EDGE_NS, "", False),
        (EDGE_NS, f'{MODEL}[aliases."{CHAT}"]\npolicy = "map"\n', False),
        (EDGE_NS, f'{MODEL}[aliases."{CHAT}"]\npolicy = "ignore"\n', True),
        (BACK_NS, MODEL, False),
        (BACK_NS, f'{MODEL}[aliases."{CHAT}"]\npolicy = "refuse"\n', True),
    ],
)
def test_overdue_where_it_is_configured(tmp_path: Path, at_ns: int, more: str, overdue: bool) -> None:
    """From the instant on, as fallback and rollback too; mapped it is in order."""
    assert row(report(tmp_path, at_ns, more)).overdue is overdue
    if overdue:
        assert row(report(tmp_path, at_ns, more)).configured_in == ["talk"]


@pytest.mark.parametrize(("sent_ns", "overdue"), [(EDGE_NS - 1, False), (EDGE_NS, True)])
def test_overdue_where_it_was_sent_since(tmp_path: Path, sent_ns: int, overdue: bool) -> None:
    """What was sent before the retirement is history."""
    fill(tmp_path, entry(sent_ns, None if overdue else CHAT, CHAT))

    assert row(report(tmp_path, EDGE_NS + DAY_NS)).overdue is overdue


def test_other_families_on_request(tmp_path: Path) -> None:
    """Without a route, by region where facts are about some regions only; nobody here can send them."""
    assert {row.family for row in report(tmp_path, BACK_NS).rows} == {"deepseek"}
    others = [row for row in report(tmp_path, BACK_NS, every_family=True).rows if row.family == "qwen"]

    assert {(row.name, row.region) for row in others} >= {("qwen3-max", None), ("qwen-plus", "singapore")}
    assert {(row.route, row.senders, row.overdue) for row in others} == {(None, None, False)}
