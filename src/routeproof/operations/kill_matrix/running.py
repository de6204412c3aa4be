"""Runs the kill matrix: every row, every honest route, every dead end; a few worlds at a time."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Final, Protocol

from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.kill_matrix.dead_ends import CARDBOARD, DEAD_ENDS, DeadRun, prove_dead_end
from routeproof.operations.kill_matrix.gateways import StartGateway
from routeproof.operations.kill_matrix.worlds import Worlds
from routeproof.prover.check import Check
from routeproof.prover.kill_matrix.all_rows import CARDBOARD_FAILS, DEFECTS, EXCUSED
from routeproof.prover.kill_matrix.matrix import Defect, Kind, Report, Ruling, Via, World, by_world, report_on
from routeproof.prover.kill_matrix.rows.routes import ONLY_DIRECT, ROUTES, SHORT_CONTEXT, SHORT_SETTINGS
from routeproof.prover.kill_matrix.rows.taps import PATIENT, SLOWLY

WORLDS_AT_ONCE: Final = 4
_NOT_JUDGED: Final = "It was not judged: what it reads is not there."
_BEHIND: Final = tuple(route.name for route in ROUTES if route.name not in ONLY_DIRECT)
_HONEST: Final = (
    *(World(route=route.name, declared=SHORT_CONTEXT, settings=SHORT_SETTINGS) for route in ROUTES),
    *(World(route=name, via=Via.GATEWAY, settings=SLOWLY, limits=PATIENT) for name in _BEHIND),
    *(World(route=name, via=Via.GATEWAY) for name in _BEHIND),
    *(World(route=name, via=Via.BOTH) for name in _BEHIND),
)
_Job = Callable[[], Coroutine[None, None, list[Ruling]]]


class Progress(Protocol):
    """Who follows a run."""

    def began(self, rulings: int) -> None:
        """So many rulings there will be."""
        ...

    def ruled(self, ruling: Ruling) -> None:
        """One more."""
        ...


async def run_matrix(
    checks: Sequence[Check], start_gateway: StartGateway, progress: Progress, defects: Sequence[Defect] = DEFECTS
) -> Report:
    """Put these checks before everything that there is to tell apart. Rows about other checks are left out."""
    wanted = {check.id: check for check in checks}
    rows = [defect for defect in defects if defect.check in wanted]
    honest = [(world, [check for check in checks if _is_for(world, check)]) for world in _HONEST]
    outside = [check for check in checks if not _is_inside(check)]
    progress.began(len(rows) + sum(len(own) for _, own in honest) + len(outside) * len(DEAD_ENDS))
    async with Worlds(start_gateway) as worlds:
        # One at a time: time decides whether they pass. What must fail fails beside others, too.
        found = await _all_of([partial(_golden, worlds, world, own) for world, own in honest if own], progress, 1)
        others: list[_Job] = [
            *(partial(_defects, worlds, same, wanted) for same in by_world(rows).values()),
            *(partial(_dead, worlds, name, outside) for name in DEAD_ENDS if outside),
        ]
        found += await _all_of(others, progress, WORLDS_AT_ONCE)
    return report_on(checks, rows, found)


async def _all_of(jobs: Iterable[_Job], progress: Progress, at_once: int) -> list[Ruling]:
    """So many at a time; the rulings in the order of the jobs."""
    room = asyncio.Semaphore(at_once)

    async def one(job: _Job) -> list[Ruling]:
        async with room:
            rulings = await job()
        for ruling in rulings:
            progress.ruled(ruling)
        return rulings

    return [ruling for rulings in await asyncio.gather(*map(one, jobs)) for ruling in rulings]


def _is_inside(check: Check) -> bool:
    """It reads what only our own gateway knows, or compares two ways."""
    return check.needs_rows or check.needs_tap or check.needs_arms


def _is_for(world: World, check: Check) -> bool:
    """Where a check is put before the honest routes.

    Checks that need no gateway go there directly. Those with a tap have a slow world to themselves: the long prompts of
    those that read rows would hold up the loop that provider, gateway and prover share.
    """
    if world.via is Via.DIRECT:
        return not _is_inside(check)
    if world.via is Via.BOTH:
        return check.needs_arms
    return _is_inside(check) and not check.needs_arms and check.needs_tap is (world.settings == SLOWLY)


async def _golden(worlds: Worlds, world: World, checks: Sequence[Check]) -> list[Ruling]:
    results = (await worlds.run(world, checks)).results()
    where = world.route if world.via is Via.DIRECT else f"{world.route} by our gateway"
    return [
        _ruling(Kind.GOLDEN, check.id, where, _honest(world.route, check.id), results.get(check.id)) for check in checks
    ]


async def _defects(worlds: Worlds, rows: Sequence[Defect], checks: dict[str, Check]) -> list[Ruling]:
    """The rows of one world."""
    run = await worlds.run(rows[0].world, [checks[row.check] for row in rows])
    return [
        _ruling(Kind.DEFECT, row.check, row.words, (Verdict.FAIL,), run.results(row.tampering).get(row.check))
        for row in rows
    ]


async def _dead(worlds: Worlds, name: str, checks: Sequence[Check]) -> list[Ruling]:
    run = await prove_dead_end(name, checks, worlds.routes)
    return [_dead_ruling(name, check.id, run) for check in checks]


def _dead_ruling(name: str, check: str, run: DeadRun) -> Ruling:
    """Anything but a pass, where anything was asked; a cardboard API has the shape of one, and no more."""
    expected = tuple(verdict for verdict in Verdict if verdict is not Verdict.PASS)
    if name == CARDBOARD:
        expected = (Verdict.FAIL,) if check in CARDBOARD_FAILS else tuple(Verdict)
    elif not run.asks(check):
        expected = tuple(Verdict)
    return _ruling(Kind.DEAD, check, name, expected, run.results.get(check))


def _honest(route: str, check: str) -> tuple[Verdict, ...]:
    """A pass, or SKIP by a declaration; what else is right for this route has a reason in `EXCUSED`."""
    excuse = EXCUSED.get((route, check))
    return (Verdict.PASS, Verdict.SKIP) if excuse is None else (excuse.verdict,)


def _ruling(kind: Kind, check: str, where: str, expected: Sequence[Verdict], result: CheckResult | None) -> Ruling:
    verdict = Verdict.ERROR if result is None else result.verdict
    return Ruling(
        kind=kind,
        check=check,
        where=where,
        expected=" or ".join(expected),
        verdict=verdict,
        right=verdict in expected,
        summary=_NOT_JUDGED if result is None else result.summary,
    )
