"""What stands before a route whose model name may be retired: warns, refuses or maps, at the very instant."""

from collections.abc import Callable

from routeproof.access.keys import KeyRecord
from routeproof.catalog.alias_life import NameLives
from routeproof.catalog.alias_policy import Act, AliasRule, Decision, decide
from routeproof.clock import format_instant
from routeproof.errors import ModelRetired
from routeproof.gateway.alias_notices import AliasNotices
from routeproof.gateway.routes import Route


class AliasGate:
    """One route's gate. It decides anew where an exchange starts outside the window of the decision at hand."""

    __slots__ = ("_decision", "_make", "_model", "_names", "_notices", "_rule", "_sent", "_words")

    def __init__(
        self,
        names: NameLives,
        model: str,
        rule: AliasRule,
        *,
        make: Callable[[str], Route],
        notices: AliasNotices,
    ) -> None:
        self._names = names
        self._model = model
        self._rule = rule
        self._make = make
        """Gives a route of the same provider, of its own, that sends this model."""
        self._notices = notices
        self._decision: Decision | None = None
        self._sent: Route | None = None
        """What carries a warned or mapped attempt."""
        self._words = ""

    def through(self, route: Route, key: KeyRecord, started_ns: int) -> Route:
        """The route that an attempt of this exchange takes: the same, one that warns, or one that maps.

        Raises ModelRetired where the name is refused.
        """
        decision = self._decision
        if decision is None or not decision.from_ns <= started_ns < decision.until_ns:
            decision = self._decide(route, started_ns)
        if decision.act is Act.PASS:
            route.alias_change_ns = decision.until_ns  # nothing to do until then
            return route
        self._notices.tell(route.name, key, self._words, started_ns)
        if self._sent is None:
            raise ModelRetired(f"The model name {self._words}.", param="model")
        return self._sent

    def _decide(self, route: Route, started_ns: int) -> Decision:
        self._decision = decision = decide(self._names, self._model, self._rule, started_ns)
        self._words = words_of(route.provider, self._model, decision)
        self._sent = self._carrier(route, decision)
        return decision

    def _carrier(self, route: Route, decision: Decision) -> Route | None:
        if decision.act is Act.WARN:
            sent = self._make(route.model)
        elif decision.act is Act.MAP and decision.successor is not None:
            sent = self._make(decision.successor)
            sent.implied_thinking = self._names.life(self._model).thinking
        else:
            return None
        sent.header_lines += b"x-routeproof-warning: %b\r\n" % self._words.encode("ascii", "replace")
        return sent


def words_of(provider: str, model: str, decision: Decision) -> str:
    """What a client and the log are told, without a full stop; empty where there is nothing to tell."""
    if decision.act is Act.PASS:
        return ""
    turn = "" if decision.turn_ns is None else f" at {format_instant(decision.turn_ns)}"
    successor = f"{provider}/{decision.successor}"
    if decision.act is Act.MAP:
        return f"{provider}/{model} was retired{turn}; {successor} is asked instead"
    words = f"{provider}/{model} {'is to be' if decision.act is Act.WARN else 'was'} retired{turn}"
    return words if decision.successor is None else f"{words}; use {successor}"
