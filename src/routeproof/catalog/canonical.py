"""The digest of facts: equal claims have equal digests, wherever they were read."""

import hashlib
from collections.abc import Iterable

import msgspec

from routeproof.catalog.kinds import AnyFact


def digest_of(facts: Iterable[AnyFact]) -> str:
    """SHA-256, in hexadecimal, of the facts' canonical JSON."""
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def canonical_json(facts: Iterable[AnyFact]) -> bytes:
    """The facts in the order of their ids, without the files they came from; kept with the rows priced by them."""
    return msgspec.json.encode(sorted((_claim(fact) for fact in facts), key=lambda claim: str(claim["id"])))


def _claim(fact: AnyFact) -> dict[str, object]:
    claim: dict[str, object] = msgspec.to_builtins(fact)
    # Where it was read and what it disputes are said about the claim, and rows pin the claim. Its keys stay in order.
    for remark in ("key_lines", "contradicts"):
        del claim[remark]
    return claim | {"origin": ""}
