"""Prompt caches: hits on repeated prefixes."""

from hypothesis import given
from hypothesis import strategies as st

from routeproof.clock import NS_PER_S
from routeproof.simulator.caches import ExplicitCache, ExplicitUse, PrefixCache
from routeproof.simulator.tokens import PromptPart


def prompt(*texts: str) -> list[PromptPart]:
    """Parts whose bytes are whole tokens."""
    return [PromptPart(text.encode()) for text in texts]


def test_a_repeated_prompt_hits_in_whole_blocks() -> None:
    """130 tokens: two blocks of 64 hit."""
    cache = PrefixCache()
    parts = prompt("abcd" * 130)
    assert cache.hit_and_store("m", parts) == 0
    assert cache.hit_and_store("m", parts) == 128


def test_the_hit_ends_where_the_prompts_part() -> None:
    """The shared prefix decides, block by block."""
    cache = PrefixCache()
    cache.hit_and_store("m", prompt("abcd" * 100, "efgh" * 100))
    assert cache.hit_and_store("m", prompt("abcd" * 100, "ijkl" * 100)) == 64
    assert cache.hit_and_store("m", prompt("wxyz", "abcd" * 200)) == 0


def test_scopes_do_not_share() -> None:
    """Another model or user starts cold."""
    cache = PrefixCache()
    cache.hit_and_store("m user-1", prompt("abcd" * 64))
    assert cache.hit_and_store("m user-2", prompt("abcd" * 64)) == 0


def test_the_oldest_prefixes_are_forgotten() -> None:
    """The cache is bounded."""
    cache = PrefixCache(entries_max=2)
    for letter in "abc":
        cache.hit_and_store("m", prompt(letter * 256))
    assert cache.hit_and_store("m", prompt("c" * 256)) == 64
    assert cache.hit_and_store("m", prompt("a" * 256)) == 0


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_hit_never_exceeds_the_shared_prefix(shared: int, more: int) -> None:
    """And is the greatest multiple of 64 within it."""
    cache = PrefixCache()
    cache.hit_and_store("m", prompt("abcd" * shared + "1111" * more))
    assert cache.hit_and_store("m", prompt("abcd" * shared + "2222" * more)) == shared // 64 * 64


def marked(text: str) -> PromptPart:
    """A part that ends with a marker."""
    return PromptPart(text.encode(), marked=True)


def test_an_explicit_cache_is_written_once_and_then_read() -> None:
    """Create, hit, and both in one request, as in the usage that was observed at the provider."""
    cache = ExplicitCache()
    first = marked("abcd" * 1_500)
    assert cache.use("m", [first], 0) == ExplicitUse(0, 1_500)
    assert cache.use("m", [first], 1) == ExplicitUse(1_500, 0)
    assert cache.use("m", [first, marked("efgh" * 300)], 2) == ExplicitUse(1_500, 300)
    assert cache.use("m", [first, *prompt("tail")], 3) == ExplicitUse(1_500, 0)


def test_a_short_prefix_is_not_cached() -> None:
    """1,024 tokens are the least."""
    cache = ExplicitCache()
    assert cache.use("m", [marked("abcd" * 1_023)], 0) == ExplicitUse(0, 0)
    assert cache.use("m", [marked("abcd" * 1_024)], 0) == ExplicitUse(0, 1_024)


def test_an_explicit_cache_expires_five_minutes_after_its_last_use() -> None:
    """Each hit renews it."""
    cache = ExplicitCache()
    part = marked("abcd" * 2_000)
    cache.use("m", [part], 0)
    assert cache.use("m", [part], 299 * NS_PER_S).hit == 2_000
    assert cache.use("m", [part], 598 * NS_PER_S).hit == 2_000
    assert cache.use("m", [part], 898 * NS_PER_S) == ExplicitUse(0, 2_000)
