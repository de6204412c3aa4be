"""The dialects by the name that a configuration uses."""

from routeproof.dialects.base import Dialect
from routeproof.dialects.deepseek import DeepSeek
from routeproof.dialects.newapi import NewApi
from routeproof.dialects.openai import OpenAI
from routeproof.dialects.qwen import Qwen

_DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (OpenAI(), DeepSeek(), Qwen(), NewApi())}

DIALECT_NAMES: tuple[str, ...] = tuple(_DIALECTS)


def dialect_named(name: str) -> Dialect:
    """The dialect of this name. Raises ValueError that lists the names there are."""
    dialect = _DIALECTS.get(name)
    if dialect is None:
        raise ValueError(f"no dialect is called {name!r}: use one of {', '.join(DIALECT_NAMES)}")
    return dialect
