"""Lists model names that others replace: what each stands for, what is done with it, and who still sends it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from routeproof.catalog.alias_life import AliasLife, NameLives
from routeproof.catalog.alias_policy import Act, AliasPolicy, AliasRule, Decision, decide
from routeproof.catalog.kinds import AliasFact, Facts
from routeproof.clock import format_instant
from routeproof.config.alias_facts import names_of
from routeproof.config.settings import ModelSettings, ProviderSettings, Settings
from routeproof.ids import RouteName
from routeproof.store.alias_use import AliasUseReader, NameUse
from routeproof.store.data_dir import database_path


class AliasSender(msgspec.Struct, frozen=True):
    """One key that sent the name."""

    key_id: str | None
    key_owner: str | None
    model_asked: str | None
    """As the client asked for it: the route, or a model that leads to it."""
    requests: int
    last_seen: str


class AliasRow(msgspec.Struct, frozen=True):
    """One name. Instants are RFC 3339, UTC; None is 'not known' or 'does not apply'."""

    route: str | None
    """How clients and models name it; None for a family that no provider of the configuration has."""
    family: str | None
    """Whose facts speak of it; None where only a rule does."""
    region: str | None
    name: str
    state: str
    """`model`, `alias` or `retired`, by the facts."""
    stands_for: str | None
    """The model that answers; None where the name is retired."""
    since: str | None
    until: str | None
    retirements: list[str]
    """Every retirement that the facts know, past and to come."""
    successor: str | None
    facts: list[str]
    policy: str
    does: str
    """`pass`, `warn`, `refuse` or `map`: what the gateway does at the instant."""
    turn: str | None
    """The retirement that it does it for."""
    sends: str | None
    """The model that is asked instead, where the name is mapped."""
    configured_in: list[str]
    """The models of the configuration that lead to the route."""
    senders: list[AliasSender] | None
    """Who sent it in the period; None where there is no ledger, or no provider."""
    overdue: bool
    """Its retirement is past, it is not mapped, and it is still configured, or was sent since."""


class AliasReport(msgspec.Struct, frozen=True):
    """All names."""

    rows: list[AliasRow]
    ledger_read: bool
    """False where there is no ledger yet."""


def list_aliases(settings: Settings, facts: Facts, *, at_ns: int, since_ns: int, every_family: bool) -> AliasReport:
    """Every name that facts or rules speak of, of the configured providers; with `every_family`, of all families.

    Who sends a name is counted from `since_ns` to `at_ns`. Raises StoreError where the ledger can't be read.
    """
    known = list(_configured(settings, facts))
    database = database_path(settings.server.data_dir)
    uses: list[NameUse] | None = None
    if database.exists():
        names = [route for route, *_ in known]
        targets = {target for entry in known for target in _targets(settings, entry)}
        uses = AliasUseReader(database).uses(sorted({*names, *targets}), names, since_ns, at_ns)
    rows = [_row(settings, entry, uses, at_ns) for entry in known]
    if every_family:
        rows += _others(facts, {row.family for row in rows}, at_ns)
    return AliasReport(rows, uses is not None)


_Known = tuple[RouteName, ProviderSettings, NameLives, str]
"""Route, its provider, the lives of the provider's names, and the name."""


def _configured(settings: Settings, facts: Facts) -> Iterator[_Known]:
    for provider in settings.providers.values():
        ruled = {name.partition("/")[2] for name in settings.aliases if name.partition("/")[0] == provider.name}
        plain = names_of(provider, facts.aliases, has_rule=False)
        for name in sorted({*plain.names(), *ruled}):
            names = names_of(provider, facts.aliases, has_rule=True) if name in ruled else plain
            yield RouteName(f"{provider.name}/{name}"), provider, names, name


def _others(facts: Facts, shown: Collection[str | None], at_ns: int) -> Iterator[AliasRow]:
    """The names of every other family, by region where facts are about some regions only."""
    families = sorted({fact.subject.family for fact in facts.aliases}.difference(shown))
    for family in families:
        own = [fact for fact in facts.aliases if fact.subject.family == family]
        for region in (None, *sorted({region for fact in own for region in fact.subject.regions})):
            names = NameLives([fact for fact in own if fact.subject.covers(region)])
            for name in _names_in(own, region):
                yield _bare_row(family, region, names, name, at_ns)


def _names_in(aliases: Iterable[AliasFact], region: str | None) -> list[str]:
    there = (fact for fact in aliases if (region in fact.subject.regions if region else not fact.subject.regions))
    return sorted({fact.subject.model for fact in there if fact.subject.model is not None})


