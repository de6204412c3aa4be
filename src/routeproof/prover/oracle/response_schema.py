"""Judges answers that are no streams: chat completions, error objects, lists of models; bytes in, findings out."""

from collections.abc import Iterable
from typing import Final

import msgspec

from routeproof.prover.oracle.asked import AnswerAsked
from routeproof.prover.oracle.findings import Finding, Findings, Subject
from routeproof.prover.oracle.messages import AnsweredMessage, call_faults
from routeproof.prover.oracle.overlays import Overlay
from routeproof.prover.oracle.shapes import ShapeFault, shape_named
from routeproof.prover.oracle.strict_json import NotJson, read_strictly
from routeproof.prover.oracle.whole_answers import JsonObject, answer_faults, messages_of

_EVENT: Final = b"data:"
_GZIP: Final = b"\x1f\x8b"


class AnswerExamination(msgspec.Struct, frozen=True):
    """The result of examining one whole chat completion."""

    findings: tuple[Finding, ...]
    messages: tuple[AnsweredMessage, ...] = ()
    usage: dict[str, object] | None = None
    model: str | None = None
    id: str | None = None
    error: object = None
    """The error object, where one came instead."""

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that are more than notes."""
        return tuple(finding for finding in self.findings if not finding.note)


class ErrorExamination(msgspec.Struct, frozen=True):
    """The result of examining one error answer."""

    findings: tuple[Finding, ...]
    message: str | None = None
    type: str | None = None
    code: str | None = None

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that are more than notes."""
        return tuple(finding for finding in self.findings if not finding.note)


class ModelsExamination(msgspec.Struct, frozen=True):
    """The result of examining one list of models."""

    findings: tuple[Finding, ...]
    ids: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that are more than notes."""
        return tuple(finding for finding in self.findings if not finding.note)


def examine_completion(
    body: bytes, overlay: Overlay, asked: AnswerAsked, *, content_type: str | None = None
) -> AnswerExamination:
    """Judge a chat completion that was not streamed (P01, U01); `content_type` is judged where it is given."""
    findings = Findings(body, overlay, Subject.ANSWER)
    value = _object_in(body, findings, content_type)
    if value is None:
        return AnswerExamination(findings.listed())
    if value.get("error") is not None:
        findings.add("error_in_answer", 0)
        return AnswerExamination(findings.listed(), error=value["error"])
    messages = messages_of(value)
    usage = value.get("usage")
    _add(findings, answer_faults(value, messages, usage, asked))
    for message in messages:
        _add(findings, (ShapeFault(fault.code, "", fault.detail) for fault in call_faults(message)))
    _judge_envelope(value, messages, asked, findings)
    model, answer_id = value.get("model"), value.get("id")
    return AnswerExamination(
        findings.listed(),
        messages,
        usage if isinstance(usage, dict) else None,
        model if isinstance(model, str) else None,
        answer_id if isinstance(answer_id, str) else None,
    )


def examine_error(body: bytes, overlay: Overlay, *, content_type: str | None = None) -> ErrorExamination:
    """Judge an error answer (E01): one JSON object that clients can act on."""
    findings = Findings(body, overlay, Subject.ERROR)
    inner = body
    if body.lstrip().startswith(_EVENT):
        findings.add("error_framed_as_event", 0)
        inner = body.strip().removeprefix(_EVENT)
    value = _object_in(inner.lstrip(b" "), findings, content_type)
    if value is None:
        return ErrorExamination(findings.listed())
    _add(findings, shape_named("error").faults(value))
    error = value.get("error")
    told = error if isinstance(error, dict) else {}
    parts = (part if isinstance(part := told.get(name), str) else None for name in ("message", "type", "code"))
    return ErrorExamination(findings.listed(), *parts)


def examine_models(body: bytes, overlay: Overlay, *, content_type: str | None = None) -> ModelsExamination:
    """Judge a list of models (R02)."""
    findings = Findings(body, overlay, Subject.MODELS)
    value = _object_in(body, findings, content_type)
    if value is None:
        return ModelsExamination(findings.listed())
    _add(findings, shape_named("models").faults(value))
    data = value.get("data")
    rows = data if isinstance(data, list) else []
    ids = tuple(str(row["id"]) for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))
    return ModelsExamination(findings.listed(), ids)


def media_type(content_type: str) -> str:
    """The media type of a content type, without its parameters (RFC 9110, 8.3.1)."""
    return content_type.partition(";")[0].strip().lower()


def _add(findings: Findings, faults: Iterable[ShapeFault]) -> None:
    for fault in faults:
        findings.add(fault.code, 0, fault.where, fault.detail)


def _object_in(body: bytes, findings: Findings, content_type: str | None) -> JsonObject | None:
    """The JSON object that a body is, or None and the reason among the findings."""
    code = _what_else(body)
    if code is not None:
        findings.add(code, 0)
        return None
    if content_type is not None and media_type(content_type) != "application/json":
        findings.add("content_type_wrong", 0, media_type(content_type))
    if body[:1] in (b"\n", b"\r"):
        findings.add("blank_before_body", 0)
    try:
        reading = read_strictly(body)
    except NotJson as error:
        findings.add("body_not_json", 0, "", str(error))
        return None
    for name in reading.repeated:
        findings.add("name_repeated", max(body.find(b'"' + name.encode() + b'"'), 0), name)
    if reading.lone_surrogate:
        findings.add("lone_surrogate", 0)
    if not isinstance(reading.value, dict):
        findings.add("body_not_object", 0)
        return None
    return reading.value


def _what_else(body: bytes) -> str | None:
    text = body.strip()
    if not text:
        return "body_empty"
    if text.startswith(b"<"):
        return "body_html"
    return "body_compressed" if body.startswith(_GZIP) else None


def _judge_envelope(
    value: JsonObject, messages: tuple[AnsweredMessage, ...], asked: AnswerAsked, findings: Findings
) -> None:
    if value.get("id") == "":
        findings.add("id_empty", 0)
    model = value.get("model")
    if model == "":
        findings.add("model_empty", 0)
    elif asked.models and isinstance(model, str) and model not in asked.models:
        findings.add("model_unexpected", 0, "", model)
    if not messages:
        findings.add("no_choices", 0)
    elif len(messages) < asked.choices:
        findings.add("choice_missing", 0, "", f"{len(messages)} of {asked.choices}")
    for message in messages:
        if message.index >= asked.choices:
            findings.add("choice_index_unexpected", 0, "", str(message.index))
    if value.get("usage") is None:
        findings.add("usage_missing", 0)
