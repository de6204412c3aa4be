"""`docs/configuration.md` lists every key of every table, with the default of the code."""

import ipaddress
import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from tests.support.documents import bare, document, examples, rows_of, section, words_in

from routeproof.catalog.alias_policy import AliasPolicy, AliasRule
from routeproof.catalog.staleness import StalenessPolicies
from routeproof.config.loading import parse_settings
from routeproof.config.providers import _TIMEOUTS as TIMEOUTS
from routeproof.config.providers import PRICED_DIALECTS
from routeproof.config.server import DATA_DIR_DEFAULT
from routeproof.config.settings import (
    Durability,
    EvidenceSettings,
    ListenAddress,
    LogLevel,
    LogStyle,
    ModelSettings,
    OnDisconnect,
    ProviderSettings,
    ServerSettings,
    WeightedRoute,
)
from routeproof.config.urls import parse_network
from routeproof.dialects.registry import DIALECT_NAMES
from routeproof.net.egress import EgressPolicy

TEXT = document("docs/configuration.md")
SERVER = rows_of(section(TEXT, "`[server]`: this gateway"), "key")
PROVIDER = rows_of(section(TEXT, "`[providers.NAME]`: one account at one upstream API"), "key")
MODEL, ROUTE = [
    [row for row in rows_of(section(TEXT, "`[models.NAME]`: what clients send as `model`"), "key") if wanted(row)]
    for wanted in (
        lambda row: bare(row["key"]) not in {"route", "weight"},
        lambda row: bare(row["key"]) in {"route", "weight"},
    )
]
ALIAS = rows_of(section(TEXT, "`[aliases.ROUTE]`: what becomes of a name that is retired"), "key")
EVIDENCE = rows_of(section(TEXT, "`[evidence]`: who signs, and whose is believed"), "key")
EVERY_KEY = examples("docs/configuration.md")[-1]


@pytest.mark.parametrize(
    ("rows", "struct"),
    [
        (SERVER, ServerSettings),
        (PROVIDER, ProviderSettings),
        (MODEL, ModelSettings),
        (ROUTE, WeightedRoute),
        (ALIAS, AliasRule),
        (EVIDENCE, EvidenceSettings),
    ],
    ids=["server", "providers", "models", "routes", "aliases", "evidence"],
)
def test_every_key_is_listed_once(rows: list[dict[str, str]], struct: type[msgspec.Struct]) -> None:
    """And no key that does not exist; `name` is the table's own."""
    names = {field.encode_name for field in msgspec.structs.fields(struct)} - {"name"}

    assert sorted(bare(row["key"]) for row in rows) == sorted(names)


@pytest.mark.parametrize(
    ("row", "struct"),
    [(row, ServerSettings) for row in SERVER]
    + [(row, ProviderSettings) for row in PROVIDER]
    + [(row, ModelSettings) for row in MODEL]
    + [(row, WeightedRoute) for row in ROUTE]
    + [(row, AliasRule) for row in ALIAS]
    + [(row, EvidenceSettings) for row in EVIDENCE],
    ids=lambda value: value["key"] if isinstance(value, dict) else "",
)
def test_defaults_are_those_of_the_code(row: dict[str, str], struct: type[msgspec.Struct]) -> None:
    """Written as TOML writes them, or said in words."""
    name = bare(row["key"])
    field = next(field for field in msgspec.structs.fields(struct) if field.encode_name == name)
    if name == "data_dir":
        assert bare(row["default"]) == json.dumps(DATA_DIR_DEFAULT)
    elif name == "base_url":
        assert row["default"] == "the dialect's"
    elif name == "prices":
        assert words_in(row["default"]) == list(PRICED_DIALECTS)
    elif name in TIMEOUTS:
        assert row["default"] == "that of `[limits]`"
    elif field.required:
        assert row["default"] == "required"
    elif field.default is None:
        assert row["default"] == "none"
    else:
        assert bare(row["default"]) == _as_toml(field.default)


