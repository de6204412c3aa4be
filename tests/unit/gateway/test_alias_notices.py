"""Log lines about retired names: one a day for each key and route, and a bound on all of them."""

import pytest

from routeproof.access.keys import KeyRecord
from routeproof.gateway.alias_notices import AliasNotices
from routeproof.ids import KeyId

DAY = 86_400 * 10**9


def key(number: int) -> KeyRecord:
    """One of many keys."""
    return KeyRecord(KeyId(f"key_{number}"), b"", "ana", "research", 0, None, "")


def test_once_a_day_for_each_key_and_route(caplog: pytest.LogCaptureFixture) -> None:
    """On the next UTC day again, from its first nanosecond on."""
    notices = AliasNotices()
    for now_ns in (0, DAY - 1, DAY, DAY + 1):
        for route in ("p/a", "p/b"):
            for number in (1, 2):
                notices.tell(route, key(number), "words", now_ns)

    told = [(vars(line)["route"], vars(line)["key_id"]) for line in caplog.records]
    assert told == [("p/a", "key_1"), ("p/a", "key_2"), ("p/b", "key_1"), ("p/b", "key_2")] * 2
    assert {vars(line)["key_owner"] for line in caplog.records} == {"ana"}


def test_never_more_than_its_bound(caplog: pytest.LogCaptureFixture) -> None:
    """The last line says where to look for the rest; the next day begins anew."""
    notices = AliasNotices(notices_max=3)
    for number in range(10):
        notices.tell("p/a", key(number), "words", 0)

    assert len(caplog.records) == 4
    assert "`routeproof aliases`" in caplog.records[-1].getMessage()
    notices.tell("p/a", key(9), "words", DAY)
    assert len(caplog.records) == 5
