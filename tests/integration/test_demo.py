"""`routeproof demo` and `routeproof simulate` as commands, with the real ledger."""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("routeproof")
COMMANDS = (f"{PROGRAM} log ", "curl ", f"{shlex.quote(sys.executable)} - <<'END'")


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that is gone afterwards."""
    process = subprocess.Popen(
        [PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command from start to end, without a terminal."""
    return subprocess.run(
        [PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False
    )


def shell(command: str) -> str:
    """What a command pasted into a shell prints."""
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_once_as_json_is_one_line_and_all_is_well() -> None:
    """Exactly the row and the cost that each request should have, and exit code 0."""
    done = run("demo", "--once", "--json")
    summary = json.loads(done.stdout)

    assert summary["failed"] == []
    assert (done.returncode, summary["ok"]) == (0, True)
    assert summary["requests"] == summary["rows"] > 20
    assert summary["cost_nanousd"] > 0
    assert summary["unknown_costs"] == 4
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.fixture(scope="module")
def broken() -> subprocess.CompletedProcess[str]:
    """The demo without a terminal, with one more route that has a fault."""
    return run("demo", "--fault", "cut_mid_event")


def test_without_a_terminal_it_ends_after_its_report(broken: subprocess.CompletedProcess[str]) -> None:
    """Verdicts, a table, and the summary as its last line: what `make demo` does in a script."""
    lines = broken.stdout.splitlines()

    assert broken.returncode == 0
    assert lines[1].split()[:3] == ["route", "verdict", "facets"]
    assert [line.split()[:3] for line in lines].count(["request", "model", "route"]) == 1
    assert json.loads(lines[-1])["ok"] is True


def test_every_route_is_proven_before_it_carries_traffic(broken: subprocess.CompletedProcess[str]) -> None:
    """Nothing but the age of a price speaks against an honest one; a seeded fault is seen, and its bytes are shown."""
    verdicts = json.loads(broken.stdout.splitlines()[-1])["verdicts"]
    failing = {
        line.split()[2] for line in broken.stdout.splitlines() if line.startswith(("FAIL deepseek/", "FAIL qwen/"))
    }

    assert failing <= {"U09:"}
    assert list(verdicts) == ["deepseek/deepseek-flash", "qwen/qwen-plus", "faulty/deepseek-flash"]
    assert verdicts["faulty/deepseek-flash"] == "FAIL"
    assert "FAIL faulty/deepseek-flash P01: " in broken.stdout
    assert "peer closed connection" in broken.stdout


def test_a_fault_that_does_not_exist_is_refused() -> None:
    """With the closest that does."""
    done = run("demo", "--once", "--fault", "cut_mid_evnt")

    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean 'cut_mid_event'?" in done.stderr


def guide_of(process: subprocess.Popen[str]) -> str:
    """Everything that is shown, up to the guide's last line."""
    assert process.stdout is not None
    shown: list[str] = []
    for line in process.stdout:
        shown.append(line)
        if line.startswith("Put [[sim:"):
            return "".join(shown)
    pytest.fail("the demo ended before its guide")


def test_the_lines_that_it_shows_run() -> None:
    """As they stand: curl, the SDK, and the ledger with a row for either; then Ctrl-C ends it and clears up."""
    with started("demo", "--stay") as process:
        blocks = guide_of(process).split("\n\n")
        log, curl, sdk = (next(block for block in blocks if block.startswith(command)) for command in COMMANDS)
        request_ids = [shell(sdk).split()[-1]]
        if shutil.which("curl") is not None:
            shown = shell(curl)
            request_ids.append(shown.partition("x-request-id: ")[2].split()[0])
            assert shown.rstrip().endswith("data: [DONE]")
        rows = [json.loads(line) for line in shell(f"{log} --json").splitlines()]
        costs = {row["request_id"]: row["cost_nanousd"] for row in rows}
        assert all(costs[request_id] > 0 for request_id in request_ids)
        folder = Path(shlex.split(log)[-1]).parent
        assert folder.is_dir()
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=30) == 0
        assert not folder.exists()


def test_simulate_tells_where_its_providers_listen(tmp_path: Path) -> None:
    """As one JSON object; it ends in good order when it is told to."""
    script = tmp_path / "script.toml"
    script.write_text('[providers.own]\nkind = "deepseek"\nkeys = ["sk-own"]\n')
    with started("simulate", "--script", str(script), "--json") as process:
        assert process.stdout is not None
        (provider,) = json.loads(process.stdout.readline())["providers"]
        assert (provider["name"], provider["kind"], provider["key"]) == ("own", "deepseek", "sk-own")
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0