def _bare_row(family: str, region: str | None, names: NameLives, name: str, at_ns: int) -> AliasRow:
    rule = AliasRule()
    return _told(None, family, region, names.life(name), rule, decide(names, name, rule, at_ns), at_ns)


def _row(settings: Settings, known: _Known, uses: Sequence[NameUse] | None, at_ns: int) -> AliasRow:
    route, provider, names, name = known
    rule = settings.aliases.get(route, AliasRule())
    decision = decide(names, name, rule, at_ns)
    row = _told(route, names.family, provider.region, names.life(name), rule, decision, at_ns)
    targets = _targets(settings, known)
    senders = None if uses is None else [use for use in uses if _sends(use, route, targets, settings.models)]
    models = [model.name for model in settings.models.values() if route in _routes_of(model)]
    return msgspec.structs.replace(
        row,
        configured_in=models,
        senders=None if senders is None else _senders(senders),
        overdue=_overdue(names.life(name), decision, at_ns, models, senders or []),
    )


def _told(
    route: RouteName | None,
    family: str | None,
    region: str | None,
    life: AliasLife,
    rule: AliasRule,
    decision: Decision,
    at_ns: int,
) -> AliasRow:
    span = life.at(at_ns)
    mapped = decision.act is Act.MAP
    return AliasRow(
        route=route,
        family=family,
        region=region,
        name=life.name,
        state=span.state.value,
        stands_for=span.stands_for,
        since=_instant(span.from_ns),
        until=_instant(span.until_ns),
        retirements=[format_instant(retired_ns) for retired_ns in life.retirements_ns],
        successor=decision.successor or span.successor,
        facts=list(span.fact_ids),
        policy=rule.policy.value,
        does=decision.act.value,
        turn=_instant(decision.turn_ns),
        sends=decision.successor if mapped else None,
        configured_in=[],
        senders=None,
        overdue=False,
    )


def _targets(settings: Settings, known: _Known) -> frozenset[str]:
    """The routes that the name may be mapped to at one time or another; none where it is not mapped."""
    route, provider, names, name = known
    rule = settings.aliases.get(route)
    if rule is None or rule.policy is not AliasPolicy.MAP:
        return frozenset()
    models = {span.successor for span in names.life(name).spans} if rule.to is None else {rule.to}
    return frozenset(f"{provider.name}/{model}" for model in models if model is not None)


def _sends(use: NameUse, route: RouteName, targets: Collection[str], models: Mapping[str, ModelSettings]) -> bool:
    """Whether these requests meant the name: they named it, were tried on its route, or were mapped from it.

    A refusal without an attempt is counted for the first route of its model. What a model sent to a target is counted
    where the model leads there by this name alone.
    """
    if route in {use.route, use.model_asked}:
        return True
    model = models.get(use.model_asked or "")
    if model is None:
        return False
    if use.route is None:
        return model.routes[0].route == route
    led = {*(entry.route for entry in model.routes), *model.fallbacks}
    return use.route in targets and route in led and use.route not in led


def _overdue(
    life: AliasLife, decision: Decision, at_ns: int, models: Sequence[str], senders: Sequence[NameUse]
) -> bool:
    retired_ns = life.at(at_ns).retired_ns
    past_ns = decision.turn_ns if decision.act is Act.REFUSE else retired_ns
    if past_ns is None or decision.act is Act.MAP:
        return False
    return bool(models) or any(use.last_started_ns >= past_ns for use in senders)


def _routes_of(model: ModelSettings) -> set[RouteName | None]:
    return {*(entry.route for entry in model.routes), *model.fallbacks, model.rollback}


def _senders(uses: Iterable[NameUse]) -> list[AliasSender]:
    """By key and name, the latest first; one that used several routes is one sender."""
    found: dict[tuple[str | None, str | None, str | None], tuple[int, int]] = {}
    for use in uses:
        who = (use.key_id, use.key_owner, use.model_asked)
        count, last_ns = found.get(who, (0, 0))
        found[who] = (count + use.exchanges, max(last_ns, use.last_started_ns))
    ordered = sorted(found.items(), key=lambda item: item[1][1], reverse=True)
    return [AliasSender(*who, count, format_instant(last_ns)) for who, (count, last_ns) in ordered]


def _instant(wall_ns: int | None) -> str | None:
    return None if wall_ns is None else format_instant(wall_ns)
