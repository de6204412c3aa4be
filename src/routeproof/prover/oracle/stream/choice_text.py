"""What one choice of a stream has said so far."""

from routeproof.prover.oracle.findings import Findings
from routeproof.prover.oracle.messages import AnsweredMessage, is_whole
from routeproof.prover.oracle.stream.tool_fragments import ToolFragments


class ChoiceText:
    """The pieces of one choice."""

    __slots__ = ("content", "finish_reason", "reasoning", "refusal", "tools")

    def __init__(self, findings: Findings) -> None:
        self.content: list[str] = []
        self.reasoning: list[str] = []
        self.refusal: list[str] = []
        self.tools = ToolFragments(findings)
        self.finish_reason: str | None = None

    def message(self, index: int) -> AnsweredMessage:
        """The message put together; judges the arguments of its calls where it was not cut short."""
        return AnsweredMessage(
            index=index,
            content="".join(self.content),
            reasoning="".join(self.reasoning),
            refusal="".join(self.refusal),
            tool_calls=self.tools.close(whole=is_whole(self.finish_reason)),
            finish_reason=self.finish_reason,
        )
