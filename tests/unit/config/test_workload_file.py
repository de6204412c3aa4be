"""Workload files: typed, with every mistake at once."""

from fractions import Fraction
from pathlib import Path

import pytest

from routeproof.catalog.comparing.workload import ANY_HOUR, RequestType, Workload
from routeproof.config.workload_file import FILE_BYTES_MAX, load_workload, parse_workload
from routeproof.errors import ConfigError

GOOD = """
[hours]
utc = [0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 4, 4, 2, 4, 4, 4, 2, 1, 0, 0, 0, 0, 0, 0]

[[requests]]
type = "cached"
count = 100
input_tokens = 4000
output_tokens = 250
cache_share = "62.5"
cache_write_share = 10
cache = "explicit"

[[requests]]
type = "thinking"
count = 7
input_tokens = 800
output_tokens = 3000
thinking_share = 100
[requests.hours]
saturday = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
"""
PLAIN = '[[requests]]\ntype = "plain"\ncount = 1\ninput_tokens = 1\noutput_tokens = 0\n'


def problems(text: str) -> list[str]:
    """What is wrong with a workload."""
    with pytest.raises(ConfigError) as caught:
        parse_workload(text, "w.toml")
    return caught.value.problems


def test_a_workload_is_read_exactly() -> None:
    """Shares as fractions of the tokens of all requests, hours as weights of a week."""
    workload: Workload = parse_workload(GOOD, "w.toml")
    cached, thinking = workload.loads

    assert (workload.source, workload.requests) == ("w.toml", 107)
    assert (cached.type, cached.input_tokens_each, cached.input_tokens) == (RequestType.CACHED, 4_000, 400_000)
    assert (cached.hit_tokens, cached.write_tokens, cached.explicit_cache) == (250_000, 40_000, True)
    assert (thinking.output_tokens, thinking.thinking, thinking.explicit_cache) == (21_000, 1, False)
    assert cached.hours[:24] == cached.hours[144:] != ANY_HOUR[:24]
    assert (sum(thinking.hours[:120]), thinking.hours[120:144], sum(thinking.hours[144:])) == (0, (1,) * 24, 0)


def test_without_hours_requests_come_alike_at_every_hour() -> None:
    """And nothing is cached, written or thought unless it says so."""
    (one,) = parse_workload(PLAIN, "w.toml").loads

    assert one.hours == ANY_HOUR
    assert (one.hit_tokens, one.write_tokens, one.thinking) == (0, 0, Fraction(0))


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("", "requests", "[[requests]]"),
        ("requests = []", "requests", "[[requests]]"),
        ("requests = 3", "requests", "list in square brackets"),
        ("requests = [3]", "requests[0]", "[[requests]]"),
        (PLAIN.replace("plain", "chat"), "requests[0].type", "plain, tools, json, long_context, cached, thinking"),
        (PLAIN.replace('type = "plain"', ""), "requests[0].type", "is missing"),
        (PLAIN.replace("count = 1", "count = 0"), "requests[0].count", "whole number from 1"),
        (PLAIN.replace("count = 1", "count = 1.5"), "requests[0].count", "whole number from 1"),
        (PLAIN.replace("count = 1", "count = true"), "requests[0].count", "whole number from 1"),
        (PLAIN.replace("input_tokens = 1", ""), "requests[0].input_tokens", "is missing"),
        (PLAIN.replace("output_tokens = 0", "output_tokens = -1"), "requests[0].output_tokens", "from 0"),
        (PLAIN + "cache_share = 101", "requests[0].cache_share", "0 to 100"),
        (PLAIN + "cache_share = 0.5", "requests[0].cache_share", "in quotes"),
        (PLAIN + "thinking_share = '-1'", "requests[0].thinking_share", "0 to 100"),
        (PLAIN + "cache_share = 60\ncache_write_share = 50", "requests[0].cache_write_share", "over 100 percent"),
        (PLAIN + "cache = 'none'", "requests[0].cache", "implicit, explicit"),
        (PLAIN + "tokens = 3", "requests[0].tokens", "no such setting"),
        (PLAIN + "[hours]\nutc = [1]", "hours.utc", "holds 1 weights"),
        (PLAIN + f"[hours]\nutc = {[0] * 24}", "hours.utc", "weight over 0"),
        (PLAIN + f"[hours]\nutc = {[1] * 23 + [-1]}", "hours.utc[23]", "no weight"),
        (PLAIN + f"[hours]\nutc = {[1] * 24}\nmonday = {[1] * 24}", "hours.utc", "beside monday"),
        (PLAIN + f"[hours]\nmontag = {[1] * 24}", "hours.montag", "no such setting"),
        (PLAIN + "[price]", "price", "no such setting"),
    ],
)
def test_each_mistake_is_told_with_its_place(text: str, place: str, remedy: str) -> None:
    """And its remedy."""
    (problem,) = problems(text)

    assert problem.startswith(f"w.toml: {place}: ")
    assert remedy in problem


def test_all_mistakes_are_told_at_once() -> None:
    """Over all requests."""
    assert len(problems(PLAIN.replace("count = 1", "count = 0") + PLAIN.replace("plain", "chat") + "[x]")) == 3


@pytest.mark.parametrize("text", ["[[requests", "x = " + "[" * 3_000 + "]" * 3_000])
def test_what_is_no_toml_is_told(text: str) -> None:
    """With the file's name."""
    (problem,) = problems(text)

    assert problem.startswith("w.toml: ")


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    """Which is its source."""
    path = tmp_path / "w.toml"
    path.write_text(PLAIN)

    assert load_workload(path).source == str(path)


@pytest.mark.parametrize(
    ("content", "what"), [(None, "can't be read"), (b"\xff", "UTF-8"), (b"#" * (FILE_BYTES_MAX + 1), "larger than")]
)
def test_a_file_that_can_not_be_one_is_told(tmp_path: Path, content: bytes | None, what: str) -> None:
    """Missing, not text, or far too large."""
    path = tmp_path / "w.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=what):
        load_workload(path)
