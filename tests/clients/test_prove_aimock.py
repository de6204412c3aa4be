"""Proves a provider that nobody here wrote, CopilotKit's aimock, and holds each verdict against its bytes.

Its fixtures answer as a good model would, except with what only the run knows. So a mock passes what is about the shape
of answers, streams, usage and errors, and must fail what takes a model: words that were drawn for the run, limits,
choices, a cache. The reader below shares nothing with the prover's oracles.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support.aimock import CALLS, DEPOT, MODEL, PLAIN, RECORDED, TEXTS, THINKER, WAVE, Aimock

from routeproof.evidence.observations import Ending, Observation
from routeproof.evidence.verdicts import Verdict
from routeproof.operations.prices.priced_routes import PriceDesk
from routeproof.operations.proving.running import ProvenRun, ProveOptions, plan_route, run_to_the_end
from routeproof.prover.cases.nonces import nonce_of
from routeproof.prover.packs import Pack

PASSES = (
    "E01", "E03", "R03", "R05",  # its refusals are OpenAI's error objects: broken JSON, unknown models, wrong keys
    "P01", "R04", "U01", "M03", "K01",  # its whole answers, which it builds from a fixture's text
    "S01", "S02", "S03", "S04", "S05",  # its streams, at least of a fixture's plain text (see THINKING)
    "J01", "J02", "T02", "T07",  # texts and arguments of fixtures arrive whole, in fragments too, in any script
    "T04",  # no fixture calls a tool for these questions
    "U02", "U03", "U04",  # it counts a token for four characters, which is linear and within any tokenizer's bounds
    "R02",  # it lists the models that its fixtures name
    "N02", "R01", "R06", "R07", "R08",  # about the run itself: what was asked, of whom, with which key
)  # fmt: skip
FAILS = {
    # Nobody knows in advance the words that are drawn for the run.
    "P02": {f"the form '{form}' is taken and not understood: the answer lacks its words" for form in (
        "developer", "empty-tools", "fifty-turns", "name", "parts", "system", "unicode")},
    "P05": {"the code that stands in the system message is not in the answer"},
    "P06": {f"what was told at the first turn is not known at turn {turn}" for turn in (2, 10)},
    "K02": {f"replay {way}: the second turn does not know what the first one said" for way in (
        "kept", "omitted", "tools kept", "tools omitted")},
    "T05": {"the call of track_parcel has not the parcel that the question names",
            "the call of get_balance has not the account that the question names"},
    # As above; and it takes any tool result, whichever call it names.
    "T06": {"the answer does not say what the tool's result says",
            "a tool result for a call that nobody made is answered with status 200 instead of being refused"},
    # It reads neither tool_choice nor max_tokens, and checks no value of a request.
    "T01": {"choice required, and no tool was called", "choice named, and no tool was called",
            "tool_choice none, and 'get_weather' was called",
            "an unknown tool_choice is answered with status 200 instead of being refused"},
    "L03": {"the finish reason at the limit of 6 tokens is 'stop', not 'length'",
            "78 completion tokens where 6 were allowed"},
    "P04": {"max_tokens of -1 gets status 200, not 400 or 422",
            "max_tokens that is a text gets status 200, not 400 or 422",
            "a message of an unknown role gets status 200, not 400 or 422"},
    "J03": {f"{what} is answered with status 200 instead of being refused" for what in (
        "a json_schema without its schema", "a response_format that is a text",
        "a response_format of an unknown type")},
    # One prompt, one fixture, one answer; and no cache.
    "I01": {"5 answers by direct at temperature 1.2 have the same words"},
    "U05": {"no cached tokens, though the same long prefix was sent before"},
}  # fmt: skip
UNDECIDED = {
    "L01": (Verdict.ERROR, "declares no limit of the context"),
    "L02": (Verdict.ERROR, "declares no limit of the context"),
    "P03": (Verdict.INCONCLUSIVE, "Nothing is declared of any control"),
    "U09": (Verdict.ERROR, "no fact states what this route costs"),
    "R09": (Verdict.ERROR, "no self-test on record"),
    "N01": (Verdict.INCONCLUSIVE, "can't be seen with one key"),
    "U12": (Verdict.INCONCLUSIVE, "no price in dollars"),
    "U08": (Verdict.SKIP, "does not tell what an account has left"),
}
"""What this prover was not given, and says so; never a pass."""
THINKING = {
    "K01": set[str](), "P01": set[str](), "S01": set[str](), "S04": set[str](), "S05": set[str](),
    # Two faults of aimock 1.43.0 in streams: it cuts texts between the halves of a surrogate pair, and sends the
    # reasoning of a fixture before the delta that names the role.
    "S02": {"half a surrogate pair, which is no character"},
    "S03": {"a choice begins without a role"},
}  # fmt: skip


def prove(aimock: Aimock, model: str, checks: tuple[str, ...]) -> ProvenRun:
    """As often as `qualify` asks; the latencies alone are left out, which say more of this machine than of aimock."""
    options = ProveOptions(checks=checks, repeats=Pack.QUALIFY, seed=7)
    return run_to_the_end(plan_route(aimock.target(model), options, desk=PriceDesk(None)))


@pytest.fixture(scope="module")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    """It answers from fixtures, for one key."""
    with Aimock(tmp_path_factory.mktemp("aimock")) as running:
        yield running


@pytest.fixture(scope="module")
def proven(aimock: Aimock) -> ProvenRun:
    """The model whose fixtures are plain."""
    return prove(aimock, MODEL, (*PASSES, *FAILS, *UNDECIDED))


@pytest.fixture(scope="module")
def thinking(aimock: Aimock) -> ProvenRun:
    """The model whose fixture has reasoning, and a character of two UTF-16 units where a piece ends."""
    return prove(aimock, THINKER, tuple(THINKING))


def answers(run: ProvenRun, case: str, step: int = 1) -> list[Observation]:
    """All answers of cases whose name begins so."""
    found = [one for one in run.observations if one.case.startswith(case) and one.step == step]
    assert found and {one.transcript.ending for one in found} == {Ending.COMPLETE}
    return found


def streams(run: ProvenRun) -> list[Observation]:
    """The answers to what asked for a stream about rivers, and to the one that wanted no usage."""
    found = [one for one in answers(run, "stream") if body_sent(one).get("stream")]
    assert found
    return found


def body_sent(one: Observation) -> Any:
    """The request that it answers."""
    return json.loads(one.transcript.request.body.data)


def body(one: Observation) -> Any:
    """A whole answer as Python's own parser reads it."""
    return json.loads(one.transcript.body.data)


