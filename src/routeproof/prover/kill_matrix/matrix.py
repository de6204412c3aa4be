"""The kill matrix: which seeded defect each check must catch, what it must let pass, and the record of a run of it.

A check that can't fail proves nothing. So each has at least one defect here that makes it fail, and an honest route of
every family that it must not fail; and none may pass where there is no API at all. The rows are in `rows`, put
together in `all_rows.py`; who runs them (operations/kill_matrix) knows the simulator, this room does not: faults and
settings are names and numbers (docs/simulator.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from routeproof.evidence.canonical import Record, digest_of
from routeproof.evidence.plan import Declared, SelfTest
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.check import Check
from routeproof.prover.engine.check_hashes import check_hash


class Route(Record, frozen=True, kw_only=True):
    """A simulated route that does nothing wrong."""

    name: str
    kind: str
    """Of the simulated provider."""
    model: str
    dialect: str
    family: str
    """Whose facts apply."""
    prices: str
    """Whose price facts do."""
    region: str | None = None


class SeededFault(Record, frozen=True, kw_only=True):
    """A rule of the simulator's fault schedule; the names are those of its scripts."""

    fault: str
    stream: bool | None = None
    model: str | None = None
    times: int | None = None
    """None: always."""
    after_events: int | None = None
    seconds: int | None = None
    count: int | None = None
    control: str | None = None


class Via(StrEnum):
    """Which way the requests of a world go."""

    DIRECT = "direct"
    GATEWAY = "gateway"
    """Through our own gateway, with its rows and its tap."""
    BOTH = "both"


class World(Record, frozen=True, kw_only=True):
    """What answers a plan, and what the plan says of it. Rows of equal worlds are proven in one run."""

    route: str
    """The name of one of the routes."""
    via: Via = Via.DIRECT
    faults: tuple[SeededFault, ...] = ()
    struck: Via = Via.BOTH
    """GATEWAY: they strike only what our gateway sends on; what goes directly meets an honest provider."""
    relay: str | None = None
    """Another gateway than ours, by what is wrong with it (docs/simulator.md); `honest`: nothing."""
    settings: dict[str, int | str] = msgspec.field(default_factory=dict)
    """Of the simulated provider, by the names of its scripts."""
    declared: dict[str, Declared] = msgspec.field(default_factory=dict)
    """What is declared of the route besides what facts say."""
    limits: dict[str, int] = msgspec.field(default_factory=dict)
    """Thresholds that this plan has other than usual, by name."""


class Defect(Record, frozen=True, kw_only=True):
    """A row: in this world the check must come to FAIL."""

    check: str
    words: str
    """What is wrong there, in plain words."""
    world: World
    tampering: str | None = None
    """What becomes of the plan or of what was observed there, by its name in `tampering.py`."""


class Kind(StrEnum):
    """What a ruling is about."""

    GOLDEN = "golden"
    DEFECT = "defect"
    DEAD = "dead"


class Ruling(Record, frozen=True, kw_only=True):
    """One cell of the matrix: what a check came to in one world, and whether that is right."""

    kind: Kind
    check: str
    where: str
    """The route, what is wrong, or what there is instead of an API."""
    expected: str
    """A verdict, or several that are as good."""
    verdict: Verdict
    right: bool
    summary: str
    """In the check's own words."""


class Report(Record, frozen=True, kw_only=True):
    """A run of the whole matrix, in the order of its rows."""

    rulings: tuple[Ruling, ...]
    without_defect: tuple[str, ...]
    """Checks that no row would make fail."""
    check_hashes: dict[str, str]

    @property
    def wrong(self) -> tuple[Ruling, ...]:
        """Every ruling that is not as it must be."""
        return tuple(one for one in self.rulings if not one.right)

    @property
    def self_test(self) -> SelfTest:
        """The record for plans. Equal builds that do the same have equal digests, whatever the machine."""
        told = [(one.kind, one.check, one.where, one.expected, one.right) for one in self.rulings]
        return SelfTest(
            digest=digest_of([told, self.without_defect, self.check_hashes]),
            complete=bool(self.rulings) and not self.wrong and not self.without_defect,
            check_hashes=self.check_hashes,
        )


def report_on(checks: Sequence[Check], defects: Iterable[Defect], rulings: Iterable[Ruling]) -> Report:
    """What a run of the matrix showed about these checks."""
    return Report(
        rulings=tuple(rulings),
        without_defect=without_defect(checks, defects),
        check_hashes={check.id: check_hash(check) for check in checks},
    )


def without_defect(checks: Iterable[Check], defects: Iterable[Defect]) -> tuple[str, ...]:
    """The checks that no row is about, by id."""
    rows = {defect.check for defect in defects}
    return tuple(sorted(check.id for check in checks if check.id not in rows))


def by_world(defects: Iterable[Defect]) -> Mapping[str, list[Defect]]:
    """The rows, those of equal worlds together, by the world's digest."""
    found: dict[str, list[Defect]] = {}
    for defect in defects:
        found.setdefault(digest_of(defect.world), []).append(defect)
    return found
