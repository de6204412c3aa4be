"""Keys and regions: accounts that are one only by their look, and keys that open nothing where they are sent."""

from collections.abc import Iterator
from itertools import combinations

from routeproof.config.lint_codes import LintCode
from routeproof.config.settings import ModelSettings, ProviderSettings, Settings
from routeproof.ids import RouteName, split_route
from routeproof.operations.lint.finding import Found, model_key, provider_key
from routeproof.operations.lint.hosts import host_of, place_of, places_of, wants_key
from routeproof.operations.lint.price_order import nano_by_part
from routeproof.operations.lint.scene import LintScene
from routeproof.operations.prices.candidates import Candidate


def same_key(settings: Settings, first: ProviderSettings, second: ProviderSettings) -> bool:
    """Whether both have one key, by its value or by where it is kept."""
    if first.api_key is not None and second.api_key is not None:
        return first.api_key == second.api_key
    place = settings.key_places.get(first.name)
    return place is not None and place.kind != "none" and place == settings.key_places.get(second.name)


def keys_unset(scene: LintScene) -> Iterator[Found]:
    """Hosted APIs that are asked without a key."""
    for provider in scene.settings.providers.values():
        place = scene.settings.key_places.get(provider.name)
        if place is not None and place.kind == "none" and wants_key(provider, scene.facts, scene.at_ns):
            detail = f"'{provider.name}' asks {host_of(provider)} without a key"
            yield Found(LintCode.KEY_UNSET, detail, (provider_key(provider.name, "api_key"),))


def regions_unset(scene: LintScene) -> Iterator[Found]:
    """Providers whose prices are by region, and that name none."""
    by_region = {fact.subject.family for fact in scene.facts.prices if fact.subject.regions}
    for provider in scene.settings.providers.values():
        if provider.prices in by_region and provider.region is None:
            detail = f"'{provider.name}' has no region, and the prices of {provider.prices} are by region"
            yield Found(LintCode.REGION_UNSET, detail, (provider_key(provider.name, "region"),))


def regions_of_other_hosts(scene: LintScene) -> Iterator[Found]:
    """Providers that name one region and ask a host of another."""
    for provider in scene.settings.providers.values():
        place = place_of(provider, scene.facts, scene.at_ns)
        if place is not None and provider.region not in {None, place.region}:
            detail = f"'{provider.name}' says {provider.region}, and {host_of(provider)} is in {place.region}"
            where = (provider_key(provider.name, "region"), provider_key(provider.name, "base_url"))
            yield Found(LintCode.REGION_MISMATCH, detail, (*where, place.id))


def keys_of_other_plans(scene: LintScene) -> Iterator[Found]:
    """Keys whose beginning shows that they were sold with a plan of other hosts."""
    for provider in scene.settings.providers.values():
        place = place_of(provider, scene.facts, scene.at_ns)
        if place is None or place.key_prefix is None or provider.api_key is None:
            continue
        known = places_of(provider, scene.facts, scene.at_ns)
        begins = [fact for fact in known if fact.key_prefix and provider.api_key.reveal().startswith(fact.key_prefix)]
        closest = max(begins, key=lambda fact: len(fact.key_prefix or ""), default=None)
        if closest is not None and closest.key_prefix != place.key_prefix:
            detail = (
                f"the key of '{provider.name}' begins with {closest.key_prefix}, as those of the plan "
                f"{_plan(closest.plan)} do; {host_of(provider)} takes those of {_plan(place.plan)}"
            )
            yield Found(LintCode.KEY_OF_ANOTHER_PLAN, detail, (provider_key(provider.name, "api_key"), place.id))


