"""Simulator scripts: everything that can be said, and every mistake at once."""

from pathlib import Path

import pytest

from routeproof.clock import parse_instant
from routeproof.errors import ConfigError
from routeproof.simulator.faults import Fault, FaultCall
from routeproof.simulator.plan import Latency
from routeproof.simulator.schedule import FaultRule, Match
from routeproof.simulator.script import parse_script
from routeproof.simulator.settings import Kind, ProviderSettings, demo_settings

FULL = """
seed = 7
record = "seen.jsonl"

[providers.deepseek]
port = 9101
keys = ["sk-a", "sk-b"]
first_byte_ms = 200
event_interval_ms = 2.5
keepalives = 3
keepalive_interval_ms = 100
date = "2026-07-25T00:00:00Z"
context_tokens = 1000
balance = "0.00"

[[providers.deepseek.faults]]
fault = "status_429"
match = {model = "deepseek-flash", stream = true}
times = 2
probability = 0.5
after_events = 1
seconds = 3
count = 4

[providers.elsewhere]
kind = "newapi"
host = "::1"
quota = 5
group_ratio = "1.5"
tiered = ["qwen-plus"]

[[providers.elsewhere.faults]]
fault = "mark_up"
"""


def problems_of(text: str) -> list[str]:
    """What a script gets wrong."""
    with pytest.raises(ConfigError) as caught:
        parse_script(text, "sim.toml")
    return list(caught.value.problems)


def test_reads_everything() -> None:
    """Each field reaches its setting."""
    settings = parse_script(FULL, "sim.toml")
    assert settings.record_path == Path("seen.jsonl")
    call = FaultCall(fault=Fault.STATUS_429, after_events=1, seconds=3, count=4)
    assert settings.providers[0] == ProviderSettings(
        name="deepseek",
        kind=Kind.DEEPSEEK,
        port=9101,
        keys=("sk-a", "sk-b"),
        seed=7,
        latency=Latency(0.2, 0.0025),
        keepalives=3,
        keepalive_interval_s=0.1,
        as_of_ns=parse_instant("2026-07-25T00:00:00Z"),
        context_tokens=1000,
        balance="0.00",
        faults=(FaultRule(call, Match("deepseek-flash", True), 2, 500_000),),
    )
    other = settings.providers[1]
    assert (other.kind, other.host, other.quota, other.keys) == (Kind.NEWAPI, "::1", 5, ("sk-sim-elsewhere",))
    assert (other.group_ratio, other.tiered) == ("1.5", ("qwen-plus",))
    assert other.faults == (FaultRule(FaultCall(fault=Fault.MARK_UP)),)


def test_a_bare_table_is_a_provider() -> None:
    """Its name is its kind; the rest has defaults, the same as the demo's."""
    text = "[providers.deepseek]\n[providers.qwen]\n[providers.newapi]\n"
    assert parse_script(text, "sim.toml") == demo_settings()


def test_every_mistake_is_told_at_once() -> None:
    """Each with the file, the field, what was found, and what to write."""
    text = """
    seed = "x"
    sed = 1
    [providers.other]
    port = 70000
    keys = []
    first_byte_ms = -1
    date = "2026-07-25"
    balance = "much"
    prot = 1
    faults = [{fault = "explode"}, {fault = "mark_up", times = 0}, {fault = "reset", probability = 2, mach = 1}]
    """
    found = problems_of(text)
    assert [problem.split(": ")[1] for problem in found] == [
        "seed",
        "providers.other.kind",
        "providers.other.port",
        "providers.other.keys",
        "providers.other.first_byte_ms",
        "providers.other.date",
        "providers.other.balance",
        "providers.other.faults[0].fault",
        "providers.other.faults[1].fault",
        "providers.other.faults[1].times",
        "providers.other.faults[2].probability",
        "providers.other.faults[2].mach",
        "providers.other.prot",
        "sed",
    ]
    assert all(problem.startswith("sim.toml: ") for problem in found)
    assert found[2] == "sim.toml: providers.other.port: found 70000; write a whole number from 0 to 65535"


def test_shapes_of_tables_are_checked() -> None:
    """A text where a table should be, and the like."""
    assert "write a table" in problems_of("providers = 1")[0]
    assert "write a list of tables" in problems_of("[providers.qwen]\nfaults = 3")[0]
    assert (
        "write true or false" in problems_of('[providers.qwen]\nfaults = [{fault = "reset", match = {stream = 1}}]')[0]
    )
    assert "write a text" in problems_of("[providers.qwen]\nhost = 3")[0]


def test_a_script_without_providers_is_refused() -> None:
    """There is nothing to simulate."""
    assert problems_of("seed = 1") == [
        "sim.toml: providers: it is missing; write at least one table such as [providers.deepseek]"
    ]


def test_a_refusal_can_match_no_request() -> None:
    """It strikes before there is one."""
    text = '[providers.qwen]\nfaults = [{fault = "refuse", match = {model = "m"}}]'
    assert "before there is a request" in problems_of(text)[0]


def test_a_port_can_be_taken_once() -> None:
    """Free ports, written as 0, may be many."""
    two = "[providers.qwen]\nport = {0}\n[providers.deepseek]\nport = {0}\n"
    assert problems_of(two.format(9101)) == ["sim.toml: providers.deepseek.port: 9101 is taken by 'qwen'; use another"]
    assert len(parse_script(two.format(0), "sim.toml").providers) == 2


def test_what_is_no_toml_is_told() -> None:
    """With the line."""
    assert "not TOML" in problems_of("seed = ")[0]


def test_demo_ports_are_in_a_row() -> None:
    """From the first on."""
    assert [provider.port for provider in demo_settings(first_port=9000).providers] == [9000, 9001, 9002]
