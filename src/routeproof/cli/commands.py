"""Every command and where it stands; each is read when it is called, so that `serve` carries no other's libraries."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final, cast

import typer
from typer.core import TyperCommand, TyperGroup

Command = TyperCommand | TyperGroup

PLACES: Final = {
    "serve": "serve:serve",
    "demo": "demo:demo",
    "simulate": "simulate:simulate",
    "init": "init:init",
    "config": "config_check:config_commands",
    "keys": "keys:keys_commands",
    "log": "log:log",
    "ledger": "ledger:ledger_commands",
    "facts": "facts:facts_commands",
    "prices": "prices:prices_commands",
    "cost": "cost:cost",
    "aliases": "aliases:aliases",
    "prove": "prove:prove",
    "compare": "compare:compare",
    "evidence": "evidence:evidence_commands",
    "controls": "controls:controls",
    "report": "report:report",
    "signer": "signer:signer_commands",
    "lint": "lint:lint",
    "doctor": "doctor:doctor",
}
"""By name, in the order of their use, which is that of the help: a module of `routeproof.cli`, and its name there."""

# Help stays plain text: it is read through pipes and quoted in the documentation.
SETTINGS: Final = {"help_option_names": ["-h", "--help"]}


class Commands(Mapping[str, Command]):
    """The commands by name, each made when it is first asked for."""

    def __init__(self, places: Mapping[str, str] = PLACES) -> None:
        self._places = places
        self._made: dict[str, Command] = {}

    def __getitem__(self, name: str) -> Command:
        if name not in self._made:
            self._made[name] = _made(name, self._places[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _made(name: str, place: str) -> Command:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"routeproof.cli.{module}"), attribute)
    app = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=SETTINGS)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
        return cast(Command, cast(TyperGroup, typer.main.get_command(app)).commands[name])
    app.command(name)(found)
    return cast(Command, typer.main.get_command(app))
