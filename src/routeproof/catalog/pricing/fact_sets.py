"""The facts behind a price as the ledger keeps them: a text under its digest, and a tariff made of it again."""

import hashlib
from collections.abc import Iterable

import msgspec

from routeproof.catalog.canonical import canonical_json
from routeproof.catalog.kinds import AnyFact, PriceFact, gather
from routeproof.catalog.pricing.price_sheet import DIGEST_CHARS, PriceSheet
from routeproof.catalog.pricing.tariff import Tariff
from routeproof.errors import PinnedFactsError

_decode = msgspec.json.Decoder(list[AnyFact]).decode


class FactSet(msgspec.Struct, frozen=True):
    """What a row's `facts_digest` stands for."""

    digest: str
    facts: str
    """Canonical JSON; its SHA-256 begins with the digest."""
    first_used_ns: int
    """The start of an exchange that was priced with it: the first one, as far as its process knew."""


def fact_set_of(facts: Iterable[AnyFact], first_used_ns: int) -> FactSet:
    """The facts as a row of the ledger."""
    text = canonical_json(facts)
    return FactSet(_digest(text), text.decode(), first_used_ns)


class PinnedPrices:
    """One fact set read back: the tariffs that its facts alone give, whatever the facts files say by now."""

    __slots__ = ("_fact_ids", "_sheet", "digest", "name")

    def __init__(self, digest: str, text: str | None) -> None:
        """`text`: None where the ledger has none. Raises PinnedFactsError for facts that the digest is not of."""
        self.digest = digest
        facts = _read(digest, text)
        self.name = _name_priced(digest, facts)
        """The model's name that was priced, before aliases."""
        self._fact_ids = tuple(sorted(fact.id for fact in facts))
        self._sheet = PriceSheet(self.name, gather(facts), scope=None, currency=None)

    def at(self, wall_ns: int) -> Tariff | None:
        """The tariff at an instant; None where the facts give no price then, or another one that needs only some."""
        tariff = self._sheet.at(wall_ns)
        return tariff if tariff is not None and tariff.fact_ids == self._fact_ids else None


def _read(digest: str, text: str | None) -> list[AnyFact]:
    if text is None:
        raise PinnedFactsError(
            f"the facts {digest} are not in the ledger's table fact_sets; restore it from a backup that has them"
        )
    content = text.encode("utf-8", "surrogatepass")
    if _digest(content) != digest:
        raise PinnedFactsError(
            f"the facts kept under {digest} have the digest {_digest(content)}: they were changed; "
            "restore the table fact_sets from a backup"
        )
    try:
        return _decode(content)
    except msgspec.DecodeError as error:
        raise PinnedFactsError(
            f"the facts kept under {digest} can't be read ({error}); use the version that wrote them, or a newer one"
        ) from error


def _name_priced(digest: str, facts: list[AnyFact]) -> str:
    """The one price's model, or the alias that leads to it and that no other alias leads to."""
    prices = [fact for fact in facts if isinstance(fact, PriceFact)]
    if len(prices) != 1:
        raise PinnedFactsError(f"the facts kept under {digest} hold {len(prices)} prices instead of one; report it")
    targets = {fact.target: fact.subject.model for fact in gather(facts).aliases}
    name = prices[0].subject.model
    while name in targets:
        name = targets.pop(name)
    return name or ""


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:DIGEST_CHARS]
