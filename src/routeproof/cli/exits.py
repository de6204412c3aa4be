"""The exit codes of every command."""

from enum import IntEnum

from routeproof.errors import ConfigError, FactsError, OperatorError


class Exit(IntEnum):
    """What a script may rely on."""

    OK = 0
    FAILED = 1
    """The command could not do what it was asked, or found something wrong."""
    USAGE = 2
    """The command line, the configuration or a facts file is at fault; nothing was done."""


def exit_of(error: OperatorError) -> Exit:
    """The exit code that an error leads to."""
    return Exit.USAGE if isinstance(error, ConfigError | FactsError) else Exit.FAILED
