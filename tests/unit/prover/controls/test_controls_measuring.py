"""What is measured of controls on the simulated families, one control broken at a time."""

from collections.abc import Mapping

import pytest
from tests.support.hand_made_runs import completion, keys_of, observed, plan_of, usage
from tests.support.prover_runs import prove_simulated

from routeproof.evidence.observations import Observation
from routeproof.prover.controls.effects import Effect
from routeproof.prover.controls.measuring import Reading, measure_controls
from routeproof.prover.controls.probes import PROBES
from routeproof.prover.controls.table import CONTROLS

FLASH = {
    "thinking": "effective",
    "enable_thinking": "ignored",
    "thinking_budget": "ignored",
    "preserve_thinking": "ignored",
    "reasoning_effort": "effective",
    "max_tokens": "effective",
    "max_completion_tokens": "ignored",
    "stop": "effective",
    "n": "rejected",
    "seed": "ignored",
    "temperature": "effective",
    "top_p": "effective",
    "presence_penalty": "ignored",
    "frequency_penalty": "ignored",
    "logprobs": "effective",
    "response_format": "effective",
    "tools": "effective",
    "tool_choice": "effective",
    "parallel_tool_calls": "effective",
    "stream_options": "effective",
}
PLUS = {
    **FLASH,
    "thinking": "ignored",
    "enable_thinking": "effective",
    "thinking_budget": "effective",
    "preserve_thinking": "effective",
    "reasoning_effort": "ignored",
    "max_completion_tokens": "effective",
    "n": "effective",
    "seed": "effective",
    "presence_penalty": "effective",
    "logprobs": "ignored",
}


def measured(kind: str, model: str | None = None, fault: Mapping[str, object] | None = None) -> dict[str, Reading]:
    """The readings of one run."""
    run = prove_simulated(["P03"], kind, model=model, faults=[fault] if fault else [])
    return {one.control: one for one in measure_controls(run.plan, run.observations)}


@pytest.mark.parametrize(
    ("kind", "model", "wanted"),
    [
        ("deepseek", "deepseek-flash", FLASH),
        ("qwen", "qwen-plus", PLUS),
        ("qwen", "qwen3-max", PLUS),
        ("qwen", "qwen3.8-max", {**PLUS, "reasoning_effort": "effective"}),
    ],
)
def test_each_family_honours_what_it_documents(kind: str, model: str, wanted: dict[str, str]) -> None:
    """And ignores or refuses the rest, as its pages say."""
    assert {name: one.effect for name, one in measured(kind, model).items()} == wanted


@pytest.mark.parametrize("control", [name for name, effect in PLUS.items() if effect == "effective"])
def test_a_control_that_is_dropped_is_no_longer_effective(control: str) -> None:
    """Each measurement can fail."""
    reading = measured("qwen", fault={"fault": "drop_control", "control": control})[control]

    assert reading.effect is Effect.IGNORED


@pytest.mark.parametrize("control", PLUS)
def test_a_control_that_is_refused_is_unsupported(control: str) -> None:
    """With OpenAI's code for a parameter that the model does not have."""
    reading = measured("qwen", fault={"fault": "reject_control", "control": control})[control]

    assert reading.effect is Effect.UNSUPPORTED
    assert reading.words.startswith("status 400 in ")


def test_every_control_of_the_catalogue_is_measured() -> None:
    """With probes that exist, and none that nobody needs."""
    assert [one.name for one in CONTROLS] == list(FLASH)
    assert {probe for one in CONTROLS for probe in one.probes} == set(PROBES)
    assert all((one.read is None) is not (one.read_all is None) for one in CONTROLS)


def test_facets_that_are_declared_absent_are_not_probed() -> None:
    """Nothing is paid for what is known not to be there."""
    plan = plan_of("P03", declared={"facet.tools": False, "facet.reasoning": False})
    asked = {case.id.removeprefix("control-") for case in plan.cases}

    assert asked.isdisjoint({"tools", "tool-choice", "parallel-on", "budget", "thinking-on"})
    assert {"stop", "n", "spread"} <= asked


def test_trials_that_differ_are_unsteady() -> None:
    """Two choices once, and one the next time."""
    two = completion(usage()).replace(b'"choices":[', b'"choices":[' + _choice() + b",")

    readings = _readings({"n": [two, completion(usage()), completion(usage())]})

    assert readings["n"].unsteady
    assert readings["n"].words == "unsteady: ignored in 2, effective in 1 of 3 trials"


def test_an_answer_that_does_not_do_what_was_asked_tells_nothing() -> None:
    """A line that is not repeated at all says nothing about `stop`."""
    readings = _readings({"stop": [completion(usage(), "I would rather not.")] * 3})

    assert readings["stop"].effect is None
    assert not readings["stop"].unsteady
    assert readings["stop"].words == "the answers do not tell"


def test_a_seed_tells_nothing_where_there_is_no_spread() -> None:
    """All answers at the high temperature are the same anyway."""
    readings = _readings({})

    assert (readings["seed"].effect, readings["temperature"].effect) == (None, Effect.IGNORED)


def _choice() -> bytes:
    return b'{"index":1,"message":{"role":"assistant","content":"x"},"logprobs":null,"finish_reason":"stop"}'


def _readings(answers: Mapping[str, list[bytes]]) -> dict[str, Reading]:
    """The readings where every probe gets the same answer, but for these."""
    plan = plan_of("P03")
    seen: list[Observation] = []
    for key in keys_of(plan):
        probe = key.case.removeprefix("control-")
        own = answers.get(probe)
        seen.append(observed(plan, key, own[key.trial - 1] if own else completion(usage())))
    return {one.control: one for one in measure_controls(plan, seen)}
