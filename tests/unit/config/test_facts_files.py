"""Facts files: those of the package, and an operator's own."""

from pathlib import Path

import pytest

from routeproof.config.facts_files import FACTS_FILE_BYTES_MAX, load_facts
from routeproof.errors import FactsError

OWN = """
[[fact]]
id = "{id}"
kind = "price"
subject = {{ family = "acme", model = "m" }}
unit = "per 1M tokens"
currency = "USD"
value = [{{ input = "{price}", output = "1" }}]
effective_from = "2026-01-01T00:00:00Z"
source = "https://example.com/pricing"
checked_at = "2026-11-24"
confidence = "provider page"
"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A facts file of an operator."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(*paths: Path) -> list[str]:
    """Why these files are refused."""
    with pytest.raises(FactsError) as caught:
        load_facts(paths)
    return caught.value.problems


def test_the_package_carries_facts_of_both_families() -> None:
    """They are found wherever the package is installed."""
    assert {fact.subject.family for fact in load_facts().prices} == {"deepseek", "qwen"}


def test_an_operator_s_facts_are_added(tmp_path: Path) -> None:
    """Beside the shipped ones, with their own file as origin."""
    path = write(tmp_path, "own.toml", OWN.format(id="acme/m", price="1"))

    added = [fact for fact in load_facts([path]) if fact.id == "acme/m"]

    assert [fact.origin for fact in added] == [str(path)]
    assert len(list(load_facts([path]))) == len(list(load_facts())) + 1


def test_the_last_file_wins(tmp_path: Path) -> None:
    """A fact of the same id replaces the one before."""
    first = write(tmp_path, "first.toml", OWN.format(id="acme/m", price="1"))
    second = write(tmp_path, "second.toml", OWN.format(id="acme/m", price="2"))

    (price,) = [fact for fact in load_facts([first, second]).prices if fact.id == "acme/m"]

    assert price.tiers[0].input_nano == 2_000_000_000


def test_a_shipped_fact_can_be_replaced(tmp_path: Path) -> None:
    """An operator needn't wait for a release to correct a price."""
    path = write(tmp_path, "own.toml", OWN.format(id="qwen/qwen-max/singapore/usd/2026-10", price="1"))

    (price,) = [fact for fact in load_facts([path]).prices if fact.id.startswith("qwen/qwen-max/singapore")]

    assert price.origin == str(path)


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Each names its file and what to do."""
    missing = tmp_path / "missing.toml"
    bad = write(tmp_path, "bad.toml", OWN.format(id="acme/m", price="cheap"))
    latin = write(tmp_path, "latin.toml", b"# caf\xe9")

    problems = refused(missing, bad, latin)

    assert problems[:2] == [
        f"{missing}: can't be read (No such file or directory); correct the path or its permissions",
        f"{latin}: is not UTF-8; save it as UTF-8",
    ]
    assert problems[2].startswith(f"{bad}:8: fact 'acme/m': value[0].input: 'cheap' is no plain decimal")
    assert len(problems) == 3


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    """The limit is named; nothing of the file is taken."""
    path = write(tmp_path, "huge.toml", b"#" * (FACTS_FILE_BYTES_MAX + 1))

    assert refused(path) == [f"{path}: is larger than {FACTS_FILE_BYTES_MAX} bytes; split it"]


def test_facts_of_two_files_that_overlap_are_refused(tmp_path: Path) -> None:
    """Both files are named."""
    first = write(tmp_path, "first.toml", OWN.format(id="acme/m", price="1"))
    second = write(tmp_path, "second.toml", OWN.format(id="acme/again", price="2"))

    (problem,) = refused(first, second)

    assert str(first) in problem
    assert str(second) in problem
