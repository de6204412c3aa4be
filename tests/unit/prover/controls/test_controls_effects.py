"""What is declared of a control, and what meets it."""

import pytest

from routeproof.evidence.plan import Declared
from routeproof.prover.controls.effects import Effect, declared_effect, meets


@pytest.mark.parametrize(
    ("declared", "met_by"),
    [
        (Effect.EFFECTIVE, {Effect.EFFECTIVE}),
        (Effect.IGNORED, {Effect.IGNORED}),
        (Effect.REJECTED, {Effect.REJECTED, Effect.UNSUPPORTED}),
        (Effect.UNSUPPORTED, {Effect.UNSUPPORTED, Effect.REJECTED, Effect.IGNORED}),
    ],
)
def test_what_meets_a_declaration(declared: Effect, met_by: set[Effect]) -> None:
    """Only an effect breaks the promise of nothing."""
    assert {effect for effect in Effect if meets(declared, effect)} == met_by


@pytest.mark.parametrize("declared", Effect)
def test_a_gateway_may_do_better_than_to_ignore(declared: Effect) -> None:
    """It refuses or translates what the provider ignores; all other declarations hold behind it, too."""
    met_by = {effect for effect in Effect if meets(declared, effect, by_gateway=True)}
    direct = {effect for effect in Effect if meets(declared, effect)}

    assert met_by == (set(Effect) if declared is Effect.IGNORED else direct)


@pytest.mark.parametrize(
    ("control", "declared", "effect"),
    [
        ("thinking", {"control.thinking": "effective"}, Effect.EFFECTIVE),
        ("thinking", {"control.thinking.when.streaming": "rejected"}, None),
        ("thinking", {"control.thinking": "perhaps"}, None),
        ("response_format", {"control.response_format.type": "effective"}, Effect.EFFECTIVE),
        ("stream_options", {"control.stream_options.include_usage": "ignored"}, Effect.IGNORED),
        ("n", {"choices": 1}, Effect.REJECTED),
        ("n", {"choices": 4}, Effect.EFFECTIVE),
        ("n", {"choices": 1, "control.n": "ignored"}, Effect.IGNORED),
        ("stop", {"stop-strings": 16}, Effect.EFFECTIVE),
        ("stop", {}, None),
    ],
)
def test_what_is_declared(control: str, declared: dict[str, Declared], effect: Effect | None) -> None:
    """By a fact about the control or a part of it, else by its limit."""
    assert declared_effect(declared, control) is effect
