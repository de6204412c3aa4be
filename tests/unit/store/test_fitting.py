"""Making records fit into slots and columns."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sample_entries import sample_attempt, sample_entry, sample_id, sample_open

from routeproof.ledger.entries import Entry, OpenExchange
from routeproof.store.fitting import INT_MAX, fit_entry, fit_open, has_every_route, make_storable

long_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=3_000)


def decoded(payload: bytes) -> Entry:
    return msgspec.msgpack.decode(payload, type=Entry)


def test_raw_usage_goes_first() -> None:
    """Where the raw usage alone is too long, it is all that is cut, and only as far as it must be."""
    entry = sample_entry(attempts=[sample_attempt(sample_id(1), usage_raw="u" * 2_000)])
    payload = fit_entry(entry, 1_000)
    fitted = decoded(payload)
    raw = fitted.attempts[0].usage_raw

    assert raw is not None
    assert 900 < len(payload) <= 1_000
    entry.attempts[0].usage_raw = raw
    assert fitted == entry


def test_raw_usage_that_finds_no_room_is_unknown() -> None:
    """An empty text would look like one that was sent."""
    entry = sample_entry(attempts=[sample_attempt(sample_id(1), usage_raw="u" * 50, model_answered="m" * 400)])

    assert decoded(fit_entry(entry, 300)).attempts[0].usage_raw is None


def test_the_entry_itself_is_not_cut() -> None:
    """Only the encoding is: the row that is committed keeps everything."""
    entry = sample_entry(attempts=[sample_attempt(sample_id(1), usage_raw="u" * 2_000)])
    fit_entry(entry, 500)

    assert entry.attempts[0].usage_raw == "u" * 2_000


def test_money_and_counts_are_never_cut() -> None:
    """However small the slot, what is left of an attempt has its numbers."""
    attempts = [sample_attempt(sample_id(1), number, usage_raw="u" * 2_000) for number in (1, 2, 3)]
    fitted = decoded(fit_entry(sample_entry(attempts=attempts), 600))

    assert fitted.exchange.cost_nanousd == 3 * 6_150
    assert [(row.ordinal, row.cost_nanousd, row.output_tokens) for row in fitted.attempts] == [
        (1, 6_150, 300),
        (2, 6_150, 300),
        (3, 6_150, 300),
    ]


def test_the_last_attempts_stay_where_all_find_no_room() -> None:
    """The exchange's own figures stay right even then."""
    attempts = [sample_attempt(sample_id(1), number) for number in range(1, 21)]
    fitted = decoded(fit_entry(sample_entry(attempts=attempts), 600))

    assert fitted.exchange.attempts == 20
    assert fitted.attempts[-1].ordinal == 20


@given(st.lists(st.tuples(long_texts, long_texts), max_size=6), long_texts, st.integers(250, 1_300))
def test_every_entry_fits(attempts: list[tuple[str, str]], model: str, bytes_max: int) -> None:
    """Whatever providers and clients sent, there is an encoding of the size asked for that reads back."""
    rows = [
        sample_attempt(sample_id(1), ordinal, usage_raw=raw, model_answered=answered)
        for ordinal, (raw, answered) in enumerate(attempts, 1)
    ]
    payload = fit_entry(sample_entry(attempts=rows, model_asked=model), bytes_max)

    assert len(payload) <= bytes_max
    assert decoded(payload).exchange.id == sample_id(1)


@given(long_texts, long_texts, st.lists(long_texts, min_size=1, max_size=8), st.integers(150, 410))
def test_every_open_exchange_fits(model: str, owner: str, routes: list[str], bytes_max: int) -> None:
    """The same for an exchange in flight, which keeps at least one route."""
    payload = fit_open(sample_open(routes=routes, model_asked=model, key_owner=owner), bytes_max)
    fitted = msgspec.msgpack.decode(payload, type=OpenExchange)

    assert len(payload) <= bytes_max
    assert (fitted.id, fitted.request_bytes, fitted.max_output_tokens) == (sample_id(1), 2_048, 4_096)
    assert len(fitted.routes) >= 1


def test_the_route_in_flight_is_kept_whole_where_it_can_be() -> None:
    """Long names of the client's choice are cut before it."""
    opened = sample_open(model_asked="m" * 250, rollback_model="r" * 120, routes=["a/" + "x" * 120, "b/model"])
    fitted = msgspec.msgpack.decode(fit_open(opened, 300), type=OpenExchange)

    assert fitted.routes[-1] == "b/model"


@given(long_texts, st.lists(long_texts, min_size=1, max_size=8), st.integers(150, 410))
def test_a_note_that_lacks_routes_is_known_by_its_key(owner: str, routes: list[str], bytes_max: int) -> None:
    """Where the key's id is longer than any text is left before a route goes, all routes are there."""
    opened = sample_open(routes=routes, key_owner=owner)
    fitted = msgspec.msgpack.decode(fit_open(opened, bytes_max), type=OpenExchange)

    assert has_every_route(opened)
    assert len(fitted.routes) == len(routes) or not has_every_route(fitted)


def test_an_amount_beyond_64_bits_becomes_unknown() -> None:
    """No column holds it, and a smaller one would be a lie: it is unknown, and the note says why."""
    attempt = sample_attempt(sample_id(1), cost_nanousd=2**70, output_tokens=2**64)
    entry = sample_entry(attempts=[attempt], cost_bound_nanousd=2**63, duration_us=-(2**80), response_bytes=2**63)
    make_storable(entry)

    assert (attempt.cost_nanousd, attempt.cost_note, attempt.output_tokens) == (None, "out_of_range", None)
    row = entry.exchange
    assert (row.cost_nanousd, row.cost_bound_nanousd, row.duration_us, row.response_bytes) == (None, None, None, None)


def test_a_size_beyond_64_bits_is_the_largest_there_is() -> None:
    """A column that is never unknown gets its greatest value."""
    entry = sample_entry(request_bytes=2**63)
    make_storable(entry)

    assert entry.exchange.request_bytes == INT_MAX


@pytest.mark.parametrize(
    ("text", "stored"), [("a\ud800b", "a?b"), ("größer", "größer"), ("plain", "plain"), (None, None)]
)
def test_half_a_character_becomes_a_question_mark(text: str | None, stored: str | None) -> None:
    """A lone surrogate is no text that a database takes; everything else stays."""
    entry = sample_entry(model_asked=text)
    make_storable(entry)

    assert entry.exchange.model_asked == stored


def test_what_can_be_stored_is_not_changed() -> None:
    """The largest and smallest numbers of 64 bits stay."""
    entry = sample_entry(request_bytes=INT_MAX, response_bytes=INT_MAX, cost_nanousd=-INT_MAX)
    make_storable(entry)

    assert entry == sample_entry(request_bytes=INT_MAX, response_bytes=INT_MAX, cost_nanousd=-INT_MAX)
