"""Entries that are packed in MessagePack become the rows that their values would be, one by one."""

import shutil
import typing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.damaged_bytes import damaged
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_refusal

from routeproof import native
from routeproof.ledger.entries import AttemptRow, Entry, ExchangeRow
from routeproof.store.connecting import connect
from routeproof.store.driver import driver
from routeproof.store.fitting import pack_entry
from routeproof.store.packed_rows import insert_packed, load_packed_rows
from routeproof.store.rows import insert_entries

if not native.COMPILED:
    pytest.skip("nothing is compiled here", allow_module_level=True)

Tables = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]
REFUSALS = (driver.Error, OverflowError)
WIDTHS = (len(ExchangeRow.__struct_fields__), len(AttemptRow.__struct_fields__))


@pytest.fixture(scope="module")
def ledger(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[driver.Connection]:
    """A connection that takes packs, to an empty database."""
    path = tmp_path_factory.mktemp("packed") / "routeproof.db"
    shutil.copy(migrated, path)
    connection = connect(path)
    assert load_packed_rows(connection)
    yield connection
    connection.close()


def rows_of(ledger: driver.Connection) -> Tables:
    """All that the two tables hold."""
    exchanges = ledger.execute("SELECT * FROM exchanges ORDER BY id").fetchall()
    return exchanges, ledger.execute("SELECT * FROM attempts ORDER BY exchange_id, ordinal").fetchall()


def tried(ledger: driver.Connection, insert: Callable[[], object]) -> Tables | None:
    """The rows that an insert leaves, which are then taken back; None where it fails."""
    ledger.execute("BEGIN")
    try:
        insert()
    except REFUSALS:
        return None
    else:
        return rows_of(ledger)
    finally:
        ledger.execute("ROLLBACK")


def both_ways(ledger: driver.Connection, entries: Sequence[Entry]) -> tuple[Tables | None, Tables | None]:
    """The rows of the entries when they are packed, and when each value is bound."""
    packs = [msgspec.msgpack.encode(entry) for entry in entries]
    packed = tried(ledger, lambda: insert_packed(ledger, packs))
    return packed, tried(ledger, lambda: insert_entries(ledger, entries))


def insert_pack(ledger: driver.Connection, pack: bytes) -> None:
    """Insert one entry's bytes, whatever they are."""
    insert_packed(ledger, [pack])


def insert_unpacked(ledger: driver.Connection, pack: bytes) -> None:
    """Insert what another reader of MessagePack finds in one entry's bytes, as far as there are columns."""
    exchange, attempts = msgspec.msgpack.decode(pack)
    for table, row in (("exchanges", exchange), *(("attempts", attempt) for attempt in attempts)):
        width = WIDTHS[table == "attempts"]
        assert len(row) >= width
        ledger.execute(" ".join(("INSERT INTO", table, "VALUES (", ", ".join("?" * width), ")")), row[:width])


INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**shift for shift in (5, 7, 8, 15, 16, 31, 32)])
TEXTS = st.text(max_size=40)


