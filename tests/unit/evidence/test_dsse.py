"""Envelopes are those of DSSE, signatures those of Ed25519."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support.sample_evidence import SIGNER, STRANGER

from routeproof.evidence.canonical import encode
from routeproof.evidence.dsse import Signer, is_signed, key_id_of, pre_authentication_encoding, signer_from_pem


def test_the_encoding_is_that_of_the_specification() -> None:
    """Its own example: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md (test vectors)."""
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")

    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_signatures_are_those_of_rfc_8032() -> None:
    """Test 1 of its section 7.1 gives the public key of this seed."""
    signer = Signer(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))

    assert signer.public_key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.key_id == key_id_of(signer.public_key)


def test_an_envelope_is_signed_by_its_signer_only() -> None:
    """The payload and its type are both under the signature."""
    envelope = SIGNER.sign("text/plain", b"payload")
    (signature,) = envelope.signatures

    assert is_signed(envelope, signature, SIGNER.public_key)
    assert not is_signed(envelope, signature, STRANGER.public_key)
    assert not is_signed(envelope, signature, b"no key")
    assert not is_signed(SIGNER.sign("text/html", b"payload"), signature, SIGNER.public_key)
    assert not is_signed(SIGNER.sign("text/plain", b"another"), signature, SIGNER.public_key)


def test_an_envelope_is_written_as_dsse_names_its_fields() -> None:
    """With base64 for bytes, and the key id."""
    envelope = SIGNER.sign("text/plain", b"payload")
    (signature,) = envelope.signatures
    sig = base64.b64encode(signature.sig).decode()

    assert encode(envelope).decode() == (
        f'{{"payload":"cGF5bG9hZA==","payloadType":"text/plain",'
        f'"signatures":[{{"keyid":"{SIGNER.key_id}","sig":"{sig}"}}]}}'
    )


def test_a_key_survives_its_file() -> None:
    """As PKCS #8 in PEM."""
    assert signer_from_pem(SIGNER.private_pem()).key_id == SIGNER.key_id
    assert SIGNER.public_pem().startswith(b"-----BEGIN PUBLIC KEY-----")


def test_other_keys_are_refused() -> None:
    """Encrypted ones, other kinds, other lengths, and what is no key."""
    ours = load_pem_private_key(SIGNER.private_pem(), password=None)
    encrypted = ours.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    elliptic = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    for pem in (encrypted, elliptic, b"no key", SIGNER.public_pem()):
        with pytest.raises(ValueError):
            signer_from_pem(pem)
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        Signer(bytes(31))


def test_a_signer_does_not_show_its_key() -> None:
    """In no form."""
    assert repr(SIGNER) == f"Signer({SIGNER.key_id})"
    assert bytes(range(32)).hex() not in repr(SIGNER)
