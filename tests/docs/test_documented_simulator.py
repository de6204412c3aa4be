"""`docs/simulator.md` lists every key of a script, every direction and every fault."""

import re

import msgspec
import pytest
from tests.support.documents import bare, document, rows_of, section

from routeproof.errors import ConfigError
from routeproof.simulator.directions import BYTES_MAX, EVENTS_MAX, SECONDS_MAX, Directions, directions_in
from routeproof.simulator.faults import GATEWAY_FAULTS, REFUSALS, Fault
from routeproof.simulator.script import parse_script
from routeproof.simulator.settings import Kind, ProviderSettings, demo_settings

TEXT = document("docs/simulator.md")
FAULTS = rows_of(TEXT, "fault")
RULE_KEYS = "`[[providers.NAME.faults]]`"
DIRECTION_NAMES = {field.name for field in msgspec.structs.fields(Directions)} - {"fault"}


def test_every_kind_is_listed() -> None:
    """In the order in which they get their ports."""
    assert [bare(row["kind"]) for row in rows_of(TEXT, "kind")] == [kind.value for kind in Kind]
    assert [provider.keys for provider in demo_settings().providers] == [(f"sk-sim-{kind}",) for kind in Kind]


@pytest.mark.parametrize(
    ("heading", "script"),
    [
        ("The file", "nonsense = 1\n[providers.deepseek]\n"),
        ("`[providers.NAME]`", "[providers.deepseek]\nnonsense = 1\n"),
        (RULE_KEYS, "[providers.deepseek]\n[[providers.deepseek.faults]]\nfault = 'reset'\nnonsense = 1\n"),
    ],
)
def test_every_key_of_a_script_is_listed(heading: str, script: str) -> None:
    """Those that a mistake about a key names."""
    with pytest.raises(ConfigError) as caught:
        parse_script(script, "script")
    known = next(line.partition("there are ")[2] for line in caught.value.problems if "nonsense" in line)

    assert sorted(bare(row["key"]) for row in rows_of(section(TEXT, heading), "key")) == known.split(", ")


def test_defaults_of_a_provider_are_those_of_the_code() -> None:
    """Where the code has a figure."""
    rows = rows_of(section(TEXT, "`[providers.NAME]`"), "key")
    listed = {bare(row["key"]): row["default"] for row in rows}
    (provider,) = parse_script("[providers.deepseek]\n", "script").providers

    assert (listed["port"], listed["keepalives"]) == (str(provider.port), str(provider.keepalives))
    assert (listed["balance"], listed["quota"]) == (provider.balance, str(provider.quota))
    assert provider == ProviderSettings(name="deepseek", kind=Kind.DEEPSEEK, keys=("sk-sim-deepseek",))


def test_every_direction_is_listed() -> None:
    """By the word that asks for it."""
    listed = [re.split(r"[\[\]:=]+", bare(row["direction"]))[2] for row in rows_of(TEXT, "direction")]

    assert listed[0] == "FAULT"
    assert set(listed[1:]) == DIRECTION_NAMES


@pytest.mark.parametrize("row", rows_of(TEXT, "direction")[1:], ids=lambda row: row["direction"])
def test_directions_are_read_up_to_their_bound(row: dict[str, str]) -> None:
    """The greatest value that the table allows."""
    most = row["value"].removeprefix("up to ")
    name = re.split(r"[\[\]:=]+", bare(row["direction"]))[2]
    text = bare(row["direction"]).replace("=N]]", f"={most}]]").replace("=WORD]]", "=length]]")

    value = getattr(directions_in(text), name)

    assert value == {"none": True, "a word": "length"}.get(row["value"], value)
    if most.isdigit():
        assert value == float(most)
        assert value in {EVENTS_MAX, BYTES_MAX, SECONDS_MAX, SECONDS_MAX * 1000, 128}


def test_every_fault_is_listed_once_and_in_order() -> None:
    """As the enumeration has them."""
    assert [bare(row["fault"]) for row in FAULTS] == [fault.value for fault in Fault]


def test_refusals_and_faults_of_gateways_stand_apart() -> None:
    """Under a sentence of their own."""
    refusals = TEXT.partition("Refusals, in the provider's own words:")[2].partition("Of a provider of kind")[0]
    gateway = TEXT.partition("Of a provider of kind `newapi` only:")[2].partition("\n## ")[0]

    assert {bare(row["fault"]) for row in rows_of(refusals, "fault")} == set(REFUSALS)
    assert {bare(row["fault"]) for row in rows_of(gateway, "fault")} == set(GATEWAY_FAULTS)