@pytest.mark.parametrize(
    ("rows", "key", "words"),
    [
        (SERVER, "durability", get_args(Durability)),
        (SERVER, "log_level", get_args(LogLevel)),
        (SERVER, "log_style", get_args(LogStyle)),
        (PROVIDER, "dialect", DIALECT_NAMES),
        (PROVIDER, "on_disconnect", get_args(OnDisconnect)),
        (ALIAS, "policy", tuple(AliasPolicy)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_choices_are_listed(rows: list[dict[str, str]], key: str, words: tuple[str, ...]) -> None:
    """In the column of types, in the order of the code."""
    row = next(row for row in rows if bare(row["key"]) == key)

    assert words_in(row["type"]) == [json.dumps(word) for word in words]


def test_the_long_example_has_every_key_and_is_valid(tmp_path: Path) -> None:
    """So that each key is shown once in its place; the paths in it are made first."""
    for name in ("server.crt", "server.key", "prices.toml", "house-ca.pem"):
        (tmp_path / name).touch()
    (tmp_path / "qwen.key").write_text("sk-example\n")
    settings = parse_settings(EVERY_KEY.text, tmp_path / "routeproof.toml", {"DASHSCOPE_API_KEY": "sk-example"})

    written = {line.split(" = ")[0] for line in EVERY_KEY.text.splitlines() if " = " in line}
    assert written >= {bare(row["key"]) for row in SERVER + PROVIDER + MODEL + ALIAS + EVIDENCE}
    assert all(f"{bare(row['key'])} = " in EVERY_KEY.text for row in ROUTE)
    assert len(settings.models) == 1


def test_every_policy_is_listed_with_its_days() -> None:
    """In the order of the code, here and where the reasons are given."""
    listed = [tuple(map(_without_marks, row.values())) for row in rows_of(TEXT, "kind")]

    assert listed == [
        (field.name, *map(_days, msgspec.structs.astuple(field.default)))
        for field in msgspec.structs.fields(StalenessPolicies)
    ]
    explained = {
        kind: (row["stale after"], row["held after"])
        for row in rows_of(document("docs/facts-and-prices.md"), "kind")
        for kind in words_in(row["kind"])
    }
    assert explained == {kind: tuple(map(_in_words, days)) for kind, *days in listed}


@pytest.mark.parametrize("row", rows_of(TEXT, "setting"), ids=lambda row: row["setting"])
def test_the_table_of_addresses_is_what_egress_permits(row: dict[str, str]) -> None:
    """Whatever is public, and of the private addresses those that the row says."""
    plain = row["setting"] in {"`allow_plain`", "both"}
    networks = (ipaddress.ip_network("10.1.0.0/16"),) if row["setting"] in {"`allow_networks`", "both"} else ()
    policy = EgressPolicy(plain, networks)
    inside, outside = {"none": (False, False), "those networks": (True, False), "all": (True, True)}[
        row["private addresses"]
    ]

    assert policy.permits("203.0.114.9") is (row["https"] == "yes")
    assert (policy.permits("10.1.2.3"), policy.permits("10.2.2.3")) == (inside, outside)
    assert plain is (row["http"] == "yes")


def test_what_no_general_permission_covers_is_told() -> None:
    """Metadata services, multicast and tunnels; of these link-local addresses can't be named either."""
    policy = EgressPolicy(allow_plain=True)

    assert "Not even `allow_plain` permits the metadata services of clouds, multicast and tunnels" in TEXT
    assert not any(map(policy.permits, ("169.254.169.254", "100.100.100.200", "224.0.0.1", "2002:a00:1::1")))
    assert parse_network("100.100.100.200/32")
    with pytest.raises(ValueError, match="link-local"):
        parse_network("169.254.0.0/16")


def _days(days: int | None) -> str:
    return '"never"' if days is None else str(days)


def _in_words(days: str) -> str:
    return "never" if days == '"never"' else f"{days} days"


def _without_marks(cell: str) -> str:
    return cell.strip("`")


def _as_toml(value: object) -> str:
    if isinstance(value, ListenAddress):
        return json.dumps(str(value))
    return json.dumps(list(value) if isinstance(value, tuple) else value)
