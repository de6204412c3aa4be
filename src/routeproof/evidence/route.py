"""Which route the evidence is about: all that decides what it does, and the digest of that."""

from routeproof.evidence.canonical import Record, digest_of, sha256

_KEY_PREFIX = b"routeproof provider key\n"


class RouteIdentity(Record, frozen=True, kw_only=True):
    """A route as configured. Two routes with equal digests do the same, whatever they are called."""

    name: str
    """`provider/model`. Not part of the digest: a name decides nothing."""
    endpoint: str = "chat"
    base_url: str
    region: str | None = None
    workspace: str | None = None
    key_fingerprint: str | None
    """Of the provider's key, by `key_fingerprint`; None where the endpoint wants none."""
    model: str
    """As the provider calls it."""
    dialect: str
    overlay_digest: str
    """Of the dialect's overlay: where the provider legitimately differs."""
    price_facts_digest: str | None
    """Of the price facts for this route; None where it has none, as for an endpoint that is not ours."""

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all fields but the name."""
        deciding = {field: getattr(self, field) for field in self.__struct_fields__ if field != "name"}
        return digest_of(deciding)


def key_fingerprint(key: str) -> str:
    """What says that two keys are equal without saying what they are: 32 hexadecimal digits of a SHA-256.

    A provider's key has far more entropy than can be searched, so a plain digest gives nothing away.
    """
    return sha256(_KEY_PREFIX + key.encode())[:32]
