"""Reads a new-api gateway's price list and sets it against the facts and against what an account may call."""

from pathlib import Path
from typing import Final

import msgspec

from routeproof.catalog.amounts import exact_decimal
from routeproof.catalog.kinds import Confidence
from routeproof.catalog.newapi.price_list import Basis, ListedPrice, PriceList, parse_pricing
from routeproof.catalog.newapi.units import UNVERIFIABLE_BY_RATIO
from routeproof.clock import format_instant
from routeproof.config.settings import ProviderSettings
from routeproof.errors import OperatorError
from routeproof.net.egress import EgressPolicy
from routeproof.operations.asking.http import ANSWER_BYTES_MAX, Destination, Outcome, ask
from routeproof.operations.asking.newapi import pricing_url
from routeproof.operations.asking.questions import Questioner, ask_models
from routeproof.operations.facts.file import Draft, Origin, write_new_facts
from routeproof.operations.pulling.comparing import Comparison, ListQuery, compare_with_list, usd, why_not_compared
from routeproof.operations.pulling.drafts import price_draft
from routeproof.operations.pulling.groups import chosen_group

NO_ROW: Final = "absence of a row is not absence of the model: a list shows only what its reader's groups may use"


class PulledPrice(msgspec.Struct, frozen=True):
    """One row in dollars: per 1,000,000 tokens, or for a call. None: not stated."""

    model: str
    basis: Basis
    sold_in_group: bool
    group_ratio: str | None
    input_usd: str | None
    output_usd: str | None
    cache_hit_usd: str | None
    cache_write_usd: str | None
    call_usd: str | None
    callable: bool | None
    """Whether the account's list of models has it; None: not asked, or not told."""
    comparisons: tuple[Comparison, ...]
    reason: str | None
    """Why there is no price or no comparison."""


class Standing(msgspec.Struct, frozen=True):
    """How the model that was asked for stands at the gateway."""

    model: str
    listed: bool
    callable: bool | None
    detail: str


class PulledPrices(msgspec.Struct, frozen=True):
    """What was read."""

    source: str
    at: str
    group: str
    rows: tuple[PulledPrice, ...]
    unread: tuple[str, ...]
    callable_without_row: tuple[str, ...]
    standing: Standing | None
    callable_unknown: str | None
    """Why it isn't known what the account may call; None where it is."""


class Account(msgspec.Struct, frozen=True):
    """What a provider's key may call. `models` is None where that isn't known, for the reason given."""

    models: frozenset[str] | None
    reason: str | None = None


async def fetch_prices(target: str, *, allow_plain: bool, provider: ProviderSettings | None) -> tuple[PriceList, str]:
    """The price list at an address or in a file, and where it was read.

    `provider` gives its network rules, never its key. Raises OperatorError.
    """
    if "://" not in target:
        return _parsed(_file(Path(target)), target), target
    try:
        url = pricing_url(target)
    except ValueError as error:
        raise OperatorError(f"the address {error}") from error
    own = EgressPolicy(allow_plain)
    to = Destination(own) if provider is None else _destination(provider, own)
    reply = await ask(url, to=to)
    if reply.outcome is not Outcome.ANSWERED:
        raise OperatorError(f"{url}: {reply.detail}; correct what is wrong, or save the list and name the file")
    return _parsed(reply.body, url), url


async def fetch_account(provider: ProviderSettings | None) -> Account:
    """What the provider's key may call."""
    if provider is None:
        return Account(None, "not asked; name the account with --provider")
    questioner = Questioner(provider)
    models = await ask_models(questioner)
    if models is None:
        return Account(None, questioner.asked[-1].detail)
    return Account(frozenset(model.id for model in models))


def read_prices(
    prices: PriceList, source: str, account: Account, query: ListQuery, *, model: str | None, group: str | None
) -> PulledPrices:
    """The rows of a model, or all, with their comparisons. Raises OperatorError where the group isn't in the list."""
    chosen = chosen_group(prices, group)
    rows = [row for row in prices.rows if model in (None, row.model)]
    known = {row.model for row in prices.rows}
    return PulledPrices(
        source=source,
        at=format_instant(query.wall_ns),
        group=chosen,
        rows=tuple(_pulled(row, prices, chosen, account, query) for row in rows),
        unread=prices.unread,
        callable_without_row=tuple(sorted((account.models or frozenset()) - known)) if model is None else (),
        standing=None if model is None else _standing(model, prices.row(model) is not None, account),
        callable_unknown=account.reason,
    )


