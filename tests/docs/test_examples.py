"""Every example in the documents works as it stands: the word after its language says how it is tried.

`toml config` is a whole configuration, `toml facts` a facts file, `toml script` a simulator's script; `python sdk` and
`sh curl` are tried on a gateway, `python replay` with a folder of recordings. The others are tried beside what they
explain.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from tests.support.documents import Example, all_examples
from tests.support.example_runs import run_curl, run_python
from tests.support.running_gateway import RunningGateway

from routeproof.catalog.facts import merge_facts, parse_facts
from routeproof.catalog.pricing.price_book import PriceBook
from routeproof.config.facts_files import load_facts
from routeproof.config.loading import parse_settings
from routeproof.simulator.script import parse_script

EXAMPLES = all_examples()
ELSEWHERE = {"price", "backup", "attempt", "quickstart", "log", "evidence", "workload", "comparison"}
"""Tried in `test_documented_ledger.py`, `test_documented_operations.py`, `test_documented_evidence.py`,
`test_documented_comparison.py` and `test_quick_start.py`."""
RECORDING = {
    "provider": "deepseek",
    "tags": [],
    "request": {"url": "https://api.deepseek.com/chat/completions", "method": "POST", "body": {"model": "m"}},
    "response": {"status": 200, "headers": {"content-type": "application/json"}, "json": {"id": "recorded"}},
}


def having(language: str, mark: str | None = None) -> list[Example]:
    """The examples of a language, or those with a mark."""
    return [one for one in EXAMPLES if one.language == language and (mark is None or mark in one.marks)]


def test_every_mark_is_known() -> None:
    """A misspelled mark would leave its example untried."""
    tried = {"config", "facts", "script", "sdk", "replay", "curl"} | ELSEWHERE

    assert {mark for one in EXAMPLES for mark in one.marks} == tried


@pytest.mark.parametrize("example", having("toml", "config"), ids=str)
def test_configurations_are_valid(example: Example, tmp_path: Path) -> None:
    """With the variables and the files that they name."""
    environ = dict.fromkeys(re.findall(r'"env:(\w+)"', example.text), "sk-example")
    for name in re.findall(r'"(?:file:)?([\w-]+\.(?:toml|crt|key|pem))"', example.text):
        (tmp_path / name).write_text("sk-example")

    settings = parse_settings(example.text, tmp_path / "routeproof.toml", environ)

    assert settings.providers
    assert settings.models


@pytest.mark.parametrize("example", having("toml", "facts"), ids=str)
def test_facts_are_valid_beside_the_shipped_ones(example: Example) -> None:
    """And price something."""
    own = parse_facts(example.text, str(example))
    book = PriceBook.compile(merge_facts(load_facts(), own))

    for price in own.prices:
        sheet = book.sheet(price.subject.family, price.subject.model or "", None)
        assert sheet is not None
        assert sheet.at(price.effective_from_ns) is not None


@pytest.mark.parametrize("example", having("toml", "script"), ids=str)
def test_scripts_are_valid(example: Example) -> None:
    """With all their faults."""
    settings = parse_script(example.text, str(example))

    assert sum(len(provider.faults) for provider in settings.providers) == example.text.count("fault = ")


@pytest.mark.parametrize("example", having("json"), ids=str)
def test_json_is_json(example: Example) -> None:
    """An object."""
    assert isinstance(json.loads(example.text), dict)


@pytest.mark.parametrize("example", having("python", "sdk"), ids=str)
def test_sdk_examples_print_an_answer(
    example: Example, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a gateway at another port, with a row for it."""
    monkeypatch.setenv("ROUTEPROOF_KEY", gateway.key)
    before = len(gateway.ledger.entries)

    assert run_python(example.text, gateway.base_url.removesuffix("/v1")).strip()
    assert [entry.exchange.outcome for entry in gateway.ledger.wait(before + 1)[before:]] == ["ok"]


@pytest.mark.parametrize("example", having("sh", "curl"), ids=str)
def test_curl_examples_get_an_answer(example: Example, gateway: RunningGateway) -> None:
    """The request that the command would send."""
    answer = run_curl(example.text, gateway.base_url.removesuffix("/v1"), gateway.key)

    assert answer.status_code == 200
    assert answer.text.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("example", having("python", "replay"), ids=str)
def test_the_replay_example_serves_a_recording(example: Example, tmp_path: Path) -> None:
    """To one request, and then it ends."""
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "example__00.json").write_text(json.dumps(RECORDING))
    process = subprocess.Popen([sys.executable, "-c", example.text], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        answer = httpx2.post(f"{base_url}/chat/completions", json={"model": "m"}, trust_env=False)

    assert answer.json() == {"id": "recorded"}
    assert process.returncode == 0
