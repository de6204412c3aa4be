"""A provider that says again what a real one said: recorded pairs, byte for byte."""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import msgspec

from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.recordings import Recording
from routeproof.simulator.reply import HttpRequest, Piece, PieceKind, Reply, json_reply

SERVED_KEPT: Final = 1_024
_LOOSE = frozenset({"model", "stream_options"})
"""What a gateway may rightly change in a request."""


class ReplayProvider:
    """Serves recordings. A request gets the unserved recording with the same body, else the next in line.

    Bodies are the same where all fields are; failing that, where all but the model and `stream_options` are.
    Once all have been served it starts over. A stream leaves as one chunk per event, or cut at `split_at`,
    byte offsets into the body.
    """

    base_path = ""
    own_faults: frozenset[Fault] = frozenset()

    def __init__(self, recordings: Iterable[Recording], split_at: Iterable[int] = ()) -> None:
        self._all = list(recordings)
        if not self._all:
            raise ValueError("nothing to replay: give at least one recording")
        self._left: list[Recording] = []
        self._split_at = sorted(set(split_at))
        self.served: deque[Recording] = deque(maxlen=SERVED_KEPT)
        """What was served last, in order."""

    def answer(self, request: HttpRequest, fault: FaultCall | None) -> Reply:  # noqa: ARG002 - has none of its own
        """The recorded reply."""
        if not self._left:
            self._left = list(self._all)
        chosen = self._choose(request.body)
        self._left.remove(chosen)
        self.served.append(chosen)
        pieces = tuple(self._pieces(chosen))
        return Reply(chosen.status, chosen.headers, pieces, chunked=chosen.is_stream)

    @property
    def a_key(self) -> str:
        """Any will do."""
        return ""

    def refusal(self, name: str, request: HttpRequest) -> Reply:  # noqa: ARG002 - the same for all requests
        """A plain error: recordings have none to order."""
        status = int(name.removeprefix("status_")) if name.startswith("status_") else 400
        error = {"message": f"simulated {name}", "type": "simulator_error", "param": None, "code": name}
        return json_reply(status, {"error": error}, ())

    def _choose(self, body: bytes) -> Recording:
        try:
            asked = msgspec.json.decode(body, type=dict[str, object])
        except msgspec.DecodeError:
            return self._left[0]
        for ignored in (frozenset[str](), _LOOSE):
            wanted = _fields(asked, ignored)
            for recording in self._left:
                if _fields(recording.request_body, ignored) == wanted:
                    return recording
        return self._left[0]

    def _pieces(self, recording: Recording) -> Iterable[Piece]:
        body = recording.body_bytes
        if not recording.is_stream:
            return [Piece(body, PieceKind.BODY)]
        if self._split_at:
            edges = [0, *(place for place in self._split_at if 0 < place < len(body)), len(body)]
            parts = [body[start:end] for start, end in pairwise(edges)]
        else:
            parts = [block + b"\n\n" for block in body.removesuffix(b"\n\n").split(b"\n\n")]
        return [Piece(part, _kind(part)) for part in parts]


def _fields(body: dict[str, object], ignored: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name not in ignored}


def _kind(part: bytes) -> PieceKind:
    return PieceKind.DONE if part.startswith(b"data: [DONE]") else PieceKind.EVENT
