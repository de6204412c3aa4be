"""Creating, listing and revoking keys."""

from pathlib import Path

import msgspec
import pytest

from routeproof.access.keys import parse_key
from routeproof.clock import FixedClock
from routeproof.errors import KeyRevoked, OperatorError
from routeproof.operations.keys import LABEL_MAX, CreatedKey, KeyInfo, create_key, list_keys, revoke_key
from routeproof.store.data_dir import database_path
from routeproof.store.keys import load_ring

NOW = FixedClock(1_790_000_000_000_000_000)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that did not exist before its first key was made."""
    data_dir = tmp_path_factory.mktemp("keys") / "data"
    create_key(data_dir, "carol", "sales", clock=NOW)
    return data_dir


def test_a_new_key_works_and_is_listed(seeded: Path) -> None:
    """The text that is shown once authenticates; the list has everything but the text."""
    created = create_key(seeded, "alice", "research", "laptop", clock=NOW)
    ring = load_ring(database_path(seeded))

    assert ring.authenticate(created.key.encode()).owner == "alice"
    assert created.info == KeyInfo(
        created.info.key_id, "laptop", "alice", "research", "2026-09-21T14:13:20.000Z", None, tap=False
    )
    assert created.info in list_keys(seeded)


def test_no_two_keys_are_alike(seeded: Path) -> None:
    """The randomness is the system's."""
    keys = {create_key(seeded, "alice", "research").key for _ in range(5)}

    assert len(keys) == 5
    assert all(parse_key(key) is not None for key in keys)


def test_the_key_shows_only_where_it_is_asked_for(seeded: Path) -> None:
    """It is in the JSON that creates it, and neither in its repr nor in any list."""
    created = create_key(seeded, "alice", "research")

    assert created.key not in repr(created)
    assert msgspec.json.decode(msgspec.json.encode(created), type=CreatedKey) == created
    assert created.key.encode() not in msgspec.json.encode(list_keys(seeded))


def test_a_revoked_key_is_refused(seeded: Path) -> None:
    """Its line in the list says when."""
    created = create_key(seeded, "alice", "research", clock=NOW)
    info = revoke_key(seeded, created.info.key_id, clock=NOW)

    assert info.revoked_at == "2026-09-21T14:13:20.000Z"
    assert info in list_keys(seeded)
    with pytest.raises(KeyRevoked):
        load_ring(database_path(seeded)).authenticate(created.key.encode())


def test_a_key_given_in_place_of_its_id_is_not_repeated(seeded: Path) -> None:
    """The message goes to screens and logs."""
    created = create_key(seeded, "alice", "research")
    with pytest.raises(OperatorError, match="key id") as refusal:
        revoke_key(seeded, created.key)
    assert created.key not in refusal.value.message


def test_an_unknown_id_is_told(seeded: Path) -> None:
    """Nothing is revoked, and the remedy is the list."""
    with pytest.raises(OperatorError, match="routeproof keys list"):
        revoke_key(seeded, "key_000000000000")


@pytest.mark.parametrize(
    ("owner", "account", "name", "field"),
    [
        ("", "a", "", "owner"),
        ("a", "", "", "account"),
        ("a", "a\n", "", "account"),
        ("\x1b[31m", "a", "", "owner"),
        (" a", "a", "", "owner"),
        ("a", "a", "n" * (LABEL_MAX + 1), "name"),
        ("a", "a", "tab\there", "name"),
    ],
)
def test_a_label_that_would_spoil_rows_is_refused(
    tmp_path: Path, owner: str, account: str, name: str, field: str
) -> None:
    """Empty, too long, or with what moves a terminal's cursor: named, before anything is made."""
    with pytest.raises(OperatorError, match=f"^{field} "):
        create_key(tmp_path / "data", owner, account, name)
    assert not (tmp_path / "data").exists()


def test_labels_may_be_in_any_script(seeded: Path) -> None:
    """And hold spaces inside."""
    created = create_key(seeded, "李雷", "Forschung & Lehre", "ноутбук №1")

    assert (created.info.owner, created.info.account, created.info.name) == ("李雷", "Forschung & Lehre", "ноутбук №1")


def test_listing_where_nothing_was_made_says_what_makes_it(tmp_path: Path) -> None:
    """A wrong path is noticed instead of being made into an empty database."""
    with pytest.raises(OperatorError, match="there is no database"):
        list_keys(tmp_path)
    assert list(tmp_path.iterdir()) == []
