"""What a request had asked for, as far as its answer is judged by it."""

import msgspec


class AnswerAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The request, by what must show in any answer to it."""

    choices: int = 1
    """`n`."""
    models: frozenset[str] = frozenset()
    """The names that may answer: the id, declared aliases, dated forms. Empty: any."""
    tool_names: frozenset[str] | None = None
    """The tools that were offered; None: not judged."""
    tool_named: bool = False
    """`tool_choice` named one tool: OpenAI then ends with `stop`."""
    thinking: bool | None = None
    """False: switched off, so that no reasoning may come. None: not judged."""


class StreamAsked(AnswerAsked, frozen=True, kw_only=True):
    """The request for a stream."""

    include_usage: bool = False
    """`stream_options.include_usage`."""
