"""Reads a provider's own list of models, `GET /models`, with the limits that some state in it."""

from typing import TypeVar

import msgspec

_T = TypeVar("_T")


class ListedModel(msgspec.Struct, frozen=True):
    """One model as its provider lists it. None: not stated."""

    id: str
    context_tokens: int | None = None
    output_tokens: int | None = None

    def limits(self) -> dict[str, int]:
        """What it states, by the names that limit facts have."""
        stated = {"context_tokens": self.context_tokens, "output_tokens": self.output_tokens}
        return {name: amount for name, amount in stated.items() if amount is not None}


class _List(msgspec.Struct):
    data: list[msgspec.Raw] | None = None
    error: msgspec.Raw | None = None


class _Model(msgspec.Struct):
    id: str
    context_window: int | None = None
    max_output_tokens: int | None = None


class _Name(msgspec.Struct):
    id: str


def parse_models(body: bytes) -> tuple[ListedModel, ...]:
    """The models of a list, by name. Raises ValueError where it is none.

    A limit that is no whole number counts as not stated.
    """
    found = decoded(body, _List)
    if found.data is None:
        raise ValueError("it holds no list of models")
    return tuple(sorted((_model(raw) for raw in found.data), key=lambda model: model.id))


def decoded(body: bytes, shape: type[_T]) -> _T:
    """A JSON object as a shape with an optional `error`. Raises ValueError for another, or where there is an error.

    Gateways of the new-api family answer errors with HTTP 200 (QuantumNous/new-api, `controller/billing.go`).
    """
    try:
        found = msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        raise ValueError(f"it is not what this endpoint answers ({error})") from error
    if getattr(found, "error", None) not in (None, msgspec.Raw(b"null")):
        raise ValueError("it is an error in spite of HTTP 200")
    return found


def _model(raw: msgspec.Raw) -> ListedModel:
    try:
        found = msgspec.json.decode(raw, type=_Model)
    except msgspec.ValidationError:
        return ListedModel(decoded(bytes(raw), _Name).id)
    return ListedModel(found.id, found.context_window, found.max_output_tokens)