def save_prices(
    path: Path, prices: PriceList, source: str, *, model: str | None, group: str | None, family: str, wall_ns: int
) -> tuple[int, tuple[str, ...]]:
    """Write the rows as price facts for review; how many, and why others were left out. Raises OperatorError."""
    if not source.startswith(("http://", "https://")):
        raise OperatorError("a fact needs the address that it was read at; name it with --source")
    chosen = chosen_group(prices, group)
    drafts: list[Draft] = []
    left_out: list[str] = []
    for row in prices.rows:
        if model in (None, row.model):
            draft = price_draft(row, chosen, prices.group_ratio(chosen, row.model), family, wall_ns)
            if isinstance(draft, str):
                left_out.append(f"{row.model}: {draft}")
            else:
                drafts.append(draft)
    write_new_facts(path, drafts, Origin(source, Confidence.THIRD_PARTY, wall_ns))
    return len(drafts), tuple(left_out)


def _pulled(row: ListedPrice, prices: PriceList, group: str, account: Account, query: ListQuery) -> PulledPrice:
    ratio = prices.group_ratio(group, row.model)
    tokens = None if ratio is None else row.token_prices(ratio)
    comparisons = () if tokens is None else compare_with_list(query, row.model, tokens)
    reason = {
        Basis.EXPRESSION: f"{UNVERIFIABLE_BY_RATIO}: an expression decides its price",
        Basis.ZERO: "the list says 0: free, or not priced",
        Basis.CALLS: "billed by the call, which has no list price by tokens",
    }.get(row.basis)
    if tokens is not None and not comparisons:
        reason = why_not_compared(query, row.model)
    return PulledPrice(
        model=row.model,
        basis=row.basis,
        sold_in_group=row.sold_in(group),
        group_ratio=None if ratio is None else exact_decimal(ratio),
        input_usd=None if tokens is None else usd(tokens.input_nano),
        output_usd=None if tokens is None else usd(tokens.output_nano),
        cache_hit_usd=None if tokens is None else usd(tokens.cache_hit_nano),
        cache_write_usd=None if tokens is None else usd(tokens.cache_write_nano),
        call_usd=None if ratio is None else usd(row.call_nano(ratio)),
        callable=None if account.models is None else row.model in account.models,
        comparisons=comparisons,
        reason=reason,
    )


def _standing(model: str, listed: bool, account: Account) -> Standing:
    callable_ = None if account.models is None else model in account.models
    if callable_ is None:
        detail = f"{'listed' if listed else 'not listed'}; whether this account may call it is not known"
    elif listed:
        detail = "listed and callable" if callable_ else "listed, but not among the models of this account"
    elif callable_:
        detail = "callable by this account but not listed, so that its price is unknown"
    else:
        detail = "neither listed nor among the models of this account"
    return Standing(model, listed, callable_, detail if listed else f"{detail} ({NO_ROW})")


def _destination(provider: ProviderSettings, own: EgressPolicy) -> Destination:
    """What the operator allowed for the provider, or on the command line."""
    allow_plain = provider.allow_plain or own.allow_plain
    return Destination(EgressPolicy(allow_plain, provider.allow_networks), provider.ca_file)


def _parsed(body: bytes, where: str) -> PriceList:
    try:
        return parse_pricing(body)
    except ValueError as error:
        raise OperatorError(f"{where}: {error}; name the address or the file of `/api/pricing`") from error


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(ANSWER_BYTES_MAX + 1)
    except OSError as error:
        raise OperatorError(
            f"{path} can't be read ({error.strerror}); name a file, or an address with https://"
        ) from error
    if len(content) > ANSWER_BYTES_MAX:
        raise OperatorError(f"{path} is larger than {ANSWER_BYTES_MAX} bytes, which no price list is; name another")
    return content
