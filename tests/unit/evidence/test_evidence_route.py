"""A route's digest covers all that decides what it does."""

import msgspec
import pytest
from tests.support.sample_evidence import PROVIDER_KEY, ROUTE

from routeproof.evidence.route import key_fingerprint

FIELDS = [field.name for field in msgspec.structs.fields(ROUTE)]


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_but_the_name_changes_the_digest(field: str) -> None:
    """A route that was only renamed is the same route."""
    changed = msgspec.structs.replace(ROUTE, **{field: "changed"})

    assert (changed.digest == ROUTE.digest) == (field == "name")


def test_a_fingerprint_tells_keys_apart_and_does_not_show_them() -> None:
    """32 hexadecimal digits."""
    ours, other = key_fingerprint(PROVIDER_KEY), key_fingerprint(PROVIDER_KEY + "x")

    assert ours != other
    assert len(ours) == 32
    assert int(ours, 16) > 0
