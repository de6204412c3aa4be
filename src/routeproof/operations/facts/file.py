"""Writes facts as a file for a person to review, in the shape that facts files have."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Confidence
from routeproof.clock import NS_PER_S, format_day, format_instant
from routeproof.errors import FactsError, OperatorError

_HEADER: Final = "# Read by routeproof; review each fact before you name this file under `server.facts`.\n"


class Draft(msgspec.Struct, frozen=True):
    """One fact to be written. `value` and `more` are keys with their values as TOML."""

    id: str
    kind: str
    family: str
    model: str
    unit: str
    value: str
    more: Mapping[str, str] = {}
    note: str = ""


class Origin(msgspec.Struct, frozen=True):
    """Where and when drafts were read."""

    source: str
    """An address on the web."""
    confidence: Confidence
    wall_ns: int


def facts_text(drafts: Sequence[Draft], origin: Origin) -> str:
    """The whole file: each fact holds from the second it was read, for nothing is known of the time before."""
    return "\n".join([_HEADER, *(_fact_text(draft, origin) for draft in drafts)])


def write_new_facts(path: Path, drafts: Sequence[Draft], origin: Origin) -> None:
    """Write a facts file that isn't there yet, after reading it as one.

    Raises OperatorError where there is nothing to write, or the file is there or can't be written.
    """
    if not drafts:
        raise OperatorError("there is nothing that could be saved as a fact; no file was written")
    text = facts_text(drafts, origin)
    try:
        parse_facts(text, str(path))
    except FactsError as error:
        raise OperatorError(
            f"what was read makes no valid facts file ({error.problems[0]}); save it by hand"
        ) from error
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise OperatorError(f"{path} is there already and is never overwritten; name another with --save") from error
    except OSError as error:
        raise OperatorError(f"{path} can't be written ({error.strerror}); name another with --save") from error


def toml_text(value: str) -> str:
    """A text as a TOML basic string: JSON's escapes are among TOML's."""
    return msgspec.json.encode(value).decode()


def _fact_text(draft: Draft, origin: Origin) -> str:
    second_ns = origin.wall_ns // NS_PER_S * NS_PER_S
    keys = {
        "id": toml_text(draft.id),
        "kind": toml_text(draft.kind),
        "subject": f"{{ family = {toml_text(draft.family)}, model = {toml_text(draft.model)} }}",
        "unit": toml_text(draft.unit),
        **draft.more,
        "value": draft.value,
        "effective_from": toml_text(format_instant(second_ns)),
        "source": toml_text(origin.source),
        "checked_at": toml_text(format_day(origin.wall_ns)),
        "confidence": toml_text(origin.confidence.value),
    }
    if draft.note:
        keys["note"] = toml_text(draft.note)
    return "\n".join(["[[fact]]", *(f"{key} = {value}" for key, value in keys.items()), ""])