def chunks(one: Observation) -> list[Any]:
    """A stream's chunks, taken apart at its empty lines; it must end with one end mark."""
    *events, end, nothing = one.transcript.body.data.decode().split("\n\n")
    assert (end, nothing) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in events]


def said(one: Observation) -> str:
    """The words of an answer, streamed or not."""
    if not one.transcript.body.data.startswith(b"data:"):
        return str(body(one)["choices"][0]["message"]["content"])
    deltas = [choice["delta"] for chunk in chunks(one) for choice in chunk["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


def called(one: Observation) -> list[tuple[str, Any]]:
    """The calls of a whole answer."""
    calls = body(one)["choices"][0]["message"].get("tool_calls", [])
    return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls]


def test_what_a_mock_can_honestly_do_passes(proven: ProvenRun) -> None:
    """Every check of shapes, with nothing to find fault with."""
    found = {one.check: (one.verdict, one.failures) for one in proven.run.results}

    assert {check: found[check] for check in PASSES} == dict.fromkeys(PASSES, (Verdict.PASS, ()))


@pytest.mark.parametrize("check", FAILS)
def test_what_takes_a_model_fails(proven: ProvenRun, check: str) -> None:
    """In the words of what is wrong with it, and with bytes that show it."""
    result = next(one for one in proven.run.results if one.check == check)

    assert result.verdict is Verdict.FAIL
    assert FAILS[check] <= set(result.failures)
    assert all(exhibit.excerpt for exhibit in result.exhibits)
    assert result.exhibits


def test_what_could_not_be_judged_is_no_pass(proven: ProvenRun) -> None:
    """Each says why; and nothing else is undecided."""
    found = {one.check: one for one in proven.run.results}

    assert {check: found[check].verdict for check in UNDECIDED} == {check: one for check, (one, _) in UNDECIDED.items()}
    assert all(words in found[check].summary for check, (_, words) in UNDECIDED.items())
    assert set(found) == {*PASSES, *FAILS, *UNDECIDED}


def test_its_whole_answers_are_right_by_their_bytes(proven: ProvenRun) -> None:
    """P01, R02, R04, U01: the fixture's words, the model asked for and listed, counts that add up, ids of their own."""
    plain = answers(proven, "plain")
    usages = [body(one)["usage"] for one in plain]

    assert {(one.transcript.status, body(one)["object"], body(one)["model"], said(one)) for one in plain} == {
        (200, "chat.completion", MODEL, PLAIN)
    }
    assert all(usage["prompt_tokens"] + usage["completion_tokens"] == usage["total_tokens"] > 0 for usage in usages)
    assert len({body(one)["id"] for one in plain}) == len(plain)
    assert {entry["id"] for one in answers(proven, "models") for entry in body(one)["data"]} == {MODEL, THINKER}


def test_its_streams_are_right_by_their_bytes(proven: ProvenRun) -> None:
    """S01 to S05: one end mark, one id, one role and first, one finish reason and last, then the usage where asked."""
    for one in streams(proven):
        *parts, last = chunks(one)
        if one.case == "stream-without-usage":
            parts.append(last)
            assert b"usage" not in one.transcript.body.data
        else:
            assert last["choices"] == [] and last["usage"]["total_tokens"] > 0
            assert said(one) == TEXTS["rivers"]
        choices = [chunk["choices"][0] for chunk in parts]
        assert len({(chunk["id"], chunk["model"]) for chunk in [*parts, last]}) == 1
        assert [place for place, choice in enumerate(choices) if "role" in choice["delta"]] == [0]
        assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]
        assert choices[-1]["finish_reason"] == "stop"


