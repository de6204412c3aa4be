"""CopilotKit's aimock as a provider: an OpenAI-compatible server that nobody here wrote, answering from fixtures."""

import json
import re
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.npm_package import NpmPackage, installed
from tests.support.waiting import until

from routeproof.operations.proving.targets import EndpointWords, Target, endpoint_target

PACKAGE = NpmPackage(
    name="@copilotkit/aimock",
    version="1.43.0",
    integrity="sha512-V8D8cjSMtAR4rHaD2ulp3DR/ZguXQjDNOqwKDNvjb/OJL/KR1I0SDf5xpRCd+TYKjhmf9fM8Xpg3QBKPmV9Kmw==",
    node=(20, 15),
)
KEY = "sk-aimock-canary-0123456789abcdef"
MODEL, THINKER = "gpt-4o-mini", "o4-mini"
START_S = 20.0
_LISTENS = re.compile(r"aimock server listening on (http://127\.0\.0\.1:\d+)")

Json = dict[str, Any]

RECORDED: dict[str, Json] = {
    "person": {"name": "Ada Lovelace", "age": 36, "member": True},
    "order": {
        "number": 77,
        "customer": {"name": "Mia Berg", "address": {"street": "Main Street", "house": "5", "city": "Oslo"}},
    },
    "shopping": {"items": ["bread", "milk", "apples"]},
    "polygon": {"corners": [{"x": 0, "y": 0}, {"x": 4, "y": 0}, {"x": 0, "y": 3.5}]},
    "ticket": {"title": "printer on fire", "priority": "urgent", "team": "facilities"},
    "contact": {"name": "Lee Wong", "telephone": "555 0100"},
    "measurement": {"degrees": 21.5, "humidity": 40, "quality": 4},
    "payment": {"amount": 12.5, "by": {"kind": "card", "last_four": "4242"}},
    "flight": {"number": "LH 400", "origin": "FRA", "destination": "JFK", "gate": None},
    "recipe": {"名前": "crêpes", "zutaten_größe": ["flour", "milk", "eggs"], "durée": 20},
    "route": {"start": {"x": 1, "y": 2}, "end": {"x": 3, "y": 4}},
    "colour": {"name": "crimson", "parts": [220, 20, 60], "tags": ["red"]},
}
"""What a good model would record, by what is recorded: as a tool's arguments, and as a structured answer."""
CALLS: dict[str, tuple[str, Json]] = {
    "weather": ("get_weather", {"city": "Lisbon"}),
    "parcel": ("track_parcel", {"parcel": "A-1"}),
    "account": ("get_balance", {"account": "B-2"}),
    "currency": ("convert_currency", {"amount": 120, "source": "EUR", "target": "USD"}),
    "reminder": ("set_reminder", {"subject": "meeting", "minutes": 30}),
}
"""A word of a question, and the call that it leads to."""
TEXTS = {
    "rivers": "Rivers rise in hills. They carry sand. Fish live in them. Towns grow beside them. All reach a sea.",
    "harbour at dawn": "The harbour is grey and still. " * 10,
}
"""A word of a prompt, and the answer."""
PLAIN, DEPOT = "Naïve 🌊, as you say.", "It is at the depot."
WAVE = "Rivers begin small,🌊 and grow on their way to the sea."
"""The wave stands where aimock ends its first piece: after 20 units of UTF-16, of which it has two."""


def fixtures() -> list[Json]:
    """What aimock is to answer: the first that matches. No fixture knows a word that only the run knows."""
    found = [
        _fixture({"responseFormat": "json_object"}, {"content": {"word": "river", "letters": 5}}),
        *(
            _fixture({"responseFormat": "json_schema", "userMessage": f"the {noun}"}, {"content": answer})
            for noun, answer in RECORDED.items()
        ),
        *(
            _fixture({"toolName": f"record_{noun}"}, {"toolCalls": [{"name": f"record_{noun}", "arguments": answer}]})
            for noun, answer in RECORDED.items()
        ),
        _fixture({"hasToolResult": True}, {"content": DEPOT}),
        _fixture({"userMessage": "Two things at once"}, {"toolCalls": [_call("parcel"), _call("account")]}),
        *(_fixture({"userMessage": word}, {"toolCalls": [_call(word)]}) for word in CALLS),
        *(_fixture({"userMessage": word}, {"content": text}) for word, text in TEXTS.items()),
        _fixture({}, {"content": PLAIN}),
    ]
    return [*found, {"match": {"model": THINKER}, "response": {"content": WAVE, "reasoning": "Rivers, then."}}]


def _call(word: str) -> Json:
    name, arguments = CALLS[word]
    return {"name": name, "arguments": arguments}


def _fixture(match: Json, response: Json) -> Json:
    """Bound to the model: without that, aimock answers for any."""
    return {"match": {"model": MODEL, **match}, "response": response}


class Aimock:
    """Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        """`folder` gets its configuration, its fixtures and its log."""
        self._program = installed(PACKAGE) / "dist" / "aimock-cli.js"
        self._log = folder / "aimock.log"
        self._config = folder / "aimock.json"
        answers = folder / "fixtures.json"
        answers.write_text(json.dumps({"fixtures": fixtures()}))
        config = {"llm": {"fixtures": str(answers), "logLevel": "warn"}, "auth": {"apiKeys": [KEY]}}
        self._config.write_text(json.dumps(config))
        self._process: subprocess.Popen[bytes]

    def target(self, model: str = MODEL) -> Target:
        """One of its models, as an endpoint of no configuration."""
        found = _LISTENS.search(self._log.read_text())
        assert found is not None
        words = EndpointWords(
            base_url=f"{found[1]}/v1", api_key="env:KEY", model=model, dialect="openai", allow_plain=True
        )
        return endpoint_target(words, {"KEY": KEY}, Path())

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            argv = ["node", str(self._program), "--config", str(self._config), "--port", "0"]
            self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            until(self._started, "aimock listens", START_S)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _started(self) -> bool:
        assert self._process.poll() is None, f"aimock ended: {self._log.read_text()}"
        return _LISTENS.search(self._log.read_text()) is not None

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
