"""Times the stream oracle on streams as DeepSeek and Qwen write them; run as a program, it prints the figures.

Its argument is how many bytes of each dialect are examined.
"""

import gc
import sys
from collections.abc import Iterable
from time import perf_counter
from typing import Final

import msgspec

from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.overlays import overlay_named
from routeproof.prover.oracle.stream.oracle import examine_stream
from routeproof.simulator import deepseek_shapes, qwen_modern
from routeproof.simulator.answer import Answer
from routeproof.simulator.draws import Draws
from routeproof.simulator.reply import DONE, Piece
from routeproof.simulator.words import opener, words

TOKENS: Final = 2_000
"""Of one stream, a chunk each: a quarter of them reasoning, as of a long answer."""
DIALECTS: Final = ("deepseek", "qwen")
_ASKED: Final = StreamAsked(include_usage=True)
_CREATED: Final = 1_795_000_000


def stream_of(dialect: str, tokens: int = TOKENS) -> bytes:
    """A stream without fault, with reasoning, text of several scripts, and a usage, in the provider's own shape."""
    draws = Draws("bench oracle", dialect)
    texts = [opener(draws), *words(draws, tokens - 1)]
    answer = Answer(tuple(texts[: tokens // 4]), tuple(texts[tokens // 4 :]))
    pieces = _deepseek(answer, draws) if dialect == "deepseek" else _qwen(answer, draws)
    return b"".join(piece.data for piece in pieces)


def time_oracle(dialect: str, size: int) -> float:
    """MB (of 1,000,000 bytes) a second, over about `size` bytes."""
    body, overlay = stream_of(dialect), overlay_named(dialect)
    examination = examine_stream(body, overlay, _ASKED)
    assert not examination.findings, examination.findings
    assert examination.done
    rounds = max(size // len(body), 1)
    gc.disable()
    try:
        began = perf_counter()
        for _ in range(rounds):
            examine_stream(body, overlay, _ASKED)
        return rounds * len(body) / 1e6 / (perf_counter() - began)
    finally:
        gc.enable()


def _deepseek(answer: Answer, draws: Draws) -> Iterable[Piece]:
    who = deepseek_shapes.identity(answer, "deepseek-flash", "fp_bench", _CREATED, draws)
    return deepseek_shapes.stream(answer, who, deepseek_shapes.usage(answer, 40, 0), thinking=True)


def _qwen(answer: Answer, draws: Draws) -> Iterable[Piece]:
    shape = qwen_modern.ModernShape(f"chatcmpl-{draws.uuid()}", _CREATED, "qwen3-max", [[]])
    usage = qwen_modern.usage_of([answer], 40, {"cached_tokens": 0})
    return (*shape.stream([answer], thinking=True), shape.usage_chunk(usage), DONE)


if __name__ == "__main__":
    figures = {f"{dialect}_mb_per_s": time_oracle(dialect, int(sys.argv[1])) for dialect in DIALECTS}
    sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
