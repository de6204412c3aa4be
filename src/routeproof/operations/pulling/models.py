"""Reads a provider's own list of models and sets the limits in it against the limit facts."""

from pathlib import Path

import msgspec

from routeproof.catalog.kinds import Confidence, Facts, LimitFact
from routeproof.clock import format_day, format_instant
from routeproof.config.settings import ProviderSettings
from routeproof.errors import OperatorError
from routeproof.operations.asking.disagreements import View, nearest
from routeproof.operations.asking.models import ListedModel
from routeproof.operations.asking.questions import Questioner, ask_models
from routeproof.operations.facts.file import Draft, Origin, toml_text, write_new_facts
from routeproof.operations.pulling.drafts import FACT_NAME


class PulledLimit(msgspec.Struct, frozen=True):
    """One limit as listed and as the facts have it. None: not stated."""

    name: str
    listed: int | None
    facts: int | None
    fact_id: str | None

    @property
    def differs(self) -> bool:
        """Both are stated and are not the same."""
        return None not in (self.listed, self.facts) and self.listed != self.facts


class PulledModel(msgspec.Struct, frozen=True):
    """One model of the list."""

    id: str
    known: bool
    """Some fact is about it."""
    limits: tuple[PulledLimit, ...]


class PulledModels(msgspec.Struct, frozen=True):
    """What a provider lists."""

    provider: str
    source: str
    at: str
    facts: str | None
    """The family whose facts were compared."""
    models: tuple[PulledModel, ...]


async def fetch_models(provider: ProviderSettings) -> tuple[tuple[ListedModel, ...], str]:
    """The provider's list and where it was read. Raises OperatorError where there is none."""
    questioner = Questioner(provider)
    models = await ask_models(questioner)
    asked = questioner.asked[-1]
    if models is None:
        raise OperatorError(f"{provider.name}: {asked.url}: {asked.detail}; correct [providers.{provider.name}]")
    return models, asked.url


def read_models(
    provider: ProviderSettings, models: tuple[ListedModel, ...], source: str, facts: Facts, wall_ns: int
) -> PulledModels:
    """The list beside the limit facts in force at an instant."""
    family = provider.prices or provider.dialect
    view = View(facts, family, provider.region, wall_ns)
    known = view.known()
    return PulledModels(
        provider=provider.name,
        source=source,
        at=format_instant(wall_ns),
        facts=family if known else None,
        models=tuple(PulledModel(model.id, model.id in known, _limits(view, model)) for model in models),
    )


def save_limits(path: Path, pulled: PulledModels, family: str, wall_ns: int) -> int:
    """Write the stated limits as facts for review and say how many. Raises OperatorError."""
    drafts = [
        Draft(
            id=f"{family}/{model.id}/{limit.name}/{format_day(wall_ns)}",
            kind="limit",
            family=family,
            model=model.id,
            unit="tokens",
            value=f"{{ name = {toml_text(limit.name)}, amount = {limit.listed} }}",
            note="as the provider's own list of models states it",
        )
        for model in pulled.models
        for limit in model.limits
        if limit.listed is not None and limit.listed > 0 and FACT_NAME.fullmatch(model.id)
    ]
    write_new_facts(path, drafts, Origin(pulled.source, Confidence.PROVIDER_PAGE, wall_ns))
    return len(drafts)


def _limits(view: View, model: ListedModel) -> tuple[PulledLimit, ...]:
    found: list[PulledLimit] = []
    for name in ("context_tokens", "output_tokens"):
        facts = [fact for fact in view.about(view.facts.limits) if isinstance(fact, LimitFact) and fact.name == name]
        fact = nearest(view, facts, model.id)
        amount, fact_id = (fact.amount, fact.id) if isinstance(fact, LimitFact) else (None, None)
        found.append(PulledLimit(name, model.limits().get(name), amount, fact_id))
    return tuple(found)
