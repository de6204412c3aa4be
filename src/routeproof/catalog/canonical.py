"""The digest of facts: equal claims have equal digests, wherever they were read."""

import hashlib
from collections.abc import Iterable

import msgspec

from routeproof.catalog.kinds import AnyFact


def digest_of(facts: Iterable[AnyFact]) -> str:
    """SHA-256, in hexadecimal, of the facts in the order of their ids, without the files they came from."""
    claims = sorted((msgspec.structs.replace(fact, origin="") for fact in facts), key=lambda fact: fact.id)
    return hashlib.sha256(msgspec.json.encode(claims, order="deterministic")).hexdigest()
