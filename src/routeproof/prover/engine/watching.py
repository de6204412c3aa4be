"""What a run tells whoever watches it, as it goes."""

from typing import Protocol

from routeproof.evidence.observations import Observation
from routeproof.evidence.results import Spent


class Watcher(Protocol):
    """Is called on the run's own event loop, so it must not block."""

    def began(self, planned: int, already: int) -> None:
        """So many requests are planned, of which so many were over in an earlier part of the run."""
        ...

    def observed(self, observation: Observation, spent: Spent) -> None:
        """A planned request is over, or will never be sent; redacted, as it is judged."""
        ...

    def stopping(self, why: str) -> None:
        """Nothing more is sent, and what is under way is broken off."""
        ...

    def asking_again(self, requests: int, wait_s: float) -> None:
        """The first attempts are over; requests that met a rate limit are asked once more after a wait."""
        ...


class Unwatched:
    """Nobody watches."""

    def began(self, planned: int, already: int) -> None:
        """Nobody is told."""

    def observed(self, observation: Observation, spent: Spent) -> None:
        """Nobody is told."""

    def stopping(self, why: str) -> None:
        """Nobody is told."""

    def asking_again(self, requests: int, wait_s: float) -> None:
        """Nobody is told."""