def accounts_taken_for_one(scene: LintScene) -> Iterator[Found]:
    """Providers of one family whose regions or workspaces differ, and whose address or key does not."""
    for first, second in combinations(scene.settings.providers.values(), 2):
        if first.dialect != second.dialect:
            continue
        apart = _apart(first, second)
        if first.base_url == second.base_url and (first.region, first.workspace) != (second.region, second.workspace):
            detail = f"'{first.name}' and '{second.name}' have one address, and {apart or 'one names no place'}"
            yield Found(LintCode.REGIONS_SHARE_ADDRESS, detail, _both(first, second, "base_url"))
        if apart is not None and same_key(scene.settings, first, second):
            detail = f"'{first.name}' and '{second.name}' have one key, and {apart}"
            yield Found(LintCode.REGIONS_SHARE_KEY, detail, _both(first, second, "api_key"))


def keys_at_two_hosts(scene: LintScene) -> Iterator[Found]:
    """Keys that are sent to two hosts which are not of one region."""
    for first, second in combinations(scene.settings.providers.values(), 2):
        if host_of(first) == host_of(second) or not same_key(scene.settings, first, second):
            continue
        same_family = first.dialect == second.dialect
        of_one_region = same_family and first.region is not None and first.region == second.region
        if not of_one_region and not (same_family and _apart(first, second)):
            detail = f"the key of '{first.name}' goes to {host_of(first)} and, as '{second.name}', to {host_of(second)}"
            yield Found(LintCode.KEY_AT_TWO_HOSTS, detail, _both(first, second, "api_key"))


def regions_routed_alike(scene: LintScene) -> Iterator[Found]:
    """Models with one model id in two regions where its price is not the same."""
    for model in scene.settings.models.values():
        for first, second in combinations(_routes(model), 2):
            detail = _priced_apart(scene, first, second)
            if detail is not None:
                where = model_key(model.name, "fallbacks" if second in model.fallbacks else "routes")
                yield Found(LintCode.REGIONS_ROUTED_ALIKE, f"'{model.name}' leads to {detail}", (where,))


def _apart(first: ProviderSettings, second: ProviderSettings) -> str | None:
    """How the places of two accounts of a family differ; None where they don't, or one names none."""
    if None not in (first.region, second.region) and first.region != second.region:
        return f"their regions are {first.region} and {second.region}"
    if None not in (first.workspace, second.workspace) and first.workspace != second.workspace:
        return f"their workspaces are {first.workspace} and {second.workspace}"
    return None


def _priced_apart(scene: LintScene, first: RouteName, second: RouteName) -> str | None:
    (one, model), (other, same) = split_route(first), split_route(second)
    regions = scene.settings.providers[one].region, scene.settings.providers[other].region
    families = scene.settings.providers[one].prices, scene.settings.providers[other].prices
    if model != same or None in regions or regions[0] == regions[1] or families[0] != families[1]:
        return None
    prices = [_first_prices(scene.candidates.get(name)) for name in (first, second)]
    if prices[0] == prices[1]:
        return None
    unpriced = [str(region) for region, price in zip(regions, prices, strict=True) if price is None]
    if unpriced:
        return f"{model} in {regions[0]} and {regions[1]}, and nothing prices it in {' and '.join(unpriced)}"
    return f"{model} in {regions[0]} and {regions[1]}, whose prices differ"


def _first_prices(candidate: Candidate | None) -> tuple[object, ...] | None:
    """What is billed at the instant, to be compared; None where nothing is known."""
    if candidate is None or not candidate.spans:
        return None
    tiers = candidate.spans[0].tariff.tiers
    return (
        candidate.currency,
        *((tier.input_tokens_max, nano_by_part(tier)) for tier in tiers),
    )


def _routes(model: ModelSettings) -> tuple[RouteName, ...]:
    return (*(entry.route for entry in model.routes), *model.fallbacks)


def _both(first: ProviderSettings, second: ProviderSettings, name: str) -> tuple[str, str]:
    return provider_key(first.name, name), provider_key(second.name, name)


def _plan(plan: str | None) -> str:
    return "'pay as you go'" if plan is None else f"'{plan}'"
