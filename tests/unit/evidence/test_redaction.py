"""Secrets leave an observation before it is judged, and leave everything else in its place."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_evidence import PLAN, PROVIDER_KEY, observation, observations_of

from routeproof.evidence.canonical import encode
from routeproof.evidence.observations import Body, LedgerRow, Observation, Read, body_of
from routeproof.evidence.redaction import Redaction, is_kept, redact
from routeproof.secret import MASK, Secret

replace = msgspec.structs.replace
SECRET = 'pa/ss-\u00e9"word'
REDACTION = Redaction(secrets=(Secret(PROVIDER_KEY), Secret(SECRET)))
KEY = observations_of(PLAN)[0].key


def answered(*pieces: bytes) -> Observation:
    """With an answer in these reads."""
    one = observation(PLAN, KEY, b"")
    body = body_of(Read(at, piece) for at, piece in enumerate(pieces))
    return replace(one, transcript=replace(one.transcript, body=body))


def redacted_body(*pieces: bytes) -> Body:
    """What is kept of such an answer."""
    return redact(answered(*pieces), REDACTION).transcript.body


@pytest.mark.parametrize(
    "spelling",
    [
        PROVIDER_KEY.encode(),
        SECRET.encode(),
        b'pa/ss-\xc3\xa9\\"word',
        b'pa\\/ss-\xc3\xa9\\"word',
        b"pa%2Fss-%C3%A9%22word",
    ],
)
def test_a_known_secret_is_masked_in_every_spelling(spelling: bytes) -> None:
    """Plain, as JSON writes it, and as URLs do; at its own length, and counted."""
    body = redacted_body(b"before " + spelling + b" after")

    assert body.data == b"before " + b"*" * len(spelling) + b" after"
    assert (body.secrets_masked, body.as_observed) == (1, False)


@given(cut=st.integers(0, len(PROVIDER_KEY)))
def test_a_secret_over_two_reads_is_masked(cut: int) -> None:
    """Wherever it is cut, and the reads stay as long as they were."""
    key = PROVIDER_KEY.encode()
    pieces = (b"a" + key[:cut], key[cut:] + b"b")
    body = redacted_body(*pieces)

    assert body.data == b"a" + b"*" * len(key) + b"b"
    assert [len(read.data) for read in body.reads] == [len(piece) for piece in pieces]


def test_what_looks_like_a_credential_is_masked() -> None:
    """Whosever it is: counted apart from what is known."""
    body = redacted_body(b'{"error":"bad key sk-somebodyelses01"}')

    assert body.data == b'{"error":"bad key ' + b"*" * len("sk-somebodyelses01") + b'"}'
    assert (body.secrets_masked, body.shapes_masked) == (0, 1)


def test_masks_of_long_random_words_stay_apart() -> None:
    """They are often ids, and a judge must see whether two are one."""
    first, second = b"Zx9" * 12, b"Yw8" * 12
    data = redacted_body(first, b" ", second, b" ", first).data.split()

    assert data[0] == data[2] != data[1]
    assert [len(word) for word in data] == [36, 36, 36]
    assert first not in b" ".join(data)


def test_the_digest_stays_that_of_what_was_observed() -> None:
    """So is the size."""
    before = answered(PROVIDER_KEY.encode())
    after = redact(before, REDACTION)

    assert after.transcript.body.sha256 == before.transcript.body.sha256
    assert after.transcript.body.size == before.transcript.body.size


def test_header_values_are_kept_by_name() -> None:
    """Names stay, so that a comparison sees them; secrets go from values that are kept."""
    one = answered(b"")
    transcript = replace(
        one.transcript,
        headers=(("Date", "today"), ("Set-Cookie", "a=b"), ("X-RateLimit-Limit", "5"), ("Via", PROVIDER_KEY)),
    )
    kept = redact(replace(one, transcript=transcript), REDACTION).transcript

    assert kept.headers == (
        ("Date", "today"),
        ("Set-Cookie", MASK),
        ("X-RateLimit-Limit", "5"),
        ("Via", "*" * len(PROVIDER_KEY)),
    )
    assert ("authorization", MASK) in kept.request.headers
    assert not is_kept("Authorization")


def test_no_part_of_an_observation_keeps_a_secret() -> None:
    """Not the path, the detail, the ids, the tap or the ledger."""
    one = answered(PROVIDER_KEY.encode())
    transcript = replace(
        one.transcript,
        request=replace(
            one.transcript.request, path=f"/v1?key={PROVIDER_KEY}", body=body_of([Read(0, PROVIDER_KEY.encode())])
        ),
        headers=(("x-request-id", PROVIDER_KEY), (f"x-{PROVIDER_KEY}", "1")),
        detail=f"refused {PROVIDER_KEY} \ud800",
    )
    full = replace(
        one,
        transcript=transcript,
        tap=(transcript,),
        ledger=(LedgerRow(table="attempt", columns={"usage_raw": PROVIDER_KEY, "status": 200}),),
        provider_request_id=PROVIDER_KEY,
        gateway_request_id=PROVIDER_KEY,
    )
    kept = redact(full, REDACTION)

    assert b"canary" not in encode(kept)
    for body in (kept.tap[0].body, kept.tap[0].request.body):
        assert body.data == b"*" * len(PROVIDER_KEY)
    assert kept.ledger[0].columns["status"] == 200


def test_bodies_may_be_dropped() -> None:
    """Times, sizes and digests stay."""
    before = answered(b"abc", b"def")
    body = redact(before, Redaction(keep_bodies=False)).transcript.body

    assert body.reads == (Read(0, b""), Read(1, b""))
    assert (body.kept, body.size, body.sha256) == (False, 6, before.transcript.body.sha256)


def test_a_clean_observation_stays_as_it_is() -> None:
    """But for its headers."""
    one = answered(b'{"id":"1b4e28ba-2fa1-11d2-883f-0016d3cca427"}')

    assert redact(one, REDACTION).transcript.body == one.transcript.body


def test_a_placeholder_for_a_key_masks_nothing() -> None:
    """A local endpoint's key 'x' would mask every x."""
    assert redact(answered(b"xxx"), Redaction(secrets=(Secret("x"),))).transcript.body.data == b"xxx"


@given(st.lists(st.binary(max_size=60)), st.text(min_size=4, max_size=12))
def test_redaction_is_settled_after_the_first_time(pieces: list[bytes], secret: str) -> None:
    """What is judged from a file is what was judged before, and no length ever changes."""
    redaction = Redaction(secrets=(Secret(secret),))
    before = answered(*pieces)
    once = redact(before, redaction)

    assert [len(read.data) for read in once.transcript.body.reads] == [len(piece) for piece in pieces]
    assert redact(once, redaction).transcript.body.data == once.transcript.body.data
