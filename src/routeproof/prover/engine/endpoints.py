"""Where requests go: an address, the keys for it, and how long and how much is waited for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from routeproof.evidence.observations import Transcript
from routeproof.evidence.plan import Credential
from routeproof.prover.cases.nonces import nonce_of
from routeproof.secret import Secret


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """How long one request may take, in seconds; the name of the one that passed is in its transcript."""

    connect_s: float = 10.0
    first_byte_s: float = 120.0
    """From the connection to the answer's head."""
    idle_s: float = 90.0
    """Between two pieces of the answer; keep-alives count as life."""
    total_s: float = 600.0


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An OpenAI-compatible API as one arm of a plan reaches it."""

    base_url: str
    """Without a trailing slash; a step's path is put behind it."""
    keys: Mapping[Credential, Secret] = {}
    """A credential that is not in here can't be sent, but for `none`."""
    model: str | None = None
    """What this endpoint calls the model, where it isn't what the plan calls it."""
    request_id_headers: tuple[str, ...] = ("x-request-id",)
    """Where the provider's own request id stands, best first."""
    is_gateway: bool = False
    """A gateway stands in between, whose own request id is in `x-request-id`."""
    tapped: bool = False
    """It is our own gateway, and may have recorded what it sent upstream: its key is one of `keys create --tap`."""
    headers: tuple[tuple[str, str], ...] = ()
    """Besides those of the step; their values are kept out of evidence."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that must not be kept of a request to it."""
        return (*self.keys.values(), *(Secret(value) for _, value in self.headers))

    def require(self, credential: Credential) -> None:
        """Raise LookupError where a request with this credential can't be sent. A route may do without a key."""
        if credential not in (Credential.NONE, Credential.ROUTE) and credential not in self.keys:
            raise LookupError(f"no {credential} key was given")

    def named(self, body: bytes, model: str) -> bytes:
        """The body with this endpoint's name for the model, where it has one of its own."""
        if self.model is None:
            return body
        # Bodies begin with the model (chat_bodies.chat); one that names another on purpose stays as it is.
        begins = b'{"model":' + msgspec.json.encode(model)
        own = b'{"model":' + msgspec.json.encode(self.model)
        return own + body[len(begins) :] if body.startswith(begins) else body

    def provider_request_id(self, transcript: Transcript) -> str | None:
        """The provider's own id of the request, where the answer gives it."""
        names = (_BEHIND_GATEWAY,) if self.is_gateway else self.request_id_headers
        return next((value for name in names if (value := transcript.header(name))), None)

    def gateway_request_id(self, transcript: Transcript) -> str | None:
        """The gateway's id of the request, which its ledger's row has too."""
        return transcript.header("x-request-id") if self.is_gateway else None


def keys_for(
    key: str | None,
    *,
    other: str | None = None,
    revoked: str | None = None,
    other_region: str | None = None,
    seed: int = 0,
) -> dict[Credential, Secret]:
    """The credentials of an endpoint with this key; the wrong one is well formed, and nobody's."""
    found = {Credential.WRONG: Secret(_PREFIX + nonce_of(seed, "", 0, "a key that nobody has") * 3)}
    if key:
        found[Credential.ROUTE] = Secret(key)
    for credential, given in (
        (Credential.OTHER, other),
        (Credential.REVOKED, revoked),
        (Credential.OTHER_REGION, other_region),
    ):
        if given:
            found[credential] = Secret(given)
    return found


_PREFIX: Final = "sk-"
_BEHIND_GATEWAY: Final = "x-upstream-request-id"
