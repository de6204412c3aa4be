"""The commands that the demo shows run as they stand, against a gateway on real sockets."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.running_gateway import RunningGateway

from routeproof.operations.demo.guide import Guide, curl_command, sdk_command


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """A gateway with the models that the commands name."""
    with RunningGateway() as running:
        yield running


@pytest.fixture(scope="module")
def guide(gateway: RunningGateway) -> Guide:
    """The guide to it."""
    return Guide(
        base_url=gateway.base_url,
        key=gateway.key,
        config_path=Path("routeproof.toml"),
        data_dir=Path("routeproof-data"),
        models=("assistant", "qwen"),
        providers={},
        program="routeproof",
        python=sys.executable,
    )


def shell(command: str) -> str:
    """What a command pasted into a shell prints."""
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_command_streams_an_answer(gateway: RunningGateway, guide: Guide) -> None:
    """With the headers that lead to its row."""
    shown = shell(curl_command(guide))
    headers = dict(line.split(": ", 1) for line in shown.partition("\n\n")[0].splitlines()[1:])

    assert shown.startswith("HTTP/1.1 200 OK")
    assert shown.rstrip().endswith("data: [DONE]")
    assert gateway.ledger.entry(headers["x-request-id"]).exchange.outcome == "ok"


def test_the_sdk_command_prints_an_answer(gateway: RunningGateway, guide: Guide) -> None:
    """Its tokens, and the id that leads to its row."""
    *_text, tokens, request_id = shell(sdk_command(guide)).split()
    (attempt,) = gateway.ledger.entry(request_id).attempts

    assert attempt.input_tokens is not None
    assert attempt.output_tokens is not None
    assert int(tokens) == attempt.input_tokens + attempt.output_tokens
