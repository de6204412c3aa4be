"""Secrets by reference: `env:NAME`, `file:PATH` or `none`. No error here ever holds a secret's value."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from routeproof.config.table import Table
from routeproof.secret import Secret

SECRET_BYTES_MAX: Final = 8 * 1024

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
# A key travels in a header: visible ASCII only (RFC 9110 5.5 allows more than any provider issues).
_SECRET: Final = re.compile(r"[!-~]+")
_FORMS: Final = "write 'env:NAME' for an environment variable, 'file:PATH' for a file, or 'none'"


class SecretError(Exception):
    """Why a reference gives no secret; the text may be shown."""


class SecretAbsent(SecretError):
    """The reference is right, and what it refers to is not here."""


def read_secret(
    table: Table, name: str, environ: Mapping[str, str], folder: Path, *, needed: bool = True
) -> Secret | None:
    """The secret that a required setting refers to; None for `none`, or where it is refused and noted.

    Where it is not `needed`, one that is absent is no mistake: whoever reads a ledger has no business with keys.
    """
    value = table.raw(name)
    if value is None:
        table.problem(name, f"is missing; {_FORMS}")
        return None
    try:
        return _resolve(value, environ, folder)
    except SecretError as refusal:
        if needed or not isinstance(refusal, SecretAbsent):
            table.problem(name, str(refusal))
        return None


def _resolve(value: object, environ: Mapping[str, str], folder: Path) -> Secret | None:
    if value == "none":
        return None
    kind, colon, reference = value.partition(":") if isinstance(value, str) else ("", "", "")
    if colon and kind == "env":
        return _checked(_from_environment(reference, environ), f"the environment variable {reference}")
    if colon and kind == "file":
        return _checked(_from_file(reference, folder), f"the file {reference!r}")
    raise SecretError(f"a key may not be written here (its value is not shown); {_FORMS}")


def _from_environment(variable: str, environ: Mapping[str, str]) -> str:
    if _VARIABLE.fullmatch(variable) is None:
        raise SecretError(f"what follows 'env:' is no variable's name (it is not shown); {_FORMS}")
    value = environ.get(variable)
    if value is None:
        raise SecretAbsent(f"the environment variable {variable} is not set; set it, or use 'file:PATH'")
    return value


def _from_file(reference: str, folder: Path) -> str:
    if not reference or not reference.isprintable():
        raise SecretError("what follows 'file:' is no path; write 'file:PATH'")
    try:
        with (folder / reference).open("rb") as file:
            content = file.read(SECRET_BYTES_MAX + 2)
    except OSError as error:
        raise SecretAbsent(
            f"the file {reference!r} can't be read ({error.strerror}); check the path and its permissions"
        ) from error
    return _without_line_end(content.decode("utf-8", errors="replace"))


def _without_line_end(text: str) -> str:
    """Editors and `echo` end a file with one line break; a second one is a mistake worth telling."""
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _checked(text: str, where: str) -> Secret:
    if not text:
        raise SecretError(f"{where} is empty; put the key there, or write 'none' if the provider wants none")
    if len(text) > SECRET_BYTES_MAX:
        raise SecretError(f"{where} holds more than {SECRET_BYTES_MAX} bytes, which is no API key")
    if _SECRET.fullmatch(text) is None:
        raise SecretError(
            f"{where} holds blanks, control or non-ASCII characters; put the key there alone, on one line"
        )
    return Secret(text)
