"""`routeproof compare` as its users run it: before our own gateway with a tap key, and what it says when it can't."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.ports import free_port
from tests.support.program import run
from tests.support.site import PROVIDER_CANARY, Site

from routeproof.operations.keys import create_key

ROUTE = "deepseek/deepseek-flash"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A folder with a gateway that serves on a port of its own."""
    folder: Path = tmp_path_factory.mktemp("comparing")
    with Site(folder, server="direct_routes = true") as running:
        running.configure(port=free_port())
        running.serve().wait_ready()
        yield running


def test_our_own_gateway_with_a_tap_key(site: Site) -> None:
    """Route against route: request bodies are compared too, and are the same; one object for machines."""
    key = create_key(site.data_dir, owner="prover", account="prover", tap=True).key
    environ = {**site.environ, "TAP_KEY": key}
    done = run(
        site.folder, "compare", ROUTE, ROUTE, "--gateway-api-key", "env:TAP_KEY", "--yes", "--json", environ=environ
    )
    told = json.loads(done.stdout)
    facets = {row["facet"]: row for row in told["facets"]}

    assert done.returncode == {"same": 0, "different": 1}[told["outcome"]], done.stderr
    assert facets["request body"]["outcome"] == "same"
    assert {facets[name]["outcome"] for name in ("plain answers", "streaming chunks", "tool-call shape")} == {"same"}
    assert key not in done.stdout + done.stderr
    assert PROVIDER_CANARY not in done.stdout + done.stderr


def test_the_table_for_people(site: Site) -> None:
    """A row for each facet, with how, where and how often."""
    done = run(
        site.folder, "compare", ROUTE, ROUTE, "--gateway-api-key", "env:KEY", "--yes",
        environ={**site.environ, "KEY": site.key},
    )  # fmt: skip

    assert done.returncode in (0, 1), done.stderr
    assert "what it sends on can't be seen from outside" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("streaming", "429s", "cost"))] == [
        "streaming",
        "429s",
        "cost",
    ]


def test_nothing_is_sent_that_nobody_agreed_to(site: Site) -> None:
    """Without --yes and without a terminal."""
    site.seen()
    environ = {**site.environ, "KEY": site.key}
    done = run(site.folder, "compare", ROUTE, ROUTE, "--gateway-api-key", "env:KEY", environ=environ)

    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert site.seen() == []


def test_what_is_missing_is_named(site: Site) -> None:
    """As an error with its remedy; its exit code is not that of a difference."""
    done = run(site.folder, "compare", ROUTE, ROUTE, "--yes", environ=site.environ)

    assert done.returncode == 2
    assert "--gateway-api-key" in done.stderr
