"""The ledger's rows in an observation, by column; what is of another type counts as absent."""

from routeproof.evidence.canonical import encode
from routeproof.evidence.observations import LedgerRow, Observation
from routeproof.evidence.results import EXCERPT_CHARACTERS_MAX

EXCHANGE = "exchange"
ATTEMPT = "attempt"


def exchange_rows(observation: Observation) -> tuple[LedgerRow, ...]:
    """The rows of the exchange itself: one, where all is well."""
    return tuple(row for row in observation.ledger if row.table == EXCHANGE)


def attempt_rows(observation: Observation) -> tuple[LedgerRow, ...]:
    """The rows of its attempts, in their order."""
    found = [row for row in observation.ledger if row.table == ATTEMPT]
    return tuple(sorted(found, key=lambda row: count_in(row, "ordinal") or 0))


def shown_rows(observation: Observation) -> str:
    """The rows as an exhibit shows them, the attempts first: it is they that are wrong most often."""
    rows = (*attempt_rows(observation), *exchange_rows(observation))
    return "\n".join(encode(row.columns).decode() for row in rows)[:EXCERPT_CHARACTERS_MAX]


def count_in(row: LedgerRow, column: str) -> int | None:
    """A whole number."""
    value = row.columns.get(column)
    return value if type(value) is int else None


def text_in(row: LedgerRow, column: str) -> str | None:
    """A text."""
    value = row.columns.get(column)
    return value if isinstance(value, str) else None


def flag_in(row: LedgerRow, column: str) -> bool:
    """A yes or no, which a ledger keeps as 1 or 0."""
    return row.columns.get(column) in (1, True)
