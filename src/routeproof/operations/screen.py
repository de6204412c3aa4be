"""What operations show, and where: the command line's console, as far as they need it."""

from collections.abc import Sequence
from typing import Literal, Protocol

Column = tuple[str, Literal["left", "right"]]
"""A heading, and the side that its cells keep to."""


class Screen(Protocol):
    """Text and tables for a person, one JSON value a line for a machine."""

    def say(self, text: str = "") -> None:
        """Write text to stdout."""
        ...

    def tell(self, text: str) -> None:
        """Write text for a person to stderr."""
        ...

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Write rows under their headings to stdout."""
        ...

    def json_line(self, value: object) -> None:
        """Write one value as one line of JSON to stdout."""
        ...
