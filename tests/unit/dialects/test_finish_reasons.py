"""Finish reasons: who ended the answer."""

import pytest

from routeproof.dialects.finish_reasons import is_provider_abort


@pytest.mark.parametrize("reason", ["insufficient_system_resource", "aborted", "error", "network_error"])
def test_the_provider_gave_up(reason: str) -> None:
    """Reasons that mean an incomplete answer are told from an orderly end."""
    assert is_provider_abort(reason)


@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", "content_filter", "function_call", "", "null"])
def test_an_orderly_end(reason: str) -> None:
    """An answer that is whole, cut at its limit or filtered was not given up."""
    assert not is_provider_abort(reason)
