"""`compare` with LiteLLM's proxy as somebody else's gateway: what the report says it changes, the bytes bear out.

LiteLLM is installed once, from PyPI, into `build/peers`; where that can't be done these tests are skipped.
"""

import json
import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from bench.errors import PeerError
from bench.peers import install_litellm
from tests.support.comparing import DIRECT_KEY, GATEWAY_KEY, Comparison, compared
from tests.support.loop_thread import LoopThread
from tests.support.ports import free_port
from tests.support.waiting import until

from routeproof.prover.comparison.facets import ComparedFacet, Outcome
from routeproof.simulator.settings import Kind, ProviderSettings, SimulatorSettings
from routeproof.simulator.simulator import start_simulator

HOME = Path(__file__).parents[2] / "build" / "peers" / "litellm"
MODEL = "deepseek-flash"
START_S = 60.0
ANSWERS = (ComparedFacet.PLAIN, ComparedFacet.TOOLS, ComparedFacet.JSON, ComparedFacet.REASONING, ComparedFacet.USAGE)


@pytest.mark.timeout(900)  # the first run installs LiteLLM
def test_what_the_report_says_of_litellm_is_true(tmp_path: Path) -> None:
    """One comparison, of a simulated DeepSeek with LiteLLM in front of it, and every claim about it."""
    try:
        install_litellm(HOME)
    except PeerError as error:
        pytest.skip(str(error))
    settings = SimulatorSettings(providers=(ProviderSettings(name="deepseek", kind=Kind.DEEPSEEK, keys=(DIRECT_KEY,)),))
    with LoopThread() as thread:
        simulator = thread.run(start_simulator(settings))
        url = simulator.base_url("deepseek")
        port = free_port()
        with proxy(tmp_path, url, port):
            found = compared(url, f"http://127.0.0.1:{port}/v1", simulated=True, concurrency=4)
        thread.run(simulator.stop())
    for claim in CLAIMS:
        claim(found)


class proxy:  # noqa: N801 - used as a statement
    """LiteLLM's proxy in front of an address, until the context is left."""

    def __init__(self, folder: Path, upstream: str, port: int) -> None:
        config = folder / "litellm.json"  # JSON is YAML, too
        params = {"model": f"deepseek/{MODEL}", "api_base": upstream, "api_key": DIRECT_KEY}
        models = [{"model_name": MODEL, "litellm_params": params}]
        config.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": GATEWAY_KEY}}))
        self._log = folder / "litellm.log"
        self._url = f"http://127.0.0.1:{port}/health/liveliness"
        argv = [str(HOME / "bin" / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*argv, "--telemetry", "False"],
                cwd=folder,
                env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "*", "PYTHONPATH": ""},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> None:
        until(lambda: self._process.poll() is not None or self._is_up(), "LiteLLM listens", START_S)
        assert self._process.poll() is None, self._log.read_text()[-2000:]

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def _is_up(self) -> bool:
        with suppress(URLError, OSError), urlopen(self._url, timeout=1) as answer:
            return bool(answer.status == 200)
        return False


def claim_the_answers_have_the_same_text(found: Comparison) -> None:
    """Both ways lead to one simulated model, so what differs below is the gateway's work."""
    direct, gateway = (
        [json.loads(body)["choices"][0]["message"]["content"] for body in found.bodies("plain", arm)]
        for arm in ("direct", "gateway")
    )

    assert direct == gateway


def claim_members_that_are_told_to_be_lost_or_added_are_so_in_the_bytes(found: Comparison) -> None:
    """In all answers of the case: the name stands on the one side and not on the other."""
    told = [
        (one, one.path.replace("[]", "").rpartition(".")[2])
        for facet in (*ANSWERS, ComparedFacet.MODELS)
        for one in found.row(facet).differences
        if one.times == one.pairs and ("." in one.path or one.path == "usage") and None in (one.direct, one.gateway)
    ]

    assert len(told) > 8
    for one, name in told:
        case = one.case.removeprefix("compare-")
        with_it, without = ("direct", "gateway") if one.gateway is None else ("gateway", "direct")
        assert all(member(name).search(body) for body in found.bodies(case, with_it)), one.words
        assert not any(member(name).search(body) for body in found.bodies(case, without)), one.words


