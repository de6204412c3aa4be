"""DSSE envelopes (https://github.com/secure-systems-lab/dsse, v1.0.2) signed with Ed25519 (RFC 8032)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from routeproof.evidence.canonical import Record, sha256

SEED_BYTES = 32


class Signature(Record, frozen=True, kw_only=True):
    """One signature over the envelope's payload and its type."""

    keyid: str
    sig: bytes


class Envelope(Record, frozen=True, kw_only=True, rename={"payload_type": "payloadType"}):
    """A payload with its type and signatures; in JSON as DSSE names the fields, bytes as base64."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]


class Signer:
    """Holds a private key; shows only what is public."""

    __slots__ = ("_key", "key_id", "public_key")

    def __init__(self, seed: bytes) -> None:
        """From the 32 bytes of an Ed25519 private key. Raises ValueError for any other number."""
        if len(seed) != SEED_BYTES:
            raise ValueError(f"an Ed25519 private key has {SEED_BYTES} bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = key_id_of(self.public_key)

    def sign(self, payload_type: str, payload: bytes) -> Envelope:
        """An envelope with this signer's signature. Equal payloads get equal signatures."""
        sig = self._key.sign(pre_authentication_encoding(payload_type, payload))
        signature = Signature(keyid=self.key_id, sig=sig)
        return Envelope(payload=payload, payload_type=payload_type, signatures=(signature,))

    def private_pem(self) -> bytes:
        """The private key as unencrypted PKCS #8, for a file that only its owner reads."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public_pem(self) -> bytes:
        """The public key for other tools, such as openssl."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def __repr__(self) -> str:
        return f"Signer({self.key_id})"


def signer_from_pem(pem: bytes) -> Signer:
    """Read what `private_pem` wrote. Raises ValueError where it is no unencrypted Ed25519 key in PEM."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("the private key is encrypted, or of an unknown kind") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the private key is not an Ed25519 key")  # noqa: TRY004 - what the file holds is a value
    return Signer(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def key_id_of(public_key: bytes) -> str:
    """SHA-256, in hexadecimal, of the public key's 32 bytes."""
    return sha256(public_key)


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """What is signed: type and payload with their lengths, so that neither can be mistaken for the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def is_signed(envelope: Envelope, signature: Signature, public_key: bytes) -> bool:
    """Whether the signature over this envelope was made with the private key of this public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature.sig, pre_authentication_encoding(envelope.payload_type, envelope.payload))
    except (InvalidSignature, ValueError):
        return False
    return True
