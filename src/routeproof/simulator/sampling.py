"""What the sampling controls of a request do to its answer, for a model that honours some of them."""

from collections.abc import Collection

import msgspec

from routeproof.simulator.chat import ChatBody
from routeproof.simulator.draws import Draws
from routeproof.simulator.reply import JsonObject

_NARROW_TOP_P = 0.1
"""At or below it only the likeliest word is left, however high the temperature."""


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer is drawn. The default is the simulator's own: by seed and messages alone."""

    salt: tuple[str, int] | None = None
    """What the draws depend on besides."""
    stops: tuple[str, ...] = ()
    penalised: bool = False
    """Repetitions cost."""
    top_logprobs: int | None = None
    """How many alternatives each token is given with; None: no probabilities at all."""


def sampling_of(body: ChatBody, honoured: Collection[str], served: int) -> Sampling:
    """The sampling that a request asks for. `honoured` names the controls that have an effect; `served` is unique.

    A request that gives a temperature is drawn anew each time, unless the temperature is 0, `top_p` leaves no choice
    or a seed is given, each where it is honoured.
    """
    penalties = (body.presence_penalty, "presence_penalty"), (body.frequency_penalty, "frequency_penalty")
    stops = body.stop if isinstance(body.stop, list) else [body.stop] if body.stop else []
    wants_logprobs = body.logprobs is True and "logprobs" in honoured
    return Sampling(
        salt=_salt(body, honoured, served),
        stops=tuple(stops) if "stop" in honoured else (),
        penalised=any((value or 0) > 0 and name in honoured for value, name in penalties),
        top_logprobs=(body.top_logprobs or 0) if wants_logprobs else None,
    )


def stopped(pieces: list[str], stops: tuple[str, ...]) -> tuple[str, ...]:
    """The pieces up to the first stop sequence, which is not said."""
    text = "".join(pieces)
    found = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    if not found:
        return tuple(pieces)
    kept: list[str] = []
    room = min(found)
    for piece in pieces:
        if room <= 0:
            break
        kept.append(piece[:room])
        room -= len(piece)
    return tuple(kept)


def logprobs_of(pieces: tuple[str, ...], top: int | None) -> JsonObject | None:
    """The probabilities of these pieces in OpenAI's shape; None where they were not asked for."""
    if top is None:
        return None
    return {"content": [_token(piece, top) for piece in pieces]}


def _token(piece: str, top: int) -> JsonObject:
    draws = Draws("logprob", piece)
    best = -draws.below(1_000) / 1_000
    rows = [_row(f"{piece}{place or ''}", best - place) for place in range(top)]
    return {**_row(piece, best), "top_logprobs": rows}


def _row(token: str, logprob: float) -> JsonObject:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}


def _salt(body: ChatBody, honoured: Collection[str], served: int) -> tuple[str, int] | None:
    if body.temperature is None:
        return None
    cold = body.temperature == 0 and "temperature" in honoured
    narrow = body.top_p is not None and body.top_p <= _NARROW_TOP_P and "top_p" in honoured
    if cold or narrow:
        return None
    if body.seed is not None and "seed" in honoured:
        return ("seed", body.seed)
    return ("served", served)
