"""Cases that several checks read: asked once, judged by each of them."""

from collections.abc import Sequence

from routeproof.evidence.plan import Case
from routeproof.prover.cases.chat_bodies import case, chat, stream, user
from routeproof.prover.setup import Setup


def plain_case(setup: Setup, check: str, *, repeats: int | None = None) -> Case:
    """A short question, answered in one piece. The check that wants most repeats decides how many there are."""
    return case(setup, "plain", check, chat(setup, [user(_SHORT)]), repeats=repeats)


def stream_case(setup: Setup, check: str, *, repeats: int | None = None) -> Case:
    """A short question, answered as a stream with its usage; repeats as of the plain one."""
    return case(setup, "stream", check, stream(setup, [user(_LONGER)]), repeats=repeats)


def joined(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Each case once, with every check that named it. Raises ValueError where two of one id differ otherwise."""
    found: dict[str, Case] = {}
    for one in cases:
        known = found.get(one.id)
        checks = () if known is None else known.checks
        merged = Case(
            id=one.id,
            checks=tuple(dict.fromkeys((*checks, *one.checks))),
            steps=one.steps,
            repeats=one.repeats if known is None else max(known.repeats, one.repeats),
            arms=one.arms,
            alone=one.alone,
        )
        if known is not None and (known.steps, known.arms) != (one.steps, one.arms):
            raise ValueError(f"case {one.id!r} is asked differently by {one.checks} and {known.checks}")
        found[one.id] = merged
    return tuple(found.values())


_SHORT = "Say the word @@nonce@@ and nothing else."
_LONGER = "Write five short sentences about rivers. Begin with the word @@nonce@@."
