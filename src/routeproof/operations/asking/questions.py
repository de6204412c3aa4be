"""Asks a configured provider everything that its family can tell, and notes what could not be asked."""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from routeproof.catalog.newapi.price_list import PriceList, parse_pricing
from routeproof.config.settings import ProviderSettings
from routeproof.net.egress import EgressPolicy
from routeproof.operations.asking import newapi
from routeproof.operations.asking.deepseek import BalanceReport, balance_url, parse_balance
from routeproof.operations.asking.http import Destination, Outcome, Reply, ask
from routeproof.operations.asking.models import ListedModel, parse_models
from routeproof.operations.asking.newapi import Credit
from routeproof.operations.asking.qwen import PAGE_SIZE, PAGES_MAX, ModelQuota, parse_quotas, quotas_url

_T = TypeVar("_T")


class Asked(msgspec.Struct, frozen=True):
    """One question and what became of it."""

    question: str
    url: str
    outcome: Outcome
    detail: str = ""

    @property
    def failed(self) -> bool:
        """There should have been an answer; a provider without such a page is no failure."""
        return self.outcome not in (Outcome.ANSWERED, Outcome.ABSENT)


class Told(msgspec.Struct):
    """What a provider has told. None: it was not asked, or there was no answer."""

    models: tuple[ListedModel, ...] | None = None
    balance: BalanceReport | None = None
    quotas: tuple[ModelQuota, ...] | None = None
    prices: PriceList | None = None
    credit: Credit | None = None


class Questioner:
    """Puts questions to one provider and keeps the protocol of them."""

    def __init__(self, provider: ProviderSettings) -> None:
        self.provider = provider
        self.asked: list[Asked] = []
        egress = EgressPolicy(provider.allow_plain, provider.allow_networks)
        self._to = Destination(egress, provider.ca_file)

    async def put(self, question: str, url: str, read: Callable[[bytes], _T], *, with_key: bool = True) -> _T | None:
        """Ask, read the answer and note what became of it; None where there is none."""
        key = self.provider.api_key if with_key else None
        reply = await ask(url, key=key, to=self._to)
        if reply.outcome is Outcome.KEY_REFUSED and key is None:
            reply = _without_key(urlsplit(url).hostname or "", with_key=with_key)
        value: _T | None = None
        if reply.outcome is Outcome.ANSWERED:
            try:
                value = read(reply.body)
            except ValueError as error:
                reply = Reply(Outcome.UNREADABLE, f"the answer can't be used: {error}")
        self.asked.append(Asked(question, url, reply.outcome, reply.detail))
        return value


async def ask_everything(questioner: Questioner) -> Told:
    """All that the provider's family can tell; every family has a list of models."""
    base_url = questioner.provider.base_url
    told = Told(models=await ask_models(questioner))
    if questioner.provider.dialect == "deepseek":
        told.balance = await questioner.put("balance", balance_url(base_url), parse_balance)
    elif questioner.provider.dialect == "qwen":
        told.quotas = await _quotas(questioner)
    elif questioner.provider.dialect == "newapi":
        told.prices = await _pricing(questioner)
        told.credit = await _credit(questioner)
    return told


async def ask_models(questioner: Questioner) -> tuple[ListedModel, ...] | None:
    """The models that the provider lists for this key."""
    return await questioner.put("models", f"{questioner.provider.base_url}/models", parse_models)


async def _quotas(questioner: Questioner) -> tuple[ModelQuota, ...] | None:
    """All pages; none at all where one is missing, for half a list would look like the other half's absence."""
    found: list[ModelQuota] = []
    for page in range(1, PAGES_MAX + 1):
        answer = await questioner.put("quotas", quotas_url(questioner.provider.base_url, page), parse_quotas)
        if answer is None:
            return None
        found += answer.quotas
        if page * PAGE_SIZE >= answer.total or not answer.quotas:
            break
    return tuple(found)


async def _pricing(questioner: Questioner) -> PriceList | None:
    """The public list, asked without the key: it is not for this page. Flatkey has it at a place of its own."""
    base_url = questioner.provider.base_url
    found = await questioner.put("pricing", newapi.pricing_url(base_url), parse_pricing, with_key=False)
    if found is None and questioner.asked[-1].outcome is Outcome.ABSENT:
        url = newapi.website_pricing_url(base_url)
        return await questioner.put("website pricing", url, parse_pricing, with_key=False)
    return found


async def _credit(questioner: Questioner) -> Credit | None:
    base_url = questioner.provider.base_url
    limit = await questioner.put("subscription", newapi.subscription_url(base_url), _limit)
    used = await questioner.put("usage", newapi.usage_url(base_url), newapi.parse_used)
    return None if limit is None or used is None else Credit(limit[0], used)


def _limit(body: bytes) -> tuple[Fraction | None]:
    """In a tuple, for no limit is an answer too."""
    return (newapi.parse_limit(body),)


def _without_key(host: str, *, with_key: bool) -> Reply:
    """What a 401 means where no key was sent: none is configured, or the page is for people who have logged in."""
    if with_key:
        return Reply(Outcome.KEY_REFUSED, f"{host} wants a key; set `api_key`")
    return Reply(
        Outcome.ABSENT, f"{host} shows it only after a login; save it and name the file to `prices pull newapi`"
    )
