"""What a gateway hands out of one tapped exchange: the form in which recorder and reader agree."""

from routeproof.evidence.canonical import Record
from routeproof.evidence.observations import Transcript


class TapRecord(Record, frozen=True, kw_only=True):
    """One exchange as it looked from the gateway's far side. Offsets count from the exchange's start."""

    request_id: str
    """The gateway's own, as in `x-request-id`."""
    attempts: tuple[Transcript, ...]
    """What was sent to providers and came back, one for each attempt; empty where nothing was sent."""
