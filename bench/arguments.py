"""The command line of the benchmark, and the sizes that follow from it."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

SCENARIOS: Final = (
    "idle-memory",
    "stream-memory",
    "plain-1",
    "plain-32",
    "tls-1",
    "tls-32",
    "streams",
    "large",
    "pricing",
    "recompute",
    "oracle",
    "self-test",
    "prove-smoke",
    "prove-qualify",
)
"""In the order they run: memory first, on processes that have done next to nothing."""
TARGETS: Final = ("direct", "nginx", "routeproof")
PEERS: Final = ("litellm", "portkey")
ROUNDS: Final = 5
SECONDS: Final = 2


class Sizes(msgspec.Struct, frozen=True):
    """How much of everything."""

    seconds: int = SECONDS
    """Of each measurement."""
    streams: int = 500
    streams_peer: int = 10
    """For peers, which a fraction of the streams fills up."""
    events_per_s: int = 50
    """On each stream."""
    open_few: int = 500
    open_many: int = 5_000
    large_connections: int = 4
    recompute_rows: int = 200_000
    oracle_bytes: int = 64_000_000
    """Of each dialect's streams."""


class Options(msgspec.Struct, frozen=True):
    """What was asked for."""

    rounds: int
    sizes: Sizes
    scenarios: tuple[str, ...]
    targets: tuple[str, ...]
    json_path: Path
    quick: bool = False


def read_options(argv: Sequence[str], results_dir: Path) -> Options:
    """Options from the command line; exits with a usage message where they make no sense."""
    parser = _parser(results_dir)
    found = parser.parse_args(argv)
    if found.rounds is not None and found.rounds < 1:
        parser.error("--rounds must be at least 1")
    if found.seconds is not None and found.seconds < 1:
        parser.error("--seconds must be at least 1")
    chosen: list[str] = found.only
    targets = TARGETS + PEERS if found.peers else TARGETS
    return Options(
        rounds=found.rounds or (1 if found.quick else ROUNDS),
        sizes=_sizes(found.quick, found.seconds),
        scenarios=_narrowed(SCENARIOS, chosen),
        targets=_narrowed(targets + tuple(peer for peer in PEERS if peer in chosen), chosen),
        json_path=found.json,
        quick=found.quick,
    )


def _parser(results_dir: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the gateway beside nginx.")
    parser.add_argument("--rounds", type=int, help=f"how often everything is measured (default {ROUNDS})")
    parser.add_argument("--seconds", type=int, help=f"length of one measurement (default {SECONDS})")
    parser.add_argument("--quick", action="store_true", help="one short round in small sizes, to see it work")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        choices=SCENARIOS + TARGETS + PEERS,
        help=f"only this scenario or target; may be repeated ({', '.join(SCENARIOS + TARGETS + PEERS)})",
    )
    parser.add_argument("--peers", action="store_true", help="install and measure LiteLLM and Portkey too")
    parser.add_argument(
        "--json",
        type=Path,
        default=results_dir / "latest.json",
        metavar="PATH",
        help="where the raw figures go (default %(default)s)",
    )
    return parser


def _sizes(quick: bool, seconds: int | None) -> Sizes:
    if quick:
        return Sizes(
            seconds=seconds or 1,
            streams=100,
            open_few=100,
            open_many=500,
            recompute_rows=20_000,
            oracle_bytes=8_000_000,
        )
    return Sizes(seconds=seconds or SECONDS)


def _narrowed(names: tuple[str, ...], chosen: list[str]) -> tuple[str, ...]:
    """Those of `names` that were chosen, in their order; all, if none of them was."""
    distinct = tuple(dict.fromkeys(names))
    return tuple(name for name in distinct if name in chosen) or distinct