def claim_every_member_that_differs_in_a_plain_answer_is_told(found: Comparison) -> None:
    """Names of the one side alone are in the report, or within an object that is."""
    differing = set[str]()
    for direct, gateway in zip(found.bodies("plain", "direct"), found.bodies("plain", "gateway"), strict=True):
        differing |= names_in(json.loads(direct)) ^ names_in(json.loads(gateway))
    told = {*found.paths(ComparedFacet.PLAIN), *found.paths(ComparedFacet.USAGE)}

    assert differing
    assert all(any(path == name or name.startswith((f"{path}.", f"{path}[")) for path in told) for name in differing)


def claim_statuses_and_codes_are_those_that_came(found: Comparison) -> None:
    """Each difference of an error is what the two answers say."""
    for one in found.row(ComparedFacet.ERRORS).differences:
        shown = found.observations[one.observation]
        direct = found.observations[one.observation.replace("/gateway", "/direct")]
        if one.path == "status":
            assert (str(direct.transcript.status), str(shown.transcript.status)) == (one.direct, one.gateway)
        elif one.path == "error.code":
            codes = [json.loads(seen.transcript.body.data)["error"]["code"] for seen in (direct, shown)]
            assert [json.dumps(code) for code in codes] == [one.direct, one.gateway]


def claim_what_a_migration_has_to_know_is_told(found: Comparison) -> None:
    """Cache hits that no program finds any more, a chunk after the finish reason, and when to come back."""
    usage, headers = found.paths(ComparedFacet.USAGE), found.paths(ComparedFacet.HEADERS)
    limited = {arm: found.observations[f"compare-rate-limit/1/1/{arm}"].transcript for arm in ("direct", "gateway")}

    assert usage["usage.prompt_cache_hit_tokens"] == ("number", None)
    assert "finding chunk_after_finish" in found.paths(ComparedFacet.STREAMING)
    for body in found.bodies("stream", "gateway"):
        assert body.count(b'"finish_reason":"stop"') == 1
        assert b'"choices"' in body.partition(b'"finish_reason":"stop"')[2]
    assert headers["header retry-after"] == ("present", None)
    assert (limited["direct"].header("retry-after") is None, limited["gateway"].header("retry-after")) == (False, None)


def claim_what_nobody_can_see_is_not_claimed(found: Comparison) -> None:
    """Its requests to the provider, and what it charges."""
    for facet in (ComparedFacet.REQUEST, ComparedFacet.COST, ComparedFacet.CONTEXT):
        row = found.row(facet)
        assert (row.outcome, row.differences) == (Outcome.NOT_COMPARABLE, ())
        assert row.words


def member(name: str) -> re.Pattern[bytes]:
    """A member of that name with a value, anywhere in a body."""
    return re.compile(b'"%b":(?!\\s*null)' % name.encode())


def names_in(value: object, path: str = "") -> set[str]:
    """The path of every member that is not null."""
    if isinstance(value, list):
        return {name for one in value for name in names_in(one, f"{path}[]")}
    if not isinstance(value, dict):
        return {path} if value is not None else set()
    within = {name for key, one in value.items() for name in names_in(one, f"{path}.{key}" if path else key)}
    return within | ({path} if path else set())


CLAIMS = (
    claim_the_answers_have_the_same_text,
    claim_members_that_are_told_to_be_lost_or_added_are_so_in_the_bytes,
    claim_every_member_that_differs_in_a_plain_answer_is_told,
    claim_statuses_and_codes_are_those_that_came,
    claim_what_a_migration_has_to_know_is_told,
    claim_what_nobody_can_see_is_not_claimed,
)
