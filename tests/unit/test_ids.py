"""Exchange ids: what they sort by, and that no two are alike whatever the clock does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.ids import ExchangeIds, exchange_id_floor, format_exchange_id, parse_exchange_id

NS_PER_MS = 1_000_000
NOW_NS = 1_795_556_040_834_642_556
SEQUENCE = 1 << 16
instants = st.integers(0, 2**41 * NS_PER_MS - 1)


def worker_of(exchange_id: int) -> int:
    return exchange_id >> 16 & 63


@given(st.integers(0, 63), st.lists(instants, max_size=50))
def test_ids_grow_whatever_the_clock_does(worker: int, clock: list[int]) -> None:
    """Each is above the one before, and names its worker."""
    ids = ExchangeIds(worker)
    made = [ids.next(wall_ns) for wall_ns in clock]

    assert made == sorted(set(made))
    assert {worker_of(exchange_id) for exchange_id in made} <= {worker}


@given(st.lists(instants, min_size=1, max_size=20), st.integers(0, 63), st.integers(0, 63), instants)
def test_ids_go_on_above_the_last_of_the_run_before(
    before: list[int], worker: int, next_worker: int, wall_ns: int
) -> None:
    """Also where another worker made it, and where the clock has been set back since."""
    ids = ExchangeIds(worker)
    last = max(ids.next(instant) for instant in before)
    made = ExchangeIds(next_worker, last).next(wall_ns)

    assert made > last
    assert worker_of(made) == next_worker


def test_an_id_holds_the_millisecond_of_its_start() -> None:
    """So that rows sort by time, and a range of time is a range of ids."""
    made = ExchangeIds(3).next(NOW_NS)

    assert made >> 22 == NOW_NS // NS_PER_MS
    assert exchange_id_floor(NOW_NS) <= made < exchange_id_floor(NOW_NS + NS_PER_MS)


def test_a_full_millisecond_borrows_the_next_one() -> None:
    """More than 65,536 in one are still all different, and in order."""
    ids = ExchangeIds(1)
    made = [ids.next(NOW_NS) for _ in range(SEQUENCE + 2)]

    assert made == sorted(set(made))
    assert [made[SEQUENCE - 1] >> 22, made[SEQUENCE] >> 22] == [NOW_NS // NS_PER_MS, NOW_NS // NS_PER_MS + 1]


@pytest.mark.parametrize("worker", [-1, 64])
def test_a_worker_beyond_its_bits_is_refused(worker: int) -> None:
    """It would be taken for a part of the time."""
    with pytest.raises(ValueError, match="outside"):
        ExchangeIds(worker)


@given(st.integers(0, 2**63 - 1))
def test_an_id_is_read_as_it_is_shown(exchange_id: int) -> None:
    """`req_` and sixteen digits, there and back."""
    assert parse_exchange_id(format_exchange_id(exchange_id)) == exchange_id  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "req_", "req_12", "req_000000000000000G", "REQ_0000000000000000"])
def test_other_text_is_no_id(text: str) -> None:
    """It is named, and what an id looks like."""
    with pytest.raises(ValueError, match="sixteen hexadecimal digits"):
        parse_exchange_id(text)
