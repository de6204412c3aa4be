"""The mix is complete, and its scenes can come out as they say."""

from pathlib import Path

import pytest
from tests.unit.operations.demo.demo_support import settings

from routeproof.operations.demo.config import demo_providers
from routeproof.operations.demo.scene import Bill, Case, Scene, Sight
from routeproof.operations.demo.scenes import SCENES
from routeproof.simulator.directions import directions_in
from routeproof.simulator.faults import Fault
from routeproof.simulator.settings import Kind

each_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
BOTH_FAMILIES = (
    Case.PLAIN,
    Case.STREAM,
    Case.STREAM_USAGE,
    Case.TOOLS,
    Case.PARALLEL_TOOLS_STREAMED,
    Case.JSON_MODE,
    Case.THINKING,
    Case.CACHE,
)


def families(scenes: list[Scene]) -> set[str]:
    """The families whose routes answer."""
    return {scene.tries[-1].route.partition("/")[0] for scene in scenes}


@pytest.mark.parametrize("case", Case)
def test_every_case_has_a_scene(case: Case) -> None:
    """A report without one of them would promise too much."""
    assert [scene for scene in SCENES if scene.case is case]


@pytest.mark.parametrize("case", BOTH_FAMILIES)
def test_what_both_families_do_is_asked_of_both(case: Case) -> None:
    """DeepSeek and Qwen."""
    assert families([scene for scene in SCENES if scene.case is case]) == {"deepseek", "qwen"}


def test_names_are_unique_and_short() -> None:
    """They tell failures apart, in a table."""
    names = [scene.name for scene in SCENES]

    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 24


@each_scene
def test_its_attempts_are_the_models_routes_in_order(scene: Scene, tmp_path: Path) -> None:
    """So that no scene expects what the configuration can't do."""
    model = settings(tmp_path).models.get(scene.model)
    routes = [] if model is None else [*(weighted.route for weighted in model.routes), *model.fallbacks]

    assert [attempt.route for attempt in scene.tries] == routes[: len(scene.tries)]
    assert (model is None) == (scene.case is Case.UNKNOWN_MODEL)


@each_scene
def test_it_asks_for_what_its_case_says(scene: Scene) -> None:
    """Streams are streamed, usage is asked for, tools are given, and so on."""
    body = scene.body
    streamed = scene.case in (Case.STREAM, Case.STREAM_USAGE, Case.PARALLEL_TOOLS_STREAMED, Case.BREAK, Case.HANG_UP)
    asked = {
        Case.STREAM: "stream_options" not in body,
        Case.STREAM_USAGE: body.get("stream_options") == {"include_usage": True},
        Case.TOOLS: "tools" in body,
        Case.PARALLEL_TOOLS_STREAMED: body.get("parallel_tool_calls") is True,
        Case.JSON_MODE: body.get("response_format") == {"type": "json_object"},
        Case.THINKING: scene.thinking and Sight.REASONING in scene.sees,
        Case.BAD_KEY: not scene.valid_key,
    }

    assert asked.get(scene.case, True)
    assert scene.streams or not streamed
    assert scene.sees


@each_scene
def test_an_unknown_usage_has_a_limit_to_bound_it(scene: Scene) -> None:
    """Otherwise the demo would show no bound."""
    unseen = any(attempt.bill is Bill.NOT_KNOWN for attempt in scene.tries)

    assert scene.max_tokens is not None or not unseen


def test_the_client_hangs_up_on_a_stream_that_can_not_end() -> None:
    """The provider falls silent later than the client leaves, so it is no race."""
    (scene,) = [scene for scene in SCENES if scene.case is Case.HANG_UP]
    directions = directions_in(str(scene.body["messages"]))

    assert directions.fault == Fault.STALL_MID_STREAM
    assert scene.leaves_after_events is not None
    assert directions.after_events is not None
    assert scene.leaves_after_events < directions.after_events


def test_both_kinds_of_failover_are_there() -> None:
    """One first route refuses, which costs nothing; the other drops the request, whose cost nobody knows."""
    bills = {scene.tries[0].bill for scene in SCENES if scene.case is Case.FAILOVER}

    assert bills == {Bill.NOT_BILLED, Bill.NOT_KNOWN}


def test_the_failing_providers_always_fail() -> None:
    """For as long as the demo is up."""
    rules = {provider.name: provider.faults for provider in demo_providers().providers if provider.faults}

    assert set(rules) == {"busy", "dropping"}
    assert all(rule.times is None for found in rules.values() for rule in found)
    assert {provider.kind for provider in demo_providers().providers} == set(Kind)
