"""`routeproof keys`: create, list and revoke clients' API keys."""

from typing import Annotated

import msgspec
import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.operations.keys import create_key, list_keys, revoke_key

keys_commands = typer.Typer(no_args_is_help=True)


@keys_commands.callback()
def keys() -> None:
    """Create, list and revoke clients' API keys."""


@keys_commands.command()
def create(
    owner: Annotated[str, typer.Option("--owner", help="Who uses the key; stands in every row.")],
    account: Annotated[str | None, typer.Option("--account", help="Who pays; the owner unless given.")] = None,
    name: Annotated[str, typer.Option("--name", help="What the key is for.")] = "",
    tap: Annotated[
        bool, typer.Option("--tap", help="For the prover alone: its holder may read what its exchanges send upstream.")
    ] = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Make a key and show it, this once.

    Stdout holds the key alone, so that a script can take it. A running gateway accepts it within a second.
    """
    created = create_key(
        settings_at(config, keys_needed=False).server.data_dir,
        owner,
        owner if account is None else account,
        name,
        tap=tap,
    )
    if as_json:
        json_line({"key": created.key, **msgspec.structs.asdict(created.info)})
        return
    say(created.key)
    tell(f"This is {created.info.key_id}. Keep the key now: it is stored nowhere and can't be shown again.")


@keys_commands.command("list")
def list_(config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Show every key, revoked ones too, the oldest first."""
    found = list_keys(settings_at(config, keys_needed=False).server.data_dir)
    if as_json:
        for key in found:
            json_line(key)
        return
    table(
        [(heading, "left") for heading in ("key id", "name", "owner", "account", "created", "revoked", "tap")],
        [
            (key.key_id, key.name or "-", key.owner, key.account, key.created_at, key.revoked_at or "-", _yes(key.tap))
            for key in found
        ],
    )


@keys_commands.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="As `routeproof keys list` shows it.")],
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key for good; a running gateway refuses it within a second."""
    key = revoke_key(settings_at(config, keys_needed=False).server.data_dir, key_id)
    if as_json:
        json_line(key)
    else:
        say(f"{key.key_id} of {key.owner} is revoked since {key.revoked_at}.")


def _yes(value: bool) -> str:
    return "yes" if value else "-"
