"""Records of the ledger packed in C: the bytes that the long way packs, or None."""

import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_open

from routeproof import native
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow, OpenExchange, Outcome
from routeproof.native import plain_pack

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

the_long_way = msgspec.msgpack.Encoder().encode

NUMBERS = [0, 31, 32, 127, 128, 255, 256, 2**16 - 1, 2**16, 2**32 - 1, 2**32, 2**63 - 1]
EDGES = [*NUMBERS, *(-number for number in NUMBERS), -33, -129, -(2**15) - 1, -(2**31) - 1, -(2**63)]
integers = st.integers(-(2**63), 2**63 - 1) | st.sampled_from(EDGES)
texts = st.text(max_size=300)


class Anything(msgspec.Struct, array_like=True, gc=False):
    """A record whose fields hold what a test puts there."""

    first: object
    second: object = None


def strategy_of(record: type[msgspec.Struct]) -> st.SearchStrategy[msgspec.Struct]:
    """Records whose every field has its type, with values that it can have."""
    by_type = {int: integers, str: texts, int | None: integers | st.none(), str | None: texts | st.none()}
    by_type[list[str]] = st.lists(texts, max_size=20)
    fields = {field.name: by_type[field.type] for field in msgspec.structs.fields(record)}
    return st.builds(record, **fields)


entries = st.builds(Entry, strategy_of(ExchangeRow), st.lists(strategy_of(AttemptRow), max_size=3))


@given(entries | strategy_of(OpenExchange))
def test_records_are_packed_as_the_long_way_packs_them(record: msgspec.Struct) -> None:
    """Byte for byte; or not at all, where a record is larger than any usual one."""
    expected = the_long_way(record)
    packed = plain_pack(record)

    assert packed == (expected if packed is not None or len(expected) <= 2_000 else None)


@pytest.mark.parametrize("record", [sample_entry(1), sample_open(1), sample_attempt(sample_id(1))], ids=str)
def test_usual_records_are_packed_here(record: msgspec.Struct) -> None:
    """So that what is tested is what runs."""
    assert plain_pack(record) == the_long_way(record)


@pytest.mark.parametrize("number", EDGES)
def test_each_width_of_a_number_is_the_least(number: int) -> None:
    """As MessagePack recommends, and the long way does."""
    assert plain_pack(Anything(number)) == the_long_way(Anything(number))


@pytest.mark.parametrize("length", [0, 31, 32, 255, 256, 3_000])
def test_each_width_of_a_text_is_the_least(length: int) -> None:
    """By its bytes, not its characters."""
    for text in ("a" * length, "é" * (length // 2)):
        assert plain_pack(Anything(text)) == the_long_way(Anything(text))


UNPLAIN = [
    *(2**63, -(2**63) - 1, 2**70, True, 1.5),
    *(b"a", "\ud800", "a" * 5_000, Outcome.OK),
    *((1,), {}, object(), int, ["a"] * 5_000),
]


@pytest.mark.parametrize("value", UNPLAIN, ids=lambda value: f"{type(value).__name__} {str(value)[:9]!a}")
def test_what_is_not_plain_is_left_to_the_long_way(value: object) -> None:
    """What no column holds, what is no exact number or text, and what is too long."""
    assert plain_pack(Anything(value)) is None
    assert plain_pack(Anything(1, [value])) is None


def test_what_holds_itself_is_left_to_the_long_way() -> None:
    """Nothing is followed for ever."""
    ring: list[object] = []
    ring.append(ring)
    record = Anything(None)
    record.first = record

    assert (plain_pack(Anything(ring)), plain_pack(record)) == (None, None)


@pytest.mark.parametrize("value", [None, 1, "a", [], object(), Anything])
def test_what_is_no_record_is_left_to_the_long_way(value: object) -> None:
    """Only records come here."""
    assert plain_pack(value) is None  # type: ignore[arg-type]


def test_more_kinds_of_records_than_are_usual_are_left_to_the_long_way() -> None:
    """The ledger has four; each is remembered for good."""
    kinds = [msgspec.defstruct(f"Kind{number}", [("a", int)], array_like=True) for number in range(12)]
    packed = [plain_pack(kind(1)) for kind in kinds]

    assert packed[-1] is None
    assert plain_pack(sample_entry(1)) in (None, the_long_way(sample_entry(1)))


def test_nothing_is_kept_of_what_was_packed() -> None:
    """Neither of what is plain, nor of what is not."""
    text = "x" * 50
    for record in (Anything(text, [text]), Anything(text, [object()])):
        before = sys.getrefcount(text), sys.getrefcount(record)
        for _ in range(100):
            plain_pack(record)
        assert (sys.getrefcount(text), sys.getrefcount(record)) == before
