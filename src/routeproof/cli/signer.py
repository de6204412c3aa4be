"""`routeproof signer`: the key that evidence is signed with here."""

import typer

from routeproof.cli.console import json_line, say, tell
from routeproof.cli.evidence_options import place_at
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.operations.evidence.signers import SignerInfo, init_signer, show_signer

signer_commands = typer.Typer(no_args_is_help=True)


@signer_commands.callback()
def signer() -> None:
    """Make and show the key that evidence is signed with."""


@signer_commands.command()
def init(config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Make a signing key in the data directory; one that is there is never overwritten."""
    place = place_at(config)
    _show(init_signer(place.data_dir, place.rules), as_json=as_json)
    if not as_json:
        tell("Keep a copy of the private key in a safe place: evidence is believed by it.")


@signer_commands.command()
def show(config: ConfigOption = CONFIG_DEFAULT, as_json: JsonOption = False) -> None:
    """Show the signer's key id and public key, for others to trust; never the private key."""
    place = place_at(config)
    _show(show_signer(place.data_dir, place.rules), as_json=as_json)


def _show(info: SignerInfo, *, as_json: bool) -> None:
    if as_json:
        json_line(info)
        return
    say(f"key id       {info.key_id}")
    say(f"private key  {info.place}")
    say(info.public_key.rstrip("\n"))
