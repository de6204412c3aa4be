"""`keys`: create, list and revoke, on a real database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from routeproof.access.keys import parse_key
from routeproof.store.data_dir import database_path
from routeproof.store.keys import load_ring

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def _configured(configured: Path) -> None:
    """A configuration in the working folder."""


def created(command: Command, *arguments: str) -> dict[str, str]:
    """A new key, as a machine reads it."""
    result = command("keys", "create", "--owner", "ada", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    answer: dict[str, str] = json.loads(result.stdout)
    return answer


def test_create_writes_the_key_alone_to_stdout(command: Command, home: Path) -> None:
    """So that a script can take it; the gateway accepts it."""
    result = command("keys", "create", "--owner", "ada")
    key = result.stdout.removesuffix("\n")

    assert result.exit_code == 0
    assert parse_key(key) is not None
    assert load_ring(database_path(home / "data")).authenticate(key.encode()).owner == "ada"
    assert "can't be shown again" in result.stderr
    assert key not in result.stderr


def test_the_owner_pays_unless_an_account_is_given(command: Command) -> None:
    """Owner, account and name stand in the answer."""
    own, other = created(command), created(command, "--account", "research", "--name", "evals")

    assert (own["owner"], own["account"], own["name"]) == ("ada", "ada", "")
    assert (other["owner"], other["account"], other["name"]) == ("ada", "research", "evals")


def test_an_owner_is_required(command: Command) -> None:
    """As a usage error."""
    result = command("keys", "create")

    assert result.exit_code == 2
    assert "--owner" in result.stderr


def test_list_shows_what_may_be_shown(command: Command) -> None:
    """Never the key itself, in no form."""
    made = created(command, "--name", "evals")
    plain, for_machines = command("keys", "list"), command("keys", "list", "--json")

    assert plain.stdout.splitlines()[1].split() == [made["key_id"], "evals", "ada", "ada", made["created_at"], "-", "-"]
    assert [json.loads(line)["key_id"] for line in for_machines.stdout.splitlines()] == [made["key_id"]]
    secret = made["key"].split("_")[3]
    assert secret not in plain.output + for_machines.output


def test_revoke_ends_a_key_for_good(command: Command) -> None:
    """And says since when; a second time changes nothing."""
    made = created(command)
    first = command("keys", "revoke", made["key_id"])
    second = json.loads(command("keys", "revoke", made["key_id"], "--json").stdout)
    listed = json.loads(command("keys", "list", "--json").stdout)

    assert first.exit_code == 0
    assert first.stdout == f"{made['key_id']} of ada is revoked since {second['revoked_at']}.\n"
    assert listed["revoked_at"] == second["revoked_at"]


def test_revoking_the_key_itself_does_not_repeat_it(command: Command) -> None:
    """Whoever pastes the key in place of its id is told so without a leak."""
    made = created(command)
    result = command("keys", "revoke", made["key"])

    assert (result.exit_code, result.stdout) == (1, "")
    assert made["key"] not in result.stderr
    assert "routeproof keys list" in result.stderr


def test_list_before_the_first_key_says_how_to_begin(command: Command) -> None:
    """There is no database yet."""
    result = command("keys", "list")

    assert result.exit_code == 1
    assert "there is no database" in result.stderr
