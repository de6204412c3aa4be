"""`prove` on a simulated provider: the plan first, nothing without a yes, then verdicts and evidence."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.support.loop_thread import LoopThread
from tests.support.sample_evidence import SIGNER
from typer.testing import Result

from routeproof.evidence.plan import SelfTest
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.kill_matrix.self_test import SELF_TEST_NAME
from routeproof.prover.check import Check
from routeproof.prover.checks.registry import all_checks
from routeproof.prover.engine.check_hashes import check_hash
from routeproof.prover.engine.planning import checks_of
from routeproof.prover.kill_matrix.matrix import Kind as RulingKind
from routeproof.prover.kill_matrix.matrix import Report, Ruling, report_on
from routeproof.prover.kill_matrix.rows.row import row
from routeproof.prover.kill_matrix.self_test import write_self_test
from routeproof.prover.packs import Pack
from routeproof.simulator.faults import Fault
from routeproof.simulator.server import SimServer
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator
from routeproof.store.signer_file import write_signer

Command = Callable[..., Result]
KEY = "sk-sim-canary-0123456789abcdef"
CHECKS = "P01,U01"
_RIGHT = Ruling(
    kind=RulingKind.DEFECT,
    check="R09",
    where="x",
    expected="FAIL",
    verdict=Verdict.FAIL,
    right=True,
    summary="It is seen.",
)


@pytest.fixture
def provider() -> Iterator[SimServer]:
    """A simulated DeepSeek."""
    with LoopThread() as thread:
        settings = ProviderSettings(name="deepseek", kind=Kind.DEEPSEEK, keys=(KEY,))
        simulator = thread.run(start_simulator(SimulatorSettings(providers=(settings,))))
        yield simulator.server("deepseek")
        thread.run(simulator.stop())


@pytest.fixture
def tested(home: Path) -> Path:
    """The default data directory, where this build's self-test is on record."""
    data_dir = home / "routeproof-data"
    data_dir.mkdir(mode=0o700)
    record = SelfTest(digest="ab" * 32, complete=True, check_hashes={one.id: check_hash(one) for one in all_checks()})
    (data_dir / SELF_TEST_NAME).write_bytes(write_self_test(record))
    write_signer(data_dir, SIGNER)
    return data_dir


@pytest.fixture
def prove(command: Command, provider: SimServer, tested: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Proves the simulated provider as an endpoint of no configuration."""
    monkeypatch.setenv("SIM_KEY", KEY)

    def invoke(*arguments: str) -> Result:
        endpoint = ("--base-url", provider.base_url, "--api-key", "env:SIM_KEY", "--model", "deepseek-flash")
        return command("prove", *endpoint, "--dialect", "deepseek", "--allow-plain", *arguments)

    return invoke


def test_an_endpoint_that_does_what_it_must_passes(prove: Command, tested: Path, provider: SimServer) -> None:
    """Exit code 0, evidence that holds, and not a word of the key."""
    result = prove("--checks", CHECKS, "--yes")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Plan ")
    assert "money       at most 0.0" in result.stdout
    assert "P01 envelope    PASS" in result.stdout
    assert "Verdict: PASS. Evidence " in result.stdout
    assert KEY not in result.output
    (kept,) = (tested / "evidence").iterdir()
    assert KEY.encode() not in kept.read_bytes()
    assert f"Used {len(provider.seen)} of " in result.stdout


def test_what_fails_is_told_with_its_bytes(prove: Command, provider: SimServer) -> None:
    """Exit code 1, the likeliest cause, the bytes, and what to do next."""
    provider.faults.add(Fault("wrong_total"), times=None)
    result = prove("--checks", CHECKS, "--yes")

    assert result.exit_code == 1
    assert "FAIL U01 arithmetic: " in result.stdout
    assert "plain/1/1/direct, response, from byte" in result.stdout
    assert '{"id":"' in result.stdout
    assert "  next: " in result.stdout


def test_a_dead_endpoint_is_no_pass(prove: Command, provider: SimServer) -> None:
    """Exit code 2, said once for all checks."""
    provider.faults.add(Fault("refuse"), times=None)
    result = prove("--checks", CHECKS, "--yes")

    assert result.exit_code == 2
    assert result.stdout.count("likeliest cause: the network") == 1
    assert "ERROR P01 envelope, U01 arithmetic: " in result.stdout


def test_json_is_one_object(prove: Command, tested: Path) -> None:
    """With the plan's text on stderr; the evidence can be found by it, and verified."""
    result = prove("--checks", CHECKS, "--yes", "--json", "--seed", "7")
    told = json.loads(result.stdout)

    assert (result.exit_code, told["verdict"], told["stopped"]) == (0, "PASS", None)
    assert told["facets"] == {"route": "PASS", "chat": "PASS"}
    assert [one["check"] for one in told["checks"]] == ["P01", "U01"]
    assert told["plan"]["seed"] == 7
    assert told["plan"]["requests"] == told["requests"] > 0
    assert 0 < told["cost_nanousd"] <= told["plan"]["money_max_nanousd"]
    assert Path(told["file"]) == tested / "evidence" / f"{told['evidence']}.json"
    assert result.stderr.startswith("Plan ")


def test_nothing_is_sent_without_a_yes(prove: Command, provider: SimServer) -> None:
    """A script that does not agree gets the plan, and exit code 2."""
    result = prove("--checks", CHECKS)

    assert result.exit_code == 2
    assert "Nothing was sent" in result.stderr
    assert "--yes" in result.stderr
    assert len(provider.seen) == 0


def test_a_dry_run_shows_the_plan_alone(prove: Command, provider: SimServer, tested: Path) -> None:
    """Also for machines; nothing is sent or kept, and the prover does not test itself for it."""
    (tested / SELF_TEST_NAME).unlink()
    plain = prove("--dry-run")
    told = json.loads(prove("--dry-run", "--json", "--pack", "qualify").stdout)

    assert (plain.exit_code, plain.stderr) == (0, "")
    assert "smoke pack, straight to the provider" in plain.stdout
    assert told["pack"] == "qualify"
    assert told["requests"] > 100
    assert told["requests_max"] >= told["requests"]
    assert len(provider.seen) == 0
    assert {path.name for path in tested.iterdir()} == {"signer.pem"}


def test_a_budget_is_never_exceeded(prove: Command, provider: SimServer) -> None:
    """What does not fit is not sent, and then nothing passes by it."""
    result = prove("--checks", CHECKS, "--yes", "--json", "--budget-usd", "0.0000001")
    told = json.loads(result.stdout)

    assert told["plan"]["money_max_nanousd"] == 100
    assert (result.exit_code, told["verdict"]) == (2, "ERROR")
    assert len(provider.seen) == 0


def test_the_evidence_can_be_reported_and_verified(prove: Command, command: Command, tested: Path) -> None:
    """Without any further step."""
    file = json.loads(prove("--checks", CHECKS, "--yes", "--json").stdout)["file"]
    verified = command("evidence", "verify", file)

    assert (verified.exit_code, verified.stdout.splitlines()[-1]) == (0, "It holds.")
    assert "2 of 2 verdicts" in verified.stdout
    assert KEY not in command("report", file, "--md").stdout


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("--checks", "r09"), {"R09"}),
        (("--checks", "R09,U09", "--pack", "smoke"), {"R09", "U09"}),
        (("--pack", "sentinel"), {one.id for one in checks_of(Pack.SENTINEL)}),
        ((), {one.id for one in all_checks()}),
    ],
)
def test_a_self_test_is_of_the_checks_that_are_asked_for(
    command: Command, runtime: object, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], ids: set[str]
) -> None:
    """By name, by pack, or of all; the pack that is usual for proofs narrows nothing unless it is asked for."""
    monkeypatch.setattr(runtime, "tapped_gateway", None, raising=False)
    monkeypatch.setattr("routeproof.operations.kill_matrix.self_test.run_matrix", _all_is_well)
    result = command("prove", "--self-test", "--json", *arguments)

    assert result.exit_code == 0, result.output
    assert set(json.loads(result.stdout)["checks"]) == ids


