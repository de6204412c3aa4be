"""Endpoints and regions, and one error for each way to get them wrong."""

from collections.abc import Callable

import pytest

from routeproof.catalog.facts import parse_facts
from routeproof.catalog.kinds import Answers, KeyScope

FactText = Callable[..., str]
Refused = Callable[[str, dict[str, str | None]], list[str]]

CASES = {
    "endpoint": [
        ({"value": '{ path = "completions", answers = "served" }'}, "value.path: 'completions' has not the right form"),
        ({"value": '{ answers = "served" }'}, "value.path: is missing; write the path"),
        ({"value": '{ path = "/a", answers = "sometimes" }'}, "value.answers: 'sometimes' is not known"),
        ({"value": '{ path = "/a", answers = "served", method = "get" }'}, "value.method: 'get' is not known"),
        ({"value": '{ path = "/a", answers = "beta_only" }'}, "value.base: is missing; write the address"),
        ({"value": '{ path = "/a", answers = "served", base = "there" }'}, "value.base: 'there' is no address"),
        ({"value": '{ path = "/a", answers = "absent", status = 99 }'}, "value.status: 99 is no status of a refusal"),
    ],
    "region": [
        ({"value": '{ shared_host = "a.example.com", key_scope = "region" }'}, "value.region: is missing"),
        ({"value": '{ region = "eu", key_scope = "region" }'}, "value.shared_host: is missing, and so is workspace"),
        ({"value": '{ region = "eu", shared_host = "https://a.example.com" }'}, "value.shared_host: 'https://a.ex"),
        ({"value": '{ region = "eu", workspace_host = "a.example.com" }'}, "value.workspace_host: 'a.example.com'"),
        ({"value": '{ region = "eu", shared_host = "a.example.com", key_scope = "all" }'}, "value.key_scope: 'all'"),
    ],
}
BAD = [(kind, changes, expected) for kind, cases in CASES.items() for changes, expected in cases]


@pytest.mark.parametrize(("kind", "changes", "expected"), BAD, ids=[expected for _, _, expected in BAD])
def test_a_bad_address_gives_an_error_of_its_own(
    kind: str, changes: dict[str, str | None], expected: str, refused: Refused
) -> None:
    """Each mistake is named with its key, what was found, and what to write."""
    found = refused(kind, changes)

    assert any(expected in problem for problem in found), found


def test_an_endpoint_carries_where_it_is_served(fact: FactText) -> None:
    """And the status of the refusal elsewhere."""
    value = '{ path = "/a/{id}", answers = "beta_only", base = "https://a.example.com/beta", status = 400 }'

    endpoint = parse_facts(fact("endpoint", value=value), "prices.toml").endpoints[0]

    assert (endpoint.path, endpoint.answers, endpoint.method) == ("/a/{id}", Answers.BETA_ONLY, None)
    assert (endpoint.base, endpoint.status) == ("https://a.example.com/beta", 400)


def test_a_region_carries_its_hosts_and_keys(fact: FactText) -> None:
    """A workspace's host is a template."""
    value = '{ region = "eu", workspace_host = "{workspace}.eu.example.com", key_scope = "plan", key_prefix = "sk-" }'

    region = parse_facts(fact("region", value=value), "prices.toml").regions[0]

    assert (region.region, region.plan, region.shared_host) == ("eu", None, None)
    assert (region.workspace_host, region.key_scope, region.key_prefix) == (
        "{workspace}.eu.example.com",
        KeyScope.PLAN,
        "sk-",
    )