def test_its_refusals_are_right_by_their_bytes(proven: ProvenRun) -> None:
    """R03, R05, E01: 404 for a model without fixtures and 401 without the key, as error objects and without usage."""
    for case, status in (
        ("nonexistent-model", 404),
        ("error-unknown-model", 404),
        ("bad-key", 401),
        ("error-not-", 400),
    ):
        assert {one.transcript.status for one in answers(proven, case)} == {status}
        assert all(set(body(one)) == {"error"} for one in answers(proven, case))
        assert all(isinstance(body(one)["error"]["message"], str) for one in answers(proven, case))


def test_its_fixtures_arrive_whole(proven: ProvenRun) -> None:
    """J01, J02, T07: what was put into its fixtures is what the prover took for right."""
    assert all(json.loads(said(one)) == {"word": "river", "letters": 5} for one in answers(proven, "json-stream"))
    structured = [json.loads(said(one)) for one in answers(proven, "structured-")]
    whole = [one for one in answers(proven, "schema-") if one.case.endswith(".whole")]

    assert all(answer in RECORDED.values() for answer in structured)
    assert all(RECORDED[name.removeprefix("record_")] == given for one in whole for name, given in called(one))


def test_its_counts_are_a_quarter_of_the_characters(proven: ProvenRun) -> None:
    """U02, U03: so the slope is that of eight short words with their spaces, 32 characters, and nothing is added."""
    for one in answers(proven, "count-"):
        prompt = body_sent(one)["messages"][0]["content"]
        assert body(one)["usage"]["prompt_tokens"] == -(-len(prompt) // 4)


def _lacks_nonce(label: str = "") -> Callable[[ProvenRun, Observation], bool]:
    def lacks(run: ProvenRun, one: Observation) -> bool:
        return nonce_of(run.plan.seed, one.case, one.trial, label) not in one.transcript.body.data.decode()

    return lacks


SHOWN: list[tuple[str, str, int, Callable[[ProvenRun, Observation], bool]]] = [
    ("P02", "form-", 1, _lacks_nonce()),
    ("K02", "replay-", 2, _lacks_nonce()),
    ("T06", "tool-result", 2, lambda _run, one: said(one) == DEPOT),
    ("T05", "parallel-whole", 1, lambda _run, one: called(one) == [CALLS["parcel"], CALLS["account"]]),
    ("T01", "choice-none", 1, lambda _run, one: [name for name, _ in called(one)] == ["get_weather"]),
    ("T01", "choice-required", 1, lambda _run, one: not called(one)),
    ("T01", "choice-named", 1, lambda _run, one: not called(one)),
    ("T01", "choice-invalid", 1, lambda _run, one: one.transcript.status == 200),
    ("L03", "cap-whole", 1, lambda _run, one: body(one)["choices"][0]["finish_reason"] == "stop"),
    ("L03", "cap-", 1, lambda _run, one: said(one) == TEXTS["harbour at dawn"]),
    ("J03", "format-", 1, lambda _run, one: one.transcript.status == 200),
    ("I01", "fresh", 1, lambda _run, one: said(one) == PLAIN),
    ("U05", "long-prefix", 2, lambda _run, one: b"cached" not in one.transcript.body.data),
]


@pytest.mark.parametrize(("check", "case", "step", "shows"), SHOWN, ids=[f"{one[0]}-{one[1]}" for one in SHOWN])
def test_what_fails_is_wrong_by_its_bytes(
    proven: ProvenRun, check: str, case: str, step: int, shows: Callable[[ProvenRun, Observation], bool]
) -> None:
    """In every trial: no finding is the oracle's own mistake."""
    assert check in FAILS
    assert all(shows(proven, one) for one in answers(proven, case, step))


def test_two_faults_of_its_streams_are_found(thinking: ProvenRun) -> None:
    """They are in the bytes; the same words in one piece are right, and everything else of these streams is, too."""
    results = {one.check: one for one in thinking.run.results}
    found = streams(thinking)

    assert {check: set(one.failures) for check, one in results.items()} == THINKING
    assert {check: one.verdict for check, one in results.items()} == {
        check: Verdict.FAIL if faults else Verdict.PASS for check, faults in THINKING.items()
    }
    assert {tuple(chunks(one)[0]["choices"][0]["delta"]) for one in found} == {("reasoning_content",)}
    assert all(b"small,\\ud83c" in one.transcript.body.data for one in found)
    assert {said(one) for one in answers(thinking, "plain")} == {WAVE}
