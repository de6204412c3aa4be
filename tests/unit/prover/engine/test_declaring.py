"""What facts declare of a route, under the names that checks read."""

from routeproof.catalog.kinds import ControlFact
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.prover.engine.declaring import Route, declare, facts_about, references

FACTS = load_facts(())
AT_NS = parse_instant("2026-11-24T12:00:00Z")
FLASH = Route(family="deepseek", model="deepseek-flash", region=None, dialect="deepseek")
MAX = Route(family="qwen", model="qwen3-max", region="singapore", dialect="qwen")


def test_limits_are_declared_with_their_amounts() -> None:
    """In tokens and counts, as the facts have them."""
    declared = declare(FACTS, FLASH, AT_NS)

    assert declared["context-tokens"] == 1_048_576
    assert declared["output-tokens"] == 393_216
    assert declared["choices"] == 1


def test_controls_are_declared_by_what_becomes_of_them() -> None:
    """With the case that a fact is limited to, and with values, defaults and bounds."""
    flash, qwen = declare(FACTS, FLASH, AT_NS), declare(FACTS, MAX, AT_NS)

    assert flash["control.thinking"] == "effective"
    assert flash["control.enable_thinking"] == "ignored"
    assert flash["control.temperature.when.thinking"] == "ignored"
    assert flash["control.reasoning_effort.maps"] == "minimal=low,medium=high,xhigh=high,ultra=max"
    assert qwen["control.temperature.bounds"] == "[0, 2)"
    assert qwen["control.enable_thinking.default"] == "false"
    assert qwen["control.response_format.type.when.thinking"] == "rejected"


def test_a_deprecated_control_declares_nothing() -> None:
    """It may still work: the checks find out."""
    assert "control.presence_penalty" not in declare(FACTS, FLASH, AT_NS)


def test_a_fact_about_the_model_stands_for_that_of_its_family() -> None:
    """As a whole: nothing of the family's is left beside it."""
    family = declare(FACTS, Route(family="qwen", model="qwen-plus", region="singapore", dialect="qwen"), AT_NS)
    own = declare(FACTS, MAX, AT_NS)
    name = "control.enable_thinking.when.not_streaming"

    assert (family[name], family[f"{name}.status"]) == ("rejected", 400)
    assert own[name] == "effective"
    assert f"{name}.status" not in own


def test_facts_that_others_contradict_declare_nothing() -> None:
    """They are kept to be shown, and never used."""
    assert not [fact for fact in facts_about(FACTS, MAX, AT_NS) if fact.contradicts]
    assert [fact for fact in FACTS if isinstance(fact, ControlFact) and fact.contradicts]


def test_names_that_may_answer_are_the_id_and_what_it_stands_for() -> None:
    """At this instant."""
    alias = Route(family="deepseek", model="deepseek-chat", region=None, dialect="deepseek")

    assert declare(FACTS, alias, AT_NS)["models"] == "deepseek-chat,deepseek-flash"
    assert declare(FACTS, FLASH, AT_NS)["models"] == "deepseek-flash"


def test_only_what_a_fact_rules_out_is_absent() -> None:
    """A format that is in no list of the documented ones; of all else nobody says anything."""
    plain, rich = (
        declare(FACTS, MAX, AT_NS),
        declare(FACTS, Route(family="qwen", model="qwen3.8-max", region="singapore", dialect="qwen"), AT_NS),
    )

    assert plain["facet.json-schema"] is False
    assert "facet.json-schema" not in rich
    assert not {"facet.json", "facet.tools", "facet.reasoning"} & plain.keys()


def test_an_endpoint_that_no_fact_is_about_declares_its_name_alone() -> None:
    """And whether its dialect thinks unless told not to."""
    unknown = Route(family="openai", model="some-model", region=None, dialect="openai")

    assert declare(FACTS, unknown, AT_NS) == {"models": "some-model", "thinking-default": False}


def test_a_plan_names_each_fact_once_with_its_source_and_date() -> None:
    """So that whoever reads it can look."""
    facts = facts_about(FACTS, FLASH, AT_NS)
    named = references([*facts, *facts])

    assert [one.id for one in named] == [fact.id for fact in facts]
    assert all(one.source and one.checked.endswith("Z") for one in named)
