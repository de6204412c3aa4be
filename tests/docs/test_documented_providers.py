"""`docs/providers.md` says what each dialect does: addresses, changes, controls, usage, errors."""

import re
from urllib.parse import urlsplit

import msgspec
import pytest
from tests.support.documents import bare, document, examples, rows_of, section, words_in

from routeproof.config.providers import PRICED_DIALECTS
from routeproof.dialects.addresses import QWEN_REGIONS, qwen_base_url
from routeproof.dialects.base import ControlPolicy
from routeproof.dialects.finish_reasons import is_provider_abort
from routeproof.dialects.registry import DIALECT_NAMES, dialect_named
from routeproof.dialects.thinking import deepseek_default, qwen_default
from routeproof.errors import UnsupportedControl, UpstreamKind
from routeproof.gateway.reply_bytes import RELAYED_FIELDS
from routeproof.gateway.routes import request_head

NAME = "docs/providers.md"
TEXT = document(NAME)
SENT_FIELDS, RELAYED = [example.text.split() for example in examples(NAME) if example.language == "text"]
CONTROLS = rows_of(TEXT, "control")
VALUES = {
    "thinking": b'{"type":"enabled"}',
    "enable_thinking": b"true",
    "thinking_budget": b"1024",
    "preserve_thinking": b"true",
    "reasoning_effort": b'"high"',
}
ANOMALIES = {
    "negative": b'{"prompt_tokens":-1,"completion_tokens":1}',
    "too_large": b'{"prompt_tokens":9007199254740993,"completion_tokens":1}',
    "part_exceeds_whole": b'{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}',
    "total_mismatch": b'{"prompt_tokens":1,"completion_tokens":1,"total_tokens":3}',
    "cache_mismatch": b'{"prompt_tokens":3,"completion_tokens":1,"prompt_cache_hit_tokens":1,'
    b'"prompt_cache_miss_tokens":1}',
    "missing_count": b'{"prompt_tokens":1}',
    "not_an_integer": b'{"prompt_tokens":1.5,"completion_tokens":1}',
    "not_an_object": b"[]",
}


def test_every_dialect_is_listed() -> None:
    """In the order of the registry."""
    assert [bare(row["dialect"]) for row in rows_of(TEXT, "dialect")] == list(DIALECT_NAMES)


@pytest.mark.parametrize("row", rows_of(TEXT, "dialect"), ids=lambda row: row["dialect"])
def test_addresses_request_ids_and_prices_are_those_of_the_dialect(row: dict[str, str]) -> None:
    """A dialect without an address of its own says so."""
    dialect = dialect_named(bare(row["dialect"]))
    try:
        address = f"`{dialect.base_url(None, None)}`"
    except ValueError:
        address = {"qwen": "by region", "newapi": "none: set `base_url`"}[dialect.name]

    assert row["base URL"] == address
    assert [word.encode() for word in words_in(row["own request id"])] == list(dialect.request_id_headers)
    assert (row["prices"] == f"`{dialect.name}`") is (dialect.name in PRICED_DIALECTS)


def test_every_declared_change_is_listed_and_no_other() -> None:
    """In the dialects' own words."""
    listed = re.findall(r"^- `(\w+)`: (.+)$", TEXT, re.MULTILINE)

    assert listed == [(name, change) for name in DIALECT_NAMES for change in dialect_named(name).declared_changes]


def test_header_fields_that_are_sent_are_listed() -> None:
    """In their order, for a provider with a key."""
    head = request_head("/v1/chat/completions", "api.example", "sk-example").decode()

    assert [line.partition(":")[0] for line in head.split("\r\n")[1:]] == SENT_FIELDS


def test_header_fields_that_are_relayed_are_listed() -> None:
    """Those of the provider, in alphabetical order."""
    assert sorted(field.decode() for field in RELAYED_FIELDS) == RELAYED


@pytest.mark.parametrize("name", DIALECT_NAMES)
@pytest.mark.parametrize("row", CONTROLS, ids=lambda row: row["control"])
def test_controls_fare_as_listed(row: dict[str, str], name: str) -> None:
    """Passed on, refused, or mapped where the route's operator says so."""
    control = bare(row["control"])

    assert row[f"`{name}`"] == _fate(control, name)


