"""What a simulated provider is told: its kind, its port, its keys, its pace and its faults."""

from enum import StrEnum
from pathlib import Path

import msgspec

from routeproof.simulator.plan import Latency
from routeproof.simulator.schedule import FaultRule


class Kind(StrEnum):
    """The families that the simulator speaks."""

    DEEPSEEK = "deepseek"
    QWEN = "qwen"
    NEWAPI = "newapi"


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated provider."""

    name: str
    kind: Kind
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes any free port."""
    keys: tuple[str, ...]
    """Keys that it accepts. Qwen keys are bound to a region: give each region a provider with its own."""
    seed: int = 0
    latency: Latency = Latency()
    keepalives: int = 0
    """DeepSeek: keep-alive comments (blank lines before a plain body) sent while an answer waits to begin."""
    keepalive_interval_s: float = 0.0
    as_of_ns: int | None = None
    """DeepSeek: the instant whose model names apply. None: the clock's."""
    context_tokens: int | None = None
    """Most prompt and completion tokens. None: the family's own figure."""
    balance: str = "100.00"
    """DeepSeek: the balance shown; at or below zero every chat is refused with 402."""
    quota: int = 50_000_000
    """new-api: what the account was given, 500,000 to the dollar."""
    group_ratio: str = "1"
    """new-api: the ratio of its one group, by which every price is multiplied; above 1 it is a mark-up."""
    tiered: tuple[str, ...] = ()
    """new-api: models whose price is listed as an expression instead of ratios."""
    faults: tuple[FaultRule, ...] = ()


class SimulatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A set of simulated providers."""

    providers: tuple[ProviderSettings, ...]
    record_path: Path | None = None
    """Where each request is appended as a JSON line before it is answered."""


def demo_settings(*, host: str = "127.0.0.1", first_port: int = 0, seed: int = 0) -> SimulatorSettings:
    """DeepSeek, Qwen and a gateway in front of both; the keys are `sk-sim-` and the name.

    They take ports in a row from `first_port`, or any free ones where it is 0.
    """
    return SimulatorSettings(
        providers=tuple(
            ProviderSettings(
                name=kind.value,
                kind=kind,
                host=host,
                port=first_port + place if first_port else 0,
                keys=(f"sk-sim-{kind.value}",),
                seed=seed,
            )
            for place, kind in enumerate(Kind)
        )
    )
