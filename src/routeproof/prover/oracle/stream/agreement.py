"""Layer 5, agreement: the stream put together passes the oracle of whole answers, and says what others say of it."""

from routeproof.prover.oracle.asked import StreamAsked
from routeproof.prover.oracle.findings import Finding, Findings, Subject
from routeproof.prover.oracle.messages import AnsweredMessage
from routeproof.prover.oracle.overlays import STRICT
from routeproof.prover.oracle.response_schema import AnswerExamination
from routeproof.prover.oracle.row_values import RowValues, values_of
from routeproof.prover.oracle.stream.examination import StreamExamination
from routeproof.prover.oracle.usage_arithmetic import count_of
from routeproof.prover.oracle.whole_answers import Envelope, answer_faults, completion_of


def judge_whole(
    envelope: Envelope,
    messages: tuple[AnsweredMessage, ...],
    usage: object,
    asked: StreamAsked,
    findings: Findings,
    offset: int,
) -> None:
    """Hold the stream as a whole against the oracle of whole answers; what an earlier layer found is not said twice.

    `offset` is where the usage stands, or else the end: the place of what has none of its own.
    """
    finished = tuple(message for message in messages if message.finish_reason is not None)
    completion = completion_of(envelope, finished)
    for fault in answer_faults(completion, finished, usage, asked):
        if not findings.has(fault.code, fault.where):
            findings.add(fault.code, offset, fault.where, fault.detail)


def agree_with_row(examination: StreamExamination, row: RowValues) -> tuple[Finding, ...]:
    """Where a ledger's row and the stream differ; what the row leaves None is not compared."""
    findings = Findings(b"", STRICT, Subject.STREAM)
    finish = examination.messages[-1].finish_reason if examination.messages else None
    told = values_of(examination.usage, examination.model, finish)
    for name in RowValues.__struct_fields__:
        in_row, in_stream = getattr(row, name), getattr(told, name)
        if in_row is not None and in_row != in_stream:
            findings.add("row_differs", 0, name, f"{in_row} in the row, {in_stream} in the stream")
    return findings.listed()


def agree_with_answer(examination: StreamExamination, answer: AnswerExamination) -> tuple[Finding, ...]:
    """Where a streamed and a whole answer to one request differ in kind: never by their texts.

    The model, the number of choices, the channels that are used, the tools that are called and the prompt's tokens
    are the same however the answer travels; the words and their number are not.
    """
    findings = Findings(b"", STRICT, Subject.STREAM)
    pairs = {
        "model": (examination.model, answer.model),
        "choices": (len(examination.messages), len(answer.messages)),
        "reasoning": (_any(examination.messages, "reasoning"), _any(answer.messages, "reasoning")),
        "tool_calls": (_called(examination.messages), _called(answer.messages)),
        "prompt_tokens": (count_of(examination.usage, "prompt_tokens"), count_of(answer.usage, "prompt_tokens")),
        "usage members": (_names(examination.usage), _names(answer.usage)),
    }
    for aspect, (streamed, whole) in pairs.items():
        if streamed != whole and not (examination.usage is None and aspect in _OF_USAGE):
            findings.add("answers_differ", 0, aspect, f"{streamed} streamed, {whole} whole")
    return findings.listed()


_OF_USAGE = ("prompt_tokens", "usage members")


def _any(messages: tuple[AnsweredMessage, ...], channel: str) -> bool:
    return any(getattr(message, channel) for message in messages)


def _called(messages: tuple[AnsweredMessage, ...]) -> list[str]:
    return sorted({call.name for message in messages for call in message.tool_calls})


def _names(usage: dict[str, object] | None) -> list[str]:
    return sorted(usage or ())