def values_of(shape: type[ExchangeRow | AttemptRow]) -> st.SearchStrategy[ExchangeRow | AttemptRow]:
    """Rows with any values that their columns hold."""
    columns = []
    for kind in typing.get_type_hints(shape).values():
        kinds = typing.get_args(kind) or (kind,)
        values = INTEGERS if int in kinds else TEXTS
        columns.append(st.none() | values if type(None) in kinds else values)
    return st.tuples(*columns).map(lambda row: shape(*row))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Any entry with a few attempts."""
    exchange = draw(values_of(ExchangeRow))
    attempts = draw(st.lists(values_of(AttemptRow), max_size=2))
    for ordinal, attempt in enumerate(attempts, 1):
        attempt.exchange_id, attempt.ordinal = exchange.id, ordinal
    return Entry(exchange, attempts)


@settings(deadline=None, max_examples=60)
@given(group=st.lists(entries(), max_size=3, unique_by=lambda entry: entry.exchange.id))
def test_any_entries_become_the_rows_that_their_values_would_be(ledger: driver.Connection, group: list[Entry]) -> None:
    """Numbers of all sizes, text of any script, and what is not known."""
    packed, bound = both_ways(ledger, group)

    assert packed is not None
    assert packed == bound
    assert len(packed[0]) == len(group)


@pytest.mark.parametrize("number", [0, 1, 2, 300])
def test_any_number_of_entries_is_inserted_whole(ledger: driver.Connection, number: int) -> None:
    """With no attempts, one, or more than a short array holds."""
    group = [sample_entry(at) for at in range(number)]
    group += [sample_refusal(number), sample_entry(number + 1, [])]
    group.append(sample_entry(number + 2, [sample_attempt(sample_id(number + 2), at) for at in range(1, 20)]))
    packed, bound = both_ways(ledger, group)

    assert packed is not None
    assert packed == bound
    assert [len(table) for table in packed] == [number + 3, number + 19]


@pytest.mark.parametrize("size", [0, 31, 32, 255, 256, 65_535, 65_536, 200_000])
def test_text_of_all_sizes_is_kept(ledger: driver.Connection, size: int) -> None:
    """Also with a NUL in it, and with a character across each border of eight bytes."""
    for text in ("x" * size, "\0" * size, "aé你😀" * (size // 4)):
        packed, bound = both_ways(ledger, [sample_entry(1, [sample_attempt(sample_id(1), usage_raw=text)])])
        assert packed is not None
        assert packed == bound


def test_an_id_that_is_there_already_is_an_error_and_leaves_nothing(ledger: driver.Connection) -> None:
    """A row is never replaced, and never silently left out; the statement is undone as a whole."""
    packs = [pack_entry(sample_entry(number)) for number in (1, 2, 1)]
    ledger.execute("BEGIN")
    with pytest.raises(driver.IntegrityError, match=r"exchanges\.id"):
        insert_packed(ledger, packs)
    left = rows_of(ledger)
    ledger.execute("ROLLBACK")

    assert left == ([], [])


@pytest.mark.parametrize("number", [2**63, 2**64 - 1])
def test_a_number_beyond_64_bits_is_an_overflow(ledger: driver.Connection, number: int) -> None:
    """As it is where values are bound; who calls makes it unknown."""
    for entry in (sample_entry(cost_nanousd=number), sample_entry(1, [sample_attempt(1, cost_nanousd=number)])):
        ledger.execute("BEGIN")
        with pytest.raises(OverflowError):
            insert_packed(ledger, [msgspec.msgpack.encode(entry)])
        ledger.execute("ROLLBACK")


PACK = pack_entry(sample_entry(1, [sample_attempt(sample_id(1), ordinal) for ordinal in (1, 2)]))


def test_a_pack_that_is_cut_or_goes_on_is_refused(ledger: driver.Connection) -> None:
    """Wherever it is cut; nothing of it is left, not even rows that came whole before the fault."""
    whole = [pack_entry(sample_entry(number)) for number in (7, 8)]
    for pack in (*(PACK[:size] for size in range(len(PACK))), PACK + b"\0", PACK + PACK):
        ledger.execute("BEGIN")
        with pytest.raises(driver.OperationalError, match="damaged before its byte"):
            insert_packed(ledger, [*whole, pack])
        left = rows_of(ledger)
        ledger.execute("ROLLBACK")
        assert left == ([], [])


def encoded(exchange: object, attempts: object) -> bytes:
    """An entry of any shape."""
    return msgspec.msgpack.encode([exchange, attempts])


EXCHANGE = msgspec.structs.astuple(sample_entry(1).exchange)
ATTEMPT = msgspec.structs.astuple(sample_attempt(sample_id(1)))


@pytest.mark.parametrize(
    "pack",
    [
        encoded(EXCHANGE[:-1], [ATTEMPT]),
        encoded(EXCHANGE, [ATTEMPT[:-1]]),
        encoded([*EXCHANGE, *range(40)], []),
        encoded(EXCHANGE, None),
        encoded(EXCHANGE, [None]),
        encoded(EXCHANGE, {}),
        encoded([*EXCHANGE[:2], 1.5, *EXCHANGE[3:]], []),
        encoded([*EXCHANGE[:4], b"key", *EXCHANGE[5:]], []),
        encoded([*EXCHANGE[:4], ["key"], *EXCHANGE[5:]], []),
        msgspec.msgpack.encode([EXCHANGE]),
        msgspec.msgpack.encode([EXCHANGE, [], []]),
        msgspec.msgpack.encode({}),
        *(
            PACK.replace(b"alice", bad + b"!" * (5 - len(bad)))
            for bad in (b"\xff", b"\xc1\xbf", b"\xbf\xbf", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")
        ),
        *(
            PACK.replace(b"alice", b"!" * (5 - len(bad)) + bad)
            for bad in (b"\x80", b"\xe4\xb8", b"\xf0\x9f\x98", b"\xc3")
        ),
        *(
            b"\xdd\xff\xff\xff\xff",
            b"\x92\xdd\xff\xff\xff\xff" + b"\xc0" * 40,
            b"\x92\x91\xdb\xff\xff\xff\xff",
            b"\xc1",
            b"",
        ),
    ],
)
def test_what_is_no_entry_fails_the_statement(ledger: driver.Connection, pack: bytes) -> None:
    """Rows that are too short or too long, values of other kinds, text that is no UTF-8, sizes that are not there."""
    assert tried(ledger, lambda: insert_pack(ledger, PACK)) is not None
    assert tried(ledger, lambda: insert_pack(ledger, pack)) is None


PIECES = [
    *(
        b"\xc0",
        b"\xc1",
        b"\xc2",
        b"\xc3",
        b"\xca",
        b"\xcb",
        b"\xcc",
        b"\xcf" + b"\xff" * 8,
        b"\xd0",
        b"\xd3",
        b"\xd9",
        b"\xda\xff",
    ),
    *(
        b"\xdb\xff\xff\xff\xff",
        b"\xdb\x7f\xff\xff\xff",
        b"\xdc",
        b"\xdd\xff\xff\xff\xff",
        b"\x90",
        b"\x92",
        b"\x9f",
        b"\x80",
    ),
    *(b"\xdd\0\0\0\1", b"\xa1\xff", b"\xc4\1", b"\xff", b"\xe0", b"\x7f"),
]


@settings(deadline=None, max_examples=300)
@given(pack=damaged(st.just(PACK) | entries().map(msgspec.msgpack.encode), PIECES) | st.binary(max_size=40))
def test_a_damaged_pack_fails_or_is_what_another_reader_finds_in_it(ledger: driver.Connection, pack: bytes) -> None:
    """Whatever the damage, nothing is made up."""
    rows = tried(ledger, lambda: insert_pack(ledger, pack))
    if rows is not None:
        assert rows == tried(ledger, lambda: insert_unpacked(ledger, pack))


def test_text_is_kept_when_its_pack_is_gone(ledger: driver.Connection) -> None:
    """A statement may hold on to a value beyond the pack that it was in."""
    packs = [(b"\x91" + encoded([letter * 5_000], []),) for letter in "bcab"]
    ledger.execute("CREATE TEMP TABLE packs (pack)")
    ledger.executemany("INSERT INTO packs VALUES (?)", packs)
    found = ledger.execute("SELECT max(c0), min(c0) FROM packs, ledger_rows(packs.pack, 0)").fetchone()
    ledger.execute("DROP TABLE packs")

    assert found == ("c" * 5_000, "a" * 5_000)


def test_only_a_pack_is_read(ledger: driver.Connection) -> None:
    """Other values are none, and there is nothing without one."""
    for value in (None, 1, "text"):
        with pytest.raises(driver.Error):
            ledger.execute("SELECT c0 FROM ledger_rows(?, 0)", (value,)).fetchall()
    for no_pack in ("SELECT c0 FROM ledger_rows", "SELECT c0 FROM ledger_rows WHERE which = 0"):
        with pytest.raises(driver.OperationalError):
            ledger.execute(no_pack).fetchall()


def test_a_database_can_not_make_use_of_it(tmp_path: Path) -> None:
    """A view or a trigger that came with a file may not call it."""
    connection = driver.connect(tmp_path / "others.db")
    load_packed_rows(connection)
    connection.execute("CREATE VIEW hidden AS SELECT c0 FROM ledger_rows(x'90', 0)")
    with pytest.raises(driver.OperationalError, match="unsafe use"):
        connection.execute("SELECT * FROM hidden").fetchall()
    connection.close()
