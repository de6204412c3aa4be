"""Requests that must get an error, each for one reason: asked once, judged by E01 and E03."""

from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.evidence.plan import Case, Credential
from routeproof.prover.cases.chat_bodies import case, chat, user
from routeproof.prover.setup import Setup

_PREFIX: Final = "error-"
_ASK: Final = user("Say the word @@nonce@@ and nothing else.")
_SHAPE: Final = (400, 422)
_KEY: Final = (401, 403)


class Broken(msgspec.Struct, frozen=True):
    """One way for a request to be wrong."""

    words: str
    statuses: tuple[int, ...]
    """Those that tell a client what it did."""
    credential: Credential = Credential.ROUTE


BROKEN: Final[Mapping[str, Broken]] = {
    f"{_PREFIX}not-json": Broken("a body that is not JSON", (400, 415, 422)),
    f"{_PREFIX}wrong-type": Broken("messages that are a number", _SHAPE),
    f"{_PREFIX}unknown-model": Broken("a model that does not exist", (400, 403, 404)),
    f"{_PREFIX}no-key": Broken("no key", _KEY, Credential.NONE),
    f"{_PREFIX}wrong-key": Broken("a wrong key", _KEY, Credential.WRONG),
}


def broken_cases(setup: Setup, check: str) -> list[Case]:
    """One request a way to be wrong."""
    model = chat(setup, [_ASK]).replace(msgspec.json.encode(setup.model), b'"routeproof-absent-@@nonce:model@@"', 1)
    bodies = {
        f"{_PREFIX}not-json": b'{"model": "@@nonce@@", "messages": [',
        f"{_PREFIX}wrong-type": msgspec.json.encode({"model": setup.model, "messages": 7}),
        f"{_PREFIX}unknown-model": model,
        f"{_PREFIX}no-key": chat(setup, [_ASK]),
        f"{_PREFIX}wrong-key": chat(setup, [_ASK]),
    }
    return [case(setup, name, check, body, credential=BROKEN[name].credential) for name, body in bodies.items()]
