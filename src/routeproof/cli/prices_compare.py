"""`routeproof prices compare`: which route is cheapest for a workload, and what would change that."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from routeproof.cli.console import json_line, say, table, tell
from routeproof.cli.exits import Exit
from routeproof.cli.ledger_filters import (
    AccountOption,
    KeyOption,
    ModelOption,
    OutcomeOption,
    OwnerOption,
    RouteOption,
    SinceOption,
    StatusOption,
    StreamOption,
    UntilOption,
    filter_of,
)
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, settings_at
from routeproof.cli.price_desk import ROUTE_HELP, AtOption, desk_at, instant_at
from routeproof.cli.price_reasons import reason_text
from routeproof.config.workload_file import load_workload
from routeproof.operations.ledger.log import LedgerFilter
from routeproof.operations.prices.candidates import bounds_of, candidate_of
from routeproof.operations.prices.comparing import Comparison, FlipPoint, InputReach, RoutePrice, compare_routes
from routeproof.operations.prices.workload_from_log import LONG_CONTEXT_TOKENS, measure_workload
from routeproof.operations.screen import Column

_INPUTS: Final[Sequence[Column]] = (
    ("input", "left"),
    ("is", "right"),
    ("looked at", "left"),
    ("what flips it", "left"),
)
_WHEN: Final = {"falls_below": "below", "falls_to": "down to", "rises_over": "over"}

WorkloadOption = Annotated[
    Path | None, typer.Option("--workload", metavar="PATH", help="A workload file: what is asked, and how often.")
]
FromLogOption = Annotated[
    bool, typer.Option("--from-log", help="Take the workload from the ledger; the filters are those of `log`.")
]
LongOption = Annotated[
    int, typer.Option("--long-context", min=1, help="With --from-log: input tokens from which a context is long.")
]


def compare(
    routes: Annotated[list[str], typer.Argument(metavar="ROUTE...", help=ROUTE_HELP)],
    workload: WorkloadOption = None,
    from_log: FromLogOption = False,
    at: AtOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    key: KeyOption = None,
    owner: OwnerOption = None,
    account: AccountOption = None,
    model: ModelOption = None,
    route: RouteOption = None,
    outcome: OutcomeOption = None,
    status: StatusOption = None,
    stream: StreamOption = None,
    long_context: LongOption = LONG_CONTEXT_TOKENS,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Price a workload on each route, by request type and per 1M tokens, and say what would change the answer.

    The exit code is 1 where a route's cost is unknown.
    """
    if from_log == (workload is not None):
        raise typer.BadParameter("give either a file or --from-log", param_hint="--workload")
    wanted = filter_of(
        since=since,
        until=until,
        key=key,
        owner=owner,
        account=account,
        model=model,
        route=route,
        outcome=outcome,
        status=status,
        stream=stream,
    )
    if not from_log and wanted != LedgerFilter():
        raise typer.BadParameter("filters choose rows of the ledger; add --from-log", param_hint="--workload")
    at_ns = instant_at(at)
    desk = desk_at(config, routes)
    candidates = [candidate_of(desk, desk.route(name), at_ns) for name in dict.fromkeys(routes)]
    if workload is None:
        data_dir = settings_at(config, keys_needed=False).server.data_dir
        measured = measure_workload(data_dir, wanted, bounds_of(candidates), long_context)
    else:
        measured = load_workload(workload)
    answer = compare_routes(desk, candidates, measured, at_ns)
    if as_json:
        json_line(answer)
    else:
        _show(answer)
    if any(one.cost is None for one in answer.routes):
        raise typer.Exit(Exit.FAILED)


def _show(answer: Comparison) -> None:
    load = answer.workload
    say(
        f"{load.requests} requests ({load.source}): {load.input_tokens_per_request} input and "
        f"{load.output_tokens_per_request} output tokens each, {load.cache_percent} % of the input cached, "
        f"{load.thinking_percent} % of the output thinking; priced over the week from {answer.at}"
    )
    for note in load.notes:
        say(f"note: {note}")
    say()
    _show_routes(answer)
    say()
    _show_types(answer)
    say()
    for line in _verdict(answer):
        say(line)
    if answer.inputs:
        say()
        table(_INPUTS, [_input_row(reach) for reach in answer.inputs])
    for route in answer.routes:
        if route.reason is not None:
            tell(f"{route.route}: unknown: {route.detail or reason_text(route.reason)}")
    for line in answer.stale:
        tell(line)


def _show_routes(answer: Comparison) -> None:
    columns: Sequence[Column] = (
        ("route", "left"),
        (f"{answer.currency} per 1M: input miss", "right"),
        ("cache hit", "right"),
        ("output", "right"),
        ("all tokens", "right"),
        ("tiers", "left"),
        ("peak %", "right"),
        (f"workload {answer.currency}", "right"),
    )
    table(columns, [_route_row(route) for route in answer.routes])


def _route_row(route: RoutePrice) -> Sequence[str]:
    prices = (route.input_miss_per_1m, route.cache_hit_per_1m, route.output_per_1m, route.all_tokens_per_1m)
    tiers = ", ".join(
        f"{'any' if tier.input_tokens_max is None else f'to {tier.input_tokens_max}'} {tier.percent} %"
        for tier in route.tier_mix
    )
    return (
        route.route,
        *(_known(price) for price in prices),
        tiers or "-",
        route.peak_percent or "-",
        _known(route.cost),
    )


def _show_types(answer: Comparison) -> None:
    """Each type's cost per request, one column a route, and the total."""
    priced = [route for route in answer.routes if route.types]
    columns: list[Column] = [("type", "left"), ("requests", "right")]
    columns += [(f"{route.route} {answer.currency} each", "right") for route in priced]
    rows = [
        (kind, str(count), *(_known(route.types[at].cost_per_request) for route in priced))
        for at, (kind, count) in enumerate(answer.workload.requests_by_type.items())
    ]
    rows.append(("total", str(answer.workload.requests), *(_known(route.cost) for route in priced)))
    table(columns, rows)


def _verdict(answer: Comparison) -> Iterator[str]:
    if answer.cheapest is None:
        yield "No route has a known cost."
        return
    yield f"Cheapest: {answer.cheapest}{_margin(answer)}"
    if not answer.inputs:
        yield "There is no other route of a known cost to compare it with."
    elif answer.decides is None:
        yield "Nothing within the ranges below flips it."
    else:
        reach = next(one for one in answer.inputs if one.input == answer.decides.input)
        yield f"What decides is {_words(reach.input)}: {_flip(reach, answer.decides.flip)}"


def _margin(answer: Comparison) -> str:
    """By how much, where there is another route of a known cost."""
    if answer.dearer_by_percent is None:
        return ""
    return f"; the next, {answer.routes[1].route}, costs {answer.dearer_by_percent} % more"


def _input_row(reach: InputReach) -> Sequence[str]:
    looked = f"{reach.looked_from} to {reach.looked_to} {_unit(reach)}"
    flips = "; ".join(_flip(reach, flip) for flip in reach.flips)
    return _words(reach.input), f"{reach.value} {_unit(reach)}", looked, flips or "nothing within the range"


def _flip(reach: InputReach, flip: FlipPoint) -> str:
    return f"{_WHEN[flip.when]} {flip.threshold} {_unit(reach)} {flip.route} is the cheapest"


def _unit(reach: InputReach) -> str:
    return "%" if reach.unit == "percent" else "tokens"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _known(amount: str | None) -> str:
    return "unknown" if amount is None else amount
