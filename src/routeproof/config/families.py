"""Settings against facts: a provider's `prices` has to name a family that there are price facts for."""

from routeproof.catalog.kinds import Facts
from routeproof.config.problems import Problems, did_you_mean, dotted, shown_value
from routeproof.config.settings import Settings


def require_price_families(settings: Settings, facts: Facts) -> None:
    """Raise ConfigError where a family has no price facts: every cost would silently be unknown."""
    families = {fact.subject.family for fact in facts.prices}
    problems = Problems(str(settings.source_path))
    for provider in settings.providers.values():
        if provider.prices is not None and provider.prices not in families:
            remedy = f"{did_you_mean(provider.prices, families)}, or add its facts under `server.facts`"
            key = dotted(dotted("providers", provider.name), "prices")
            problems.add(key, f"there are no price facts for {shown_value(provider.prices)}; {remedy}")
    problems.raise_if_any()
