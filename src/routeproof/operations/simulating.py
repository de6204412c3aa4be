"""Runs simulated or replayed providers alone, each on a port of its own, until the process is told to stop."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from routeproof.errors import OperatorError
from routeproof.operations.screen import Column, Screen
from routeproof.operations.stopping import UntilStopped
from routeproof.simulator.recordings import Recording, load_recording, recording_paths
from routeproof.simulator.replay import ReplayProvider
from routeproof.simulator.script import PORT_MAX, parse_script
from routeproof.simulator.settings import ProviderSettings, SimulatorSettings, demo_settings
from routeproof.simulator.simulator import RunningSimulator, start_behaviours, start_simulator

SCRIPT_BYTES_MAX: Final = 4 * 1024 * 1024
REPLAY: Final = "replay"
"""The kind of a provider that serves recordings."""
_COLUMNS: Final[tuple[Column, ...]] = (("provider", "left"), ("kind", "left"), ("base URL", "left"), ("key", "left"))


class ListeningProvider(msgspec.Struct, frozen=True):
    """One simulated provider, as `simulate --json` shows it."""

    name: str
    kind: str
    base_url: str
    """What a client puts before `/chat/completions`."""
    key: str | None
    """The first of the keys that it accepts; None where it accepts none, or, as a replay does, any."""


class ListeningProviders(msgspec.Struct, frozen=True):
    """What `simulate --json` writes once all listen."""

    providers: list[ListeningProvider]


async def simulate(script: Path | None, *, host: str, port: int, screen: Screen, as_json: bool) -> None:
    """Run until SIGINT or SIGTERM. Raises OperatorError, or ConfigError for mistakes in the script."""
    settings = simulator_settings(script, host=host, port=port)
    await _run(start_simulator(settings), partial(listening, settings), screen, as_json=as_json)


async def replay_recordings(folder: Path, *, host: str, port: int, screen: Screen, as_json: bool) -> None:
    """Serve a folder's recordings, each provider's on a port of its own, until SIGINT or SIGTERM.

    Raises OperatorError.
    """
    providers = {name: ReplayProvider(found) for name, found in recorded(folder).items()}
    if port + len(providers) - 1 > PORT_MAX:
        raise _too_few_ports(port)
    await _run(start_behaviours(providers, host=host, first_port=port), _replaying, screen, as_json=as_json)


def recorded(folder: Path) -> dict[str, list[Recording]]:
    """A folder's recordings by their provider. Raises OperatorError where there are none, or one can't be read."""
    found: dict[str, list[Recording]] = {}
    for path in recording_paths(folder):
        try:
            recording = load_recording(path)
        except OSError as error:
            raise OperatorError(f"{path} can't be read ({_why(error)}); correct its permissions") from error
        except msgspec.DecodeError as error:
            raise OperatorError(f"{path} is no recording ({error}); correct it, or take it out of {folder}") from error
        found.setdefault(recording.provider, []).append(recording)
    if not found:
        raise OperatorError(
            f"{folder} holds no recordings; name a folder with files such as chat__00.json with --replay"
        )
    return dict(sorted(found.items()))


def simulator_settings(script: Path | None, *, host: str, port: int) -> SimulatorSettings:
    """The providers of a script, or one honest provider of each kind.

    `host` is for those that the script gives none; those without a port count up from `port` (0: any free).
    Raises OperatorError, or ConfigError for mistakes in the script.
    """
    settings = demo_settings(host=host) if script is None else parse_script(_read(script), str(script), host=host)
    if not port:
        return settings
    return msgspec.structs.replace(settings, providers=_numbered(settings.providers, port))


def listening(settings: SimulatorSettings, simulator: RunningSimulator) -> list[ListeningProvider]:
    """Where each provider listens, in the order of the settings."""
    return [
        ListeningProvider(
            provider.name,
            provider.kind.value,
            simulator.base_url(provider.name),
            provider.keys[0] if provider.keys else None,
        )
        for provider in settings.providers
    ]


def _replaying(simulator: RunningSimulator) -> list[ListeningProvider]:
    return [ListeningProvider(name, REPLAY, simulator.base_url(name), None) for name in simulator.servers]


async def _run(
    starting: Awaitable[RunningSimulator],
    rows: Callable[[RunningSimulator], list[ListeningProvider]],
    screen: Screen,
    *,
    as_json: bool,
) -> None:
    with UntilStopped():
        async with await _started(starting) as simulator:
            _show(rows(simulator), screen, as_json=as_json)
            await asyncio.Event().wait()


def _show(providers: list[ListeningProvider], screen: Screen, *, as_json: bool) -> None:
    if as_json:
        screen.json_line(ListeningProviders(providers))
        return
    screen.table(_COLUMNS, [(row.name, row.kind, row.base_url, row.key or _without_key(row)) for row in providers])
    screen.say("All listen. Ctrl-C stops them.")


def _without_key(provider: ListeningProvider) -> str:
    return "any" if provider.kind == REPLAY else "none"


def _too_few_ports(first: int) -> OperatorError:
    return OperatorError(f"there are not enough ports from {first} to {PORT_MAX}; lower --port")


def _numbered(providers: tuple[ProviderSettings, ...], first: int) -> tuple[ProviderSettings, ...]:
    """Each provider with a port; the numbers that the script gave away are left out."""
    taken = {provider.port for provider in providers}
    free = (port for port in range(first, PORT_MAX + 1) if port not in taken)
    numbered = []
    for provider in providers:
        port = provider.port or next(free, None)
        if port is None:
            raise _too_few_ports(first)
        numbered.append(msgspec.structs.replace(provider, port=port))
    return tuple(numbered)


async def _started(starting: Awaitable[RunningSimulator]) -> RunningSimulator:
    try:
        return await starting
    except OSError as error:
        raise OperatorError(f"the simulated providers can't start ({_why(error)}); {_remedy(error)}") from error


def _remedy(error: OSError) -> str:
    if error.filename is not None:
        return "change `record` in the script"
    return "stop what uses the address, or name another with --host and --port or in the script"


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)


def _read(script: Path) -> str:
    try:
        with script.open("rb") as file:
            content = file.read(SCRIPT_BYTES_MAX + 1)
    except OSError as error:
        raise OperatorError(f"{script} can't be read ({_why(error)}); name another with --script") from error
    if len(content) > SCRIPT_BYTES_MAX:
        raise OperatorError(f"{script} is larger than {SCRIPT_BYTES_MAX} bytes; name a script with --script")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OperatorError(f"{script} is not UTF-8 (at byte {error.start}); save it as UTF-8") from error
