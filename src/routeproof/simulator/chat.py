"""A chat request as the simulated providers read it; fields that they don't know are ignored."""

import msgspec
from msgspec import UNSET, UnsetType


class CacheControl(msgspec.Struct, frozen=True):
    """A marker that asks for an explicit cache up to here (Qwen)."""

    type: str = "ephemeral"


class Part(msgspec.Struct, frozen=True):
    """One part of a message; only text parts count."""

    type: str = "text"
    text: str = ""
    cache_control: CacheControl | None = None


class CalledFunction(msgspec.Struct, frozen=True):
    """What an assistant message of an earlier turn called."""

    name: str = ""
    arguments: str = ""


class PastCall(msgspec.Struct, frozen=True):
    """A tool call in an assistant message of an earlier turn."""

    id: str = ""
    type: str = "function"
    function: CalledFunction = CalledFunction()


class Message(msgspec.Struct, frozen=True):
    """One message."""

    role: str
    content: str | list[Part] | None = None
    reasoning_content: str | None = None
    tool_calls: list[PastCall] | None = None
    tool_call_id: str | None = None

    def parts(self) -> list[Part]:
        """The content as parts, plain text being one part."""
        if self.content is None:
            return []
        return [Part(text=self.content)] if isinstance(self.content, str) else self.content

    def text(self) -> str:
        """The text of all parts."""
        return self.content if isinstance(self.content, str) else "".join(part.text for part in self.parts())


class Function(msgspec.Struct, frozen=True):
    """A function that the model may call; `parameters` is a JSON schema."""

    name: str
    description: str | UnsetType = UNSET
    parameters: dict[str, object] | UnsetType = UNSET
    strict: bool | UnsetType = UNSET


class Tool(msgspec.Struct, frozen=True):
    """A tool definition."""

    function: Function
    type: str | UnsetType = UNSET


class ChosenFunction(msgspec.Struct, frozen=True):
    """The name in a named tool choice."""

    name: str


class NamedChoice(msgspec.Struct, frozen=True):
    """`tool_choice` that names one function."""

    function: ChosenFunction
    type: str = "function"


class StreamOptions(msgspec.Struct, frozen=True):
    """Options of a stream."""

    include_usage: bool = False


class JsonSchema(msgspec.Struct, frozen=True):
    """The schema of `response_format` json_schema."""

    schema: dict[str, object] | None = None


class ResponseFormat(msgspec.Struct, frozen=True):
    """`response_format`."""

    type: str = "text"
    json_schema: JsonSchema | None = None


class ChatBody(msgspec.Struct, frozen=True):
    """The body of a chat completion request.

    `thinking` and `enable_thinking` are left as they come: each family reads its own and ignores the other's.
    """

    model: str
    messages: list[Message]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    tools: list[Tool] | None = None
    tool_choice: str | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    thinking: object = None
    enable_thinking: object = None
    thinking_budget: int | None = None
    preserve_thinking: bool | None = None
    reasoning_effort: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    user_id: str | None = None

    @property
    def wants_usage_chunk(self) -> bool:
        """Whether a stream was asked to end with a usage chunk."""
        return self.stream_options is not None and self.stream_options.include_usage

    @property
    def wants_json(self) -> bool:
        """Whether the answer must be a JSON object."""
        return self.response_format is not None and self.response_format.type in (
            "json_object",
            "json_schema",
        )

    def mentions_json(self) -> bool:
        """Whether any message holds the word, in any case."""
        return any("json" in message.text().lower() for message in self.messages)


_DECODER = msgspec.json.Decoder(ChatBody)


def read_chat(body: bytes) -> ChatBody:
    """Decode a request body. Raises msgspec.DecodeError or msgspec.ValidationError."""
    try:
        return _DECODER.decode(body)
    except RecursionError as error:
        raise msgspec.DecodeError("the body is nested too deeply") from error