async def _all_is_well(checks: Sequence[Check], *_: object) -> Report:
    return report_on(checks, [row(check.id, "x", "refuse") for check in checks], [_RIGHT])


def test_a_self_test_of_no_known_check_is_refused(command: Command) -> None:
    """With the checks that there are."""
    result = command("prove", "--self-test", "--checks", "Z99")

    assert (result.exit_code, "there is no check Z99" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a route"),
        (("a/b",), "there is no configuration here"),
        (("--base-url", "https://x.example/v1"), "an endpoint needs"),
        (("--base-url", "https://x.example/v1", "--api-key", "sk-canary", "--model", "m"), "may not be written here"),
        (("--base-url", "https://x.example/v1", "--api-key", "env:ABSENT", "--model", "m"), "ABSENT is not set"),
        (("--base-url", "http://x.example/v1", "--api-key", "none", "--model", "m"), "base_url"),
        (("--base-url", "https://x.example/v1", "--api-key", "none", "--model", "m", "--dialect", "x"), "dialect"),
        (("--base-url", "https://x.example", "--api-key", "none", "--model", "m", "--checks", "Z99"), "no check Z99"),
        (("--base-url", "https://x.example", "--api-key", "none", "--model", "m", "--via", "both"), "leave --via out"),
        (("--base-url", "https://x.example", "--api-key", "none", "--model", "m", "--budget-usd", "1e3"), "dollars"),
        (("--pack", "huge"), "smoke"),
    ],
)
def test_what_can_not_be_proven_is_refused(command: Command, home: Path, arguments: tuple[str, ...], said: str) -> None:
    """Before anything is sent, with the remedy, and without what may be a key."""
    result = command("prove", *arguments)

    assert result.exit_code in (1, 2)
    assert said in result.stderr.replace("\n", " ")
    assert "canary" not in result.output


def test_a_configured_route_needs_its_own_key_only(
    command: Command, home: Path, tested: Path, provider: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the message says where it should be; keys of other providers are not asked for."""
    (home / "routeproof.toml").write_text(
        f'[server]\ndirect_routes = true\n[providers.sim]\ndialect = "deepseek"\nbase_url = "{provider.base_url}"\n'
        'allow_plain = true\napi_key = "env:SIM_KEY"\n[providers.other]\ndialect = "deepseek"\napi_key = "env:OTHER"\n'
    )
    absent = command("prove", "sim/deepseek-flash", "--checks", CHECKS, "--yes")
    monkeypatch.setenv("SIM_KEY", KEY)
    proven = command("prove", "sim/deepseek-flash", "--checks", CHECKS, "--yes")
    gateway = command("prove", "sim/deepseek-flash", "--checks", CHECKS, "--via", "gateway")

    assert (absent.exit_code, "env:SIM_KEY" in absent.stderr) == (1, True)
    assert proven.exit_code == 0, proven.output
    assert "in-force" in command("evidence", "list").stdout
    assert "--gateway-key" in gateway.stderr