def test_a_control_that_is_null_is_passed_on() -> None:
    """Also a foreign one."""
    fields = {"model": msgspec.Raw(b'"m"'), "enable_thinking": msgspec.Raw(b"null")}
    sent = dialect_named("deepseek").prepare(fields, msgspec.Raw(b'"x"'), stream=False, policy=ControlPolicy())

    assert sent["enable_thinking"] == msgspec.Raw(b"null")


@pytest.mark.parametrize("row", rows_of(TEXT, "model"), ids=lambda row: row["model"])
def test_defaults_of_thinking_are_as_listed(row: dict[str, str]) -> None:
    """By the family that the name shows."""
    model = bare(row["model"])
    thinks = deepseek_default(model) if model.startswith("deepseek") else qwen_default(model)

    assert row["thinks unless told otherwise"] == ("yes" if thinks else "no")


def test_every_region_is_listed_with_its_hosts() -> None:
    """The shared host, and a workspace's own."""
    listed = [
        (bare(row["region"]), row["shared host"].strip("`"), bare(row["host of a workspace"]))
        for row in rows_of(TEXT, "region")
    ]

    assert listed == [(region, _shared_host(region), _workspace_host(region)) for region in QWEN_REGIONS]


def test_every_anomaly_of_a_usage_is_listed() -> None:
    """As its note on the row."""
    assert [bare(row["note"]) for row in rows_of(TEXT, "note")] == [f"usage_{name}" for name in ANOMALIES]


@pytest.mark.parametrize("anomaly", ANOMALIES)
@pytest.mark.parametrize("name", DIALECT_NAMES)
def test_a_usage_that_contradicts_itself_is_named_so_by_every_dialect(name: str, anomaly: str) -> None:
    """And gives no counts."""
    reading = dialect_named(name).read_usage(ANOMALIES[anomaly])

    assert (reading.usage, reading.anomaly) == (None, anomaly)


@pytest.mark.parametrize("row", rows_of(TEXT, "answer"), ids=lambda row: f"{row['dialect']} {row['answer']}")
def test_error_answers_are_named_as_listed(row: dict[str, str]) -> None:
    """By message or by code, with the status given."""
    status, words = int(row["answer"][:3]), words_in(row["answer"])
    error = {"code": words[0]} if "with code" in row["answer"] else {"message": words[0]}
    body = msgspec.json.encode({"error": {"message": "", "code": None, **error}})
    kind = dialect_named(bare(row["dialect"])).classify(status, "application/json", body)

    assert kind is UpstreamKind(bare(row["named"]))


def test_finish_reasons_of_a_provider_that_gave_up_are_listed() -> None:
    """At the end of the section on errors."""
    sentence = section(TEXT, "Errors").partition("A finish reason")[2].partition("`truncated`: ")[2]
    words = words_in(sentence)

    assert len(words) == 4
    assert all(is_provider_abort(word) for word in words)
    assert not any(is_provider_abort(word) for word in ("stop", "length", "tool_calls", "content_filter"))


def _fate(control: str, name: str) -> str:
    fields = {"model": msgspec.Raw(b'"m"'), control: msgspec.Raw(VALUES[control])}
    fates = []
    for policy in (ControlPolicy(), ControlPolicy(map_foreign_controls=True)):
        try:
            sent = dialect_named(name).prepare(fields, msgspec.Raw(b'"x"'), stream=False, policy=policy)
        except UnsupportedControl:
            fates.append("refused")
        else:
            fates.append("passed" if sent.get(control) == fields[control] else "mapped")
    return " or ".join(dict.fromkeys(fates))


def _shared_host(region: str) -> str:
    try:
        return urlsplit(qwen_base_url(region, None)).netloc
    except ValueError:
        return "none"


def _workspace_host(region: str) -> str:
    address = qwen_base_url(region, "workspace")
    assert address.endswith("/compatible-mode/v1")
    return urlsplit(address).netloc.replace("workspace", "WORKSPACE", 1)
