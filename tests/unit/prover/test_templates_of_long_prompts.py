"""Words that a template stands for: a prompt of a whole context in a plan of a few bytes."""

from hypothesis import given
from hypothesis import strategies as st

from routeproof.evidence.plan import Case, Step
from routeproof.prover.cases.templates import fill, written_bytes
from routeproof.prover.engine.pricing import UNPRICED
from routeproof.prover.engine.worst_cases import WorstCases


def filled(template: bytes) -> bytes:
    """As the first trial sends it."""
    return fill(template, seed=1, case="c", trial=1, answers={})


@given(st.lists(st.integers(0, 300), max_size=4))
def test_words_are_written_out(counts: list[int]) -> None:
    """As many as asked for, each with its space; the size is known before."""
    template = b"a" + b"|".join(b"@@words:%d@@" % count for count in counts) + b"z"

    assert len(filled(template).split()) >= sum(counts)
    assert len(filled(template)) == written_bytes(template)


def test_a_nonce_stands_beside_them() -> None:
    """Marks of other kinds are filled as ever."""
    text = filled(b"@@nonce@@@@words:3@@")

    assert text[10:] == b" the sun and"


def test_the_worst_case_counts_every_word() -> None:
    """A plan's ceiling holds for what is sent, not for what is written down."""
    case = Case(id="c", checks=("L01",), steps=(Step(body=b'{"messages": "@@words:1000@@"}'),), repeats=1)
    worst = WorstCases("deepseek", "deepseek-flash", {}, UNPRICED).of(case, 1)

    assert worst.input_tokens >= len(filled(case.steps[0].body))
