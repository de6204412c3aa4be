"""Log lines about names that are, or are to be, retired: one a day for each key and route, and never too many."""

import logging
from typing import Final

from routeproof.access.keys import KeyRecord
from routeproof.clock import NS_PER_S

NOTICES_MAX: Final = 4_096
"""Lines in one day; what is more is known from the ledger."""

_NS_PER_DAY: Final = 86_400 * NS_PER_S
_log = logging.getLogger("routeproof.aliases")


class AliasNotices:
    """Remembers what was told on one UTC day; outlives reloads."""

    def __init__(self, notices_max: int = NOTICES_MAX) -> None:
        self._notices_max = notices_max
        self._day = -1
        self._told: set[tuple[str, str]] = set()

    def tell(self, route: str, key: KeyRecord, words: str, now_ns: int) -> None:
        """Log who sends the name, unless it was logged on this day or enough was."""
        day = now_ns // _NS_PER_DAY
        if day != self._day:
            self._day = day
            self._told.clear()
        notice = (route, key.key_id)
        if notice in self._told or len(self._told) >= self._notices_max:
            return
        self._told.add(notice)
        extra = {"route": route, "key_id": key.key_id, "key_owner": key.owner}
        _log.warning("%s", words, extra=extra)
        if len(self._told) == self._notices_max:
            _log.warning("no more of these lines today; `routeproof aliases` shows who sends what")
