"""The age of facts, from the configuration to the rows of a running gateway and to the commands."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.program import Serving, run
from tests.support.raw_client import ask, chat
from tests.support.site import MODELS, Site
from tests.support.waiting import until

# The shipped facts were checked before these tests were written, so every one of them is older than two days by now.
NEVER = '{ warn_after_days = "never", hold_after_days = "never" }'
OTHERS = "".join(f"{kind} = {NEVER}\n" for kind in ("fee", "cache_rule", "peak_windows", "calendar", "alias"))
LAX = f"[staleness]\n{OTHERS}price = {NEVER}\n"
WARNS = f'[staleness]\n{OTHERS}price = {{ warn_after_days = 1, hold_after_days = "never" }}\n'
HOLDS = f"[staleness]\n{OTHERS}price = {{ warn_after_days = 1, hold_after_days = 2 }}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A folder to serve from."""
    folder: Path = tmp_path_factory.mktemp("ages")
    with Site(folder) as running:
        yield running


def noted(site: Site, word: str) -> list[dict[str, Any]]:
    """The requests with this word in a note."""
    done = run(site.folder, "log", "--json", "--note", word, environ=site.environ)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def reload(site: Site, gateway: Serving, staleness: str) -> None:
    """Serve by another policy."""
    count = gateway.messages().count("the configuration was reloaded")
    site.configure(MODELS + staleness)
    gateway.signal(signal.SIGHUP)
    until(
        lambda: gateway.messages().count("the configuration was reloaded") > count,
        "the gateway has reloaded",
    )


def test_rows_are_marked_by_the_policy_in_force(site: Site) -> None:
    """Not at all, as stale, as held: the same facts, the same price, and every request served."""
    site.configure(MODELS + LAX)
    with site.serve().wait_ready() as gateway:
        answers = []
        for staleness in (LAX, WARNS, HOLDS):
            reload(site, gateway, staleness)
            answers.append(ask(gateway.port, chat(site.key, model="deepseek")))
        ids = [answer.fields["x-request-id"] for answer in answers]
        until(lambda: len(noted(site, "held_price")) == 1, "the last row is committed")

        assert [answer.status for answer in answers] == [200, 200, 200]
        (stale,), (held,) = noted(site, "stale_price"), noted(site, "held_price")
        assert [stale["request_id"], held["request_id"]] == ids[1:]
        assert stale["cost_nanousd"] is not None and held["cost_nanousd"] is not None


@pytest.mark.parametrize(("staleness", "code"), [(LAX, 0), (WARNS, 0), (HOLDS, 1)])
def test_the_check_fails_only_where_something_is_held(site: Site, staleness: str, code: int) -> None:
    """By the configuration's policy; the report names the routes that rest on what is held."""
    site.configure(MODELS + staleness)
    done = run(site.folder, "facts", "check", "--json", environ=site.environ)
    report = json.loads(done.stdout)
    held = [finding for finding in report["findings"] if finding["trouble"] == "held"]

    assert (done.returncode, report["ok"], bool(held)) == (code, code == 0, code == 1)
    assert code == 0 or "deepseek/deepseek-flash" in {route for finding in held for route in finding["routes"]}
