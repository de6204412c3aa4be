"""What a check may know when it plans its cases: the route, what is declared of it, and how much may be asked."""

from collections.abc import Mapping

import msgspec

from routeproof.evidence.observations import Arm
from routeproof.evidence.plan import Declared
from routeproof.prover.packs import REPEATS, Pack


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """Values only: cases follow from these and from nothing else, so that a plan can be made again."""

    model: str
    """As the endpoint calls it."""
    dialect: str
    pack: Pack
    seed: int
    declared: Mapping[str, Declared] = msgspec.field(default_factory=dict)
    """What the route says of itself; see `declared.py` for the names."""
    arms: tuple[Arm, ...] = (Arm.DIRECT,)
    has_other_key: bool = False
    """A second key of the same provider was given."""
    has_revoked_key: bool = False
    """A key that was valid once was given."""
    has_other_region_key: bool = False
    """A key of another region of the same provider was given."""
    simulated: bool = False
    """What answers, here or behind a gateway, is the simulator: it does as its prompts direct (docs/simulator.md)."""
    over_our_gateway: bool = False
    """Requests go through our own gateway, so that rows (and with the tap, upstream bytes) can be had."""

    @property
    def direct_arms(self) -> tuple[Arm, ...]:
        """Those without a gateway, which has keys of its own and no use for a provider's."""
        return tuple(arm for arm in self.arms if arm is not Arm.GATEWAY)

    @property
    def repeats(self) -> int:
        """Of a deterministic case."""
        return REPEATS[self.pack]
