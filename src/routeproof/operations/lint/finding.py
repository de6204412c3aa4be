"""What a rule finds, and what is told of it."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from routeproof.config.lint_codes import LintCode
from routeproof.config.problems import dotted
from routeproof.ids import ExchangeId, format_exchange_id


class Severity(StrEnum):
    """How bad it is, worst first."""

    ERROR = "error"
    """Requests fail, bills are wrong or keys leak, now or on the day that it is needed."""
    WARNING = "warning"
    """It may come to that, and nobody would be told."""
    NOTE = "note"
    """It may be meant; somebody should know."""


class Found(msgspec.Struct, frozen=True):
    """One mistake, as a rule finds it."""

    code: LintCode
    detail: str
    """What is so."""
    where: tuple[str, ...]
    """Keys of the configuration, files, ids of facts, keys of clients and request ids."""


class LintFinding(msgspec.Struct, frozen=True):
    """One mistake, as it is told."""

    code: str
    severity: Severity
    found: str
    hurts: str
    """What comes of it."""
    where: Sequence[str]
    remedy: str


class LintReport(msgspec.Struct, frozen=True):
    """What was found at an instant."""

    ok: bool
    """There is no error; where warnings count as errors, no warning either."""
    at: str
    """RFC 3339, UTC."""
    since: str
    """From when on the ledger was looked at."""
    ledger_read: bool
    """False where there is no ledger yet."""
    errors: int
    warnings: int
    notes: int
    ignored: int
    """How many findings the configuration keeps from being told."""
    findings: list[LintFinding]
    """The worst first."""


def provider_key(provider: str, name: str) -> str:
    """Where a setting of a provider stands, as a dotted key."""
    return dotted(dotted("providers", provider), name)


def model_key(model: str, name: str) -> str:
    """Where a setting of a model stands, as a dotted key."""
    return dotted(dotted("models", model), name)


def request_ids(*last_ids: int | None) -> tuple[str, ...]:
    """The newest of these exchanges, as clients see its id; nothing where there is none."""
    known = [last_id for last_id in last_ids if last_id is not None]
    return (format_exchange_id(ExchangeId(max(known))),) if known else ()
