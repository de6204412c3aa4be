"""`docs/errors.md` lists every code that is raised, with what follows from it."""

import ast
import json

import httpx2
import pytest
from tests.support.documents import ROOT, bare, document, examples, rows_of, section
from tests.support.running_gateway import RunningGateway

from routeproof import errors
from routeproof.errors import FAILURE_CLASSES, Fault, OperatorError, RouteproofError, UpstreamError, UpstreamKind

TEXT = document("docs/errors.md")
REFUSED = rows_of(section(TEXT, "Refused by the gateway"), "code")
FAILED = rows_of(section(TEXT, "Failed at the provider"), "code")
AT_THE_COMMAND_LINE = rows_of(section(TEXT, "At the command line"), "code")
YES = {True: "yes", False: "no"}


def _used_names() -> set[str]:
    """Every name that is read anywhere in the sources but in `errors.py` itself."""
    paths = [path for path in (ROOT / "src").rglob("*.py") if path.name != "errors.py"]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return {
        call.func.id
        for tree in trees
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }


def _raised() -> list[type[RouteproofError]]:
    made = _used_names()
    found = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, RouteproofError)]
    return [kind for kind in found if kind.__name__ in made and kind is not UpstreamError]


SENT = {kind.code: kind for kind in _raised() if not issubclass(kind, OperatorError)}
SHOWN = {kind.code: kind for kind in _raised() if issubclass(kind, OperatorError)}


def test_every_refusal_that_is_raised_is_listed() -> None:
    """And no other: a code that nobody raises is no part of the interface."""
    assert {bare(row["code"]) for row in REFUSED} == set(SENT)
    assert len(REFUSED) == len(SENT)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["code"])
def test_refusals_have_the_fault_and_status_of_the_code(row: dict[str, str]) -> None:
    """As the error's class says."""
    kind = SENT[bare(row["code"])]

    assert (row["fault"], row["status"]) == (kind.fault.value, str(kind.status))


def test_every_kind_of_failure_is_listed_in_order() -> None:
    """As the enumeration has them."""
    assert [bare(row["code"]) for row in FAILED] == [kind.value for kind in UpstreamKind]


@pytest.mark.parametrize("row", FAILED, ids=lambda row: row["code"])
def test_failures_have_the_consequences_of_the_code(row: dict[str, str]) -> None:
    """Fault, status, whether another route may be tried, and whether the breaker counts it."""
    failure = FAILURE_CLASSES[UpstreamKind(bare(row["code"]))]

    assert (row["fault"], row["status"]) == (failure.fault.value, str(failure.status))
    assert (row["next route"], row["counts"]) == (YES[failure.failover], YES[failure.ejects])


def test_every_error_has_a_remedy() -> None:
    """A sentence that says what to do."""
    assert [row["code"] for row in REFUSED + FAILED if not row["remedy"].endswith(".")] == []


def test_errors_of_the_command_line_are_listed() -> None:
    """All of them the operator's to put right."""
    assert {bare(row["code"]) for row in AT_THE_COMMAND_LINE} == set(SHOWN)
    assert {row["fault"] for row in AT_THE_COMMAND_LINE} == {Fault.OPERATOR.value}


def test_every_fault_that_a_header_may_name_is_listed() -> None:
    """In the row of `x-routeproof-fault`."""
    row = next(row for row in rows_of(TEXT, "header") if row["header"] == "`x-routeproof-fault`")

    assert [fault for fault in Fault if f"`{fault.value}`" not in row["meaning"]] == []


def test_the_headers_that_are_listed_come_with_a_failure(gateway: RunningGateway) -> None:
    """One at the provider, which has its own status and body."""
    body = {"model": "qwen", "messages": [{"role": "user", "content": "[[sim:status_429]]"}]}
    answer = _ask(gateway, body)
    listed = {bare(row["header"]) for row in rows_of(TEXT, "header")}

    assert answer.status_code == 429
    assert listed - set(answer.headers) == set()
    assert answer.headers["x-routeproof-error"] == UpstreamKind.RATE_LIMITED


def test_the_example_is_what_the_gateway_answers(gateway: RunningGateway) -> None:
    """The very object."""
    (example,) = [example for example in examples("docs/errors.md") if example.language == "json"]
    body = {"model": "gpt-9", "messages": [{"role": "user", "content": "hello"}]}
    answer = _ask(gateway, body)

    assert answer.json() == json.loads(example.text)
    assert answer.status_code == 404


def _ask(gateway: RunningGateway, body: dict[str, object]) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {gateway.key}"}
    return httpx2.post(f"{gateway.base_url}/chat/completions", headers=headers, json=body, trust_env=False)
