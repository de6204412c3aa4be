"""Evidence expires with the first of what it rests on."""

import pytest

from routeproof.clock import NS_PER_S, parse_instant
from routeproof.evidence.expiry import ExpiryCause, expiry_of

ENDED_NS = parse_instant("2026-11-24T12:00:00Z")


@pytest.mark.parametrize(
    ("mutable", "retires", "stale", "expected", "cause"),
    [
        (False, None, None, "2026-12-24T12:00:00Z", ExpiryCause.AGE),
        (True, None, None, "2026-12-01T12:00:00Z", ExpiryCause.MUTABLE_ALIAS),
        (False, "2026-12-01T00:00:00Z", None, "2026-12-01T00:00:00Z", ExpiryCause.ALIAS_RETIRES),
        (True, "2026-12-20T00:00:00Z", None, "2026-12-01T12:00:00Z", ExpiryCause.MUTABLE_ALIAS),
        (False, None, "2026-11-25T00:00:00Z", "2026-11-25T00:00:00Z", ExpiryCause.PRICE_STALE),
        (False, "2026-11-26T00:00:00Z", "2026-11-25T00:00:00Z", "2026-11-25T00:00:00Z", ExpiryCause.PRICE_STALE),
        (False, "2027-11-26T00:00:00Z", "2027-11-25T00:00:00Z", "2026-12-24T12:00:00Z", ExpiryCause.AGE),
        (False, "2026-11-01T00:00:00Z", None, "2026-11-01T00:00:00Z", ExpiryCause.ALIAS_RETIRES),
    ],
)
def test_the_first_end_counts(
    mutable: bool, retires: str | None, stale: str | None, expected: str, cause: ExpiryCause
) -> None:
    """30 days, 7 for mutable aliases, never past a retirement or a stale price, even one that is past already."""
    expiry = expiry_of(
        ENDED_NS,
        mutable_alias=mutable,
        alias_retires_ns=parse_instant(retires) if retires else None,
        price_stale_ns=parse_instant(stale) if stale else None,
    )

    assert (expiry.at_ns, expiry.because) == (parse_instant(expected), cause)


def test_a_number_of_days_may_shorten_its_life() -> None:
    """And never lengthens it."""
    day_ns = 86_400 * NS_PER_S

    assert expiry_of(0, days=3) == (3 * day_ns, ExpiryCause.AGE)
    assert expiry_of(0, days=300) == expiry_of(0)
    assert expiry_of(0, mutable_alias=True, mutable_alias_days=2) == (2 * day_ns, ExpiryCause.MUTABLE_ALIAS)
    assert expiry_of(0, mutable_alias=True, mutable_alias_days=70) == expiry_of(0, mutable_alias=True)
