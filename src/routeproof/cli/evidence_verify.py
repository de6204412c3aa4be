"""`routeproof evidence verify`: whether a file of evidence is to be believed, and is about here and now."""

from pathlib import Path
from typing import Annotated

import typer

from routeproof.cli.console import json_line, say, show_error, tell
from routeproof.cli.evidence_options import place_at
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.cli.price_desk import AtOption, instant_at
from routeproof.errors import StoreError
from routeproof.operations.evidence.route_digests import RouteDigests
from routeproof.operations.evidence.verifying import VerifiedEvidence, verify_file

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="As `routeproof evidence export` wrote it.")]
TrustOption = Annotated[
    list[str] | None, typer.Option("--trust", metavar="KEY_ID", help="Believe this signer too, this once; repeatable.")
]


def verify(
    file: FileArgument,
    trust: TrustOption = None,
    at: AtOption = None,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Verify a file of evidence: signature, digests, plan, and every verdict again from the bytes in it.

    Needs no network, no database and no configuration. Exit code 0: it holds; 1: it does not; 2: it can't be read.
    """
    place, at_ns = place_at(config), instant_at(at)
    digests = RouteDigests(place.settings)
    try:
        verified = verify_file(file, place, at_ns, digests, trust=trust or ())
    except StoreError as error:
        show_error(error)
        raise typer.Exit(Exit.USAGE) from error
    if as_json:
        json_line(verified)
    else:
        _show(verified)
    raise typer.Exit(_exit_of(verified))


def _exit_of(verified: VerifiedEvidence) -> Exit:
    if not verified.readable:
        return Exit.USAGE
    return Exit.OK if verified.holds else Exit.FAILED


def _show(verified: VerifiedEvidence) -> None:
    for reason in verified.reasons:
        say(f"{reason.code}: {reason.detail}. {reason.remedy}")
    if verified.route is not None:
        proven = ", ".join(f"{facet} {verdict}" for facet, verdict in verified.verdicts.items())
        say(f"{verified.route}: {proven}; until {verified.expires}")
        say(f"{verified.rescored} of {verified.checks} verdicts were reached again from the bytes in the file.")
        say(_APPLIES[verified.applies])
    if verified.other_rules:
        tell(f"This version judges by other rules than the plan's: {', '.join(verified.other_rules)}.")
    say("It holds." if verified.holds else "It does not hold.")


_APPLIES = {
    "yes": "It is about the route as configured now.",
    "no": "It is not about the route as configured now.",
    "not-asked": "Whether it is about a route that is configured here was not asked: there is none of its name.",
}
