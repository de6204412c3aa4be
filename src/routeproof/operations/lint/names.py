"""Model names that a provider retires: in the configuration, in clients' requests, or open to both."""

from collections.abc import Iterator
from typing import Final

from routeproof.catalog.alias_policy import Act, AliasPolicy
from routeproof.catalog.staleness import DAY_NS
from routeproof.clock import format_instant, parse_instant
from routeproof.config.lint_codes import LintCode
from routeproof.operations.aliases import AliasRow
from routeproof.operations.lint.finding import Found, request_ids
from routeproof.operations.lint.places import places_of_route
from routeproof.operations.lint.scene import LintScene

NEAR_DAYS: Final = 30
"""How long before a retirement a name counts as near it, whatever its rule says of warnings."""
_SENDERS_SHOWN: Final = 5


def names_of_retired(scene: LintScene) -> Iterator[Found]:
    """Names past their retirement that are still in use, and that nothing maps."""
    for row in scene.aliases:
        if row.overdue:
            since = row.turn or row.retirements[-1]
            yield Found(
                LintCode.ALIAS_RETIRED, f"'{row.route}' is retired since {since}; {_use(row)}", _where(scene, row)
            )


def names_that_retire(scene: LintScene) -> Iterator[Found]:
    """Names in use whose retirement is near, and that nothing maps then."""
    for row in scene.aliases:
        coming_ns = _coming_ns(row, scene.at_ns)
        if row.overdue or row.policy == AliasPolicy.MAP or coming_ns is None:
            continue
        near = row.does == Act.WARN or coming_ns - scene.at_ns <= NEAR_DAYS * DAY_NS
        if near and (row.configured_in or row.senders):
            detail = f"'{row.route}' is retired at {format_instant(coming_ns)}; {_use(row)}"
            yield Found(LintCode.ALIAS_RETIRING, detail, _where(scene, row))


def names_nobody_ruled_on(scene: LintScene) -> Iterator[Found]:
    """Names that clients may send by themselves, that the provider retires, and that have no rule."""
    if not scene.settings.server.direct_routes:
        return
    rules = scene.settings.aliases
    open_names = [row.route for row in scene.aliases if row.retirements and row.route and row.route not in rules]
    if open_names:
        detail = f"clients may send {', '.join(open_names)}, which the facts retire, and no rule says what then"
        yield Found(LintCode.ALIAS_UNPOLICED, detail, ("server.direct_routes", "aliases"))


def _coming_ns(row: AliasRow, at_ns: int) -> int | None:
    """The next instant at which the name is retired, by the facts or the rule."""
    instants = [*row.retirements, *(() if row.turn is None else (row.turn,))]
    return min((instant for instant in map(parse_instant, instants) if instant > at_ns), default=None)


def _use(row: AliasRow) -> str:
    parts: list[str] = []
    if row.configured_in:
        parts.append(f"configured in {', '.join(row.configured_in)}")
    if row.senders:
        requests = sum(sender.requests for sender in row.senders)
        keys = len({sender.key_id for sender in row.senders})
        parts.append(f"{requests} requests of {keys} key{'s' * (keys != 1)}, the last at {row.senders[0].last_seen}")
    if row.successor is not None:
        parts.append(f"its successor is {row.successor}")
    return "; ".join(parts)


def _where(scene: LintScene, row: AliasRow) -> tuple[str, ...]:
    senders = dict.fromkeys(sender.key_id for sender in row.senders or () if sender.key_id is not None)
    uses = () if scene.ledger is None else scene.ledger.routes
    last = [use.tried.last_id for use in uses if row.route in {use.route, use.model_asked}]
    return (*places_of_route(scene.settings, row.route), *list(senders)[:_SENDERS_SHOWN], *request_ids(*last))
