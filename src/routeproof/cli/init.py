"""`routeproof init`: write a commented configuration to start from."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from routeproof.cli.console import json_line, say
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption
from routeproof.config.starter import STARTER, STARTER_VARIABLES
from routeproof.errors import OperatorError

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")]


def init(config: ConfigOption = CONFIG_DEFAULT, force: ForceOption = False, as_json: JsonOption = False) -> None:
    """Write a commented configuration to start from."""
    _write(config, force=force)
    if as_json:
        json_line({"path": str(config), "variables": STARTER_VARIABLES})
        return
    option = "" if config == CONFIG_DEFAULT else f" --config {shlex.quote(str(config))}"
    say(f"Wrote {config}. Next:")
    say(f"  1. edit it; as written it needs {' and '.join(STARTER_VARIABLES)} in the environment")
    say(f"  2. routeproof config check{option}")
    say(f"  3. routeproof keys create{option} --owner NAME")
    say(f"  4. routeproof serve{option}")


def _write(path: Path, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(STARTER)
    except FileExistsError as error:
        raise OperatorError(f"{path} is there already; name another with --config, or add --force") from error
    except OSError as error:
        raise OperatorError(f"{path} can't be written ({error.strerror}); name another with --config") from error
