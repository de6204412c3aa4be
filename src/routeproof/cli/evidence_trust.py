"""`routeproof evidence trust`: whose evidence is believed here."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.evidence_options import place_at
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.operations.evidence.signers import distrust_signer, trust_signer, trusted_signers
from routeproof.operations.screen import Column

_COLUMNS: Final[Sequence[Column]] = (("key id", "left"), ("because", "left"), ("since", "left"), ("note", "left"))

KeyIdArgument = Annotated[
    str | None, typer.Argument(metavar="KEY_ID", help="As `routeproof signer show` prints it; without one, list all.")
]
NoteOption = Annotated[str, typer.Option("--note", help="Whose key it is, for those who read the list.")]
RemoveOption = Annotated[bool, typer.Option("--remove", help="Trust it no more.")]


def trust(
    key_id: KeyIdArgument = None,
    note: NoteOption = "",
    remove: RemoveOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Believe what a signer signs, or list whose evidence is believed, and why."""
    place = place_at(config)
    if key_id is None:
        if remove:
            raise typer.BadParameter("name the key id to remove", param_hint="'--remove'")
        trusted = trusted_signers(place.data_dir, place.rules)
        if as_json:
            for one in trusted:
                json_line(one)
        elif trusted:
            table(_COLUMNS, [(one.key_id, one.because, one.since or "-", one.note or "-") for one in trusted])
        else:
            tell("Nobody is trusted yet; `routeproof signer init` makes a signer of your own.")
        return
    if remove:
        distrust_signer(place.data_dir, key_id)
        added = None
    else:
        added = trust_signer(place.data_dir, key_id, note=note)
    if as_json:
        json_line({"key_id": key_id, "trusted": added is not None, "since": None if added is None else added.since})
    else:
        say(f"{key_id} is trusted {f'since {added.since}' if added is not None else 'no more'}.")
