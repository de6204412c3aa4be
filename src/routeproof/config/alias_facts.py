"""Settings against facts: which facts speak of a provider's names, and whether each alias rule can be carried out."""

from collections.abc import Iterable

from routeproof.catalog.alias_life import NameLives
from routeproof.catalog.alias_policy import AliasPolicy, AliasRule, turn_of
from routeproof.catalog.kinds import AliasFact, Facts
from routeproof.config.problems import Problems, did_you_mean, dotted, shown_value
from routeproof.config.settings import ProviderSettings, Settings
from routeproof.ids import RouteName, split_route

_OTHER_GATEWAY = "newapi"


def names_of(provider: ProviderSettings, aliases: Iterable[AliasFact], *, has_rule: bool) -> NameLives:
    """The lives of a provider's model names in its region, by the alias facts that speak of them.

    Those are the facts of its `prices` family, else of its dialect. Another gateway has names of its own, which may
    live on when the provider behind it retires them: there facts count only where a rule names the route.
    """
    if provider.dialect == _OTHER_GATEWAY and not has_rule:
        return NameLives(())
    near = [fact for fact in aliases if fact.subject.covers(provider.region)]
    for family in (provider.prices, provider.dialect):
        own = [fact for fact in near if fact.subject.family == family]
        if own:
            return NameLives(own)
    return NameLives(())


def require_alias_facts(settings: Settings, facts: Facts) -> None:
    """Raise ConfigError where a rule speaks of a name, or maps it to one, that the facts do not know."""
    problems = Problems(str(settings.source_path))
    for name, rule in settings.aliases.items():
        provider = settings.providers[split_route(name)[0]]
        names = names_of(provider, facts.aliases, has_rule=True)
        key = dotted("aliases", name)
        _check_rule(name, rule, names, problems, key)
        known = _models_of(provider, facts)
        if rule.to is not None and known and rule.to not in known:
            remedy = f"{did_you_mean(rule.to, known)}, or add its facts under `server.facts`"
            problems.add(dotted(key, "to"), f"no fact knows the model {shown_value(rule.to)}; {remedy}")
    problems.raise_if_any()


def _check_rule(name: RouteName, rule: AliasRule, names: NameLives, problems: Problems, key: str) -> None:
    model = split_route(name)[1]
    life = names.life(model)
    if rule.policy in {AliasPolicy.FOLLOW, AliasPolicy.IGNORE}:
        if not life.known:
            problems.add(key, f"no fact is about the name {shown_value(model)}; {did_you_mean(model, names.names())}")
        return
    turn_ns = turn_of(life, rule)
    if turn_ns is None:
        problems.add(key, f"no fact retires {shown_value(model)}; say when with `from`")
    elif rule.policy is AliasPolicy.MAP and rule.to is None and all(span.successor is None for span in life.spans):
        problems.add(key, f"no fact names a successor of {shown_value(model)}; name the model with `to`")


def _models_of(provider: ProviderSettings, facts: Facts) -> set[str]:
    """Every model that the facts about a provider name; empty where there are none to go by."""
    families = {provider.prices, provider.dialect}
    priced = {fact.subject.model for fact in facts.prices if fact.subject.family in families}
    about = [fact for fact in facts.aliases if fact.subject.family in families]
    named = {fact.subject.model for fact in about} | {fact.target for fact in about}
    return {model for model in priced | named if model is not None}
