"""Every control that is measured: its probes, and how its effect is read from their answers."""

import json
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from routeproof.prover.controls.answered import Answered
from routeproof.prover.controls.effects import Effect
from routeproof.prover.controls.probes import LIMIT_TOKENS, STOP

Trial = Mapping[str, Answered]
"""The answers of one trial, by probe."""
Texts = Mapping[str, tuple[str, ...]]
"""The texts of all trials, by probe."""
_FEWER: Final = 0.9
"""A penalty shows where a word is said less than so many times as often."""
_SHORTER: Final = 0.5
"""A budget shows where the reasoning is less than so many times as long."""
_PRESERVED_TOKENS: Final = 20


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """One control."""

    name: str
    shown_by: str
    """How its effect shows, in plain words."""
    carriers: tuple[str, ...]
    """The probes that send it: where one of them is refused, so is the control."""
    contrasts: tuple[str, ...] = ()
    """Probes without it, to compare with."""
    needs: str | None = None
    """The facet that it belongs to; not measured where the route declares that it has none."""
    read: Callable[[Trial], Effect | None] | None = None
    """From one trial; None: what came does not tell."""
    read_all: Callable[[Texts], Effect | None] | None = None
    """From the texts of all trials instead, for what shows in several answers only."""

    @property
    def probes(self) -> tuple[str, ...]:
        """All that it needs."""
        return (*self.carriers, *self.contrasts)


def _shows(seen: object) -> Effect:
    return Effect.EFFECTIVE if seen else Effect.IGNORED


def _limit(probe: str) -> Callable[[Trial], Effect | None]:
    def read(trial: Trial) -> Effect | None:
        told = trial[probe]
        tokens = told.tokens("completion_tokens")
        return _shows(told.is_cut and (tokens is None or tokens <= LIMIT_TOKENS))

    return read


def _stop(trial: Trial) -> Effect | None:
    text = trial["stop"].content.lower()
    if "alpha" not in text:
        return None
    return _shows(STOP not in text and "delta" not in text)


def _json(trial: Trial) -> Effect | None:
    try:
        return _shows(isinstance(json.loads(trial["response-format"].content), dict))
    except ValueError:
        return Effect.IGNORED


def _tool_choice(trial: Trial) -> Effect | None:
    return _shows(trial["tool-choice"].calls == 0) if trial["tools"].calls else None


def _parallel(trial: Trial) -> Effect | None:
    return _shows(trial["parallel-on"].calls > 1 and trial["parallel-off"].calls <= 1)


def _penalty(probe: str) -> Callable[[Trial], Effect | None]:
    def read(trial: Trial) -> Effect | None:
        plain, fewer = (trial[one].content.lower().count("apple") for one in ("repetition", probe))
        return _shows(fewer < plain * _FEWER) if plain > 1 else None

    return read


def _switch(on: str, off: str) -> Callable[[Trial], Effect | None]:
    return lambda trial: _shows(trial[on].thinks and not trial[off].thinks)


def _budget(trial: Trial) -> Effect | None:
    free, bounded = (len(trial[probe].reasoning) for probe in ("no-budget", "budget"))
    return _shows(bounded < free * _SHORTER) if free else None


def _preserve(trial: Trial) -> Effect | None:
    kept, dropped = (trial[probe].tokens("prompt_tokens") for probe in ("preserve-on", "preserve-off"))
    return None if kept is None or dropped is None else _shows(kept - dropped >= _PRESERVED_TOKENS)


def _narrows(probe: str) -> Callable[[Texts], Effect | None]:
    """Whether there are fewer different texts with it than without."""

    def read(texts: Texts) -> Effect | None:
        free, narrowed = (len(set(texts[one])) for one in ("spread", probe))
        return _shows(narrowed < free) if free > 1 else None

    return read


def _temperature(texts: Texts) -> Effect | None:
    return _shows(len(set(texts["cool"])) < len(set(texts["spread"])))


CONTROLS: Final[tuple[Control, ...]] = (
    Control(
        name="thinking",
        shown_by="reasoning with `enabled`, none with `disabled`",
        carriers=("thinking-on", "thinking-off"),
        read=_switch("thinking-on", "thinking-off"),
        needs="facet.reasoning",
    ),
    Control(
        name="enable_thinking",
        shown_by="reasoning with true, none with false",
        carriers=("enable-thinking-on", "enable-thinking-off"),
        read=_switch("enable-thinking-on", "enable-thinking-off"),
        needs="facet.reasoning",
    ),
    Control(
        name="thinking_budget",
        shown_by="less than half of the reasoning with a budget of 16 tokens",
        carriers=("budget",),
        contrasts=("no-budget",),
        read=_budget,
        needs="facet.reasoning",
    ),
    Control(
        name="preserve_thinking",
        shown_by="earlier reasoning is counted in the prompt with true, and not with false",
        carriers=("preserve-on", "preserve-off"),
        read=_preserve,
        needs="facet.reasoning",
    ),
    Control(
        name="reasoning_effort",
        shown_by="no reasoning with `none`, some with `high`",
        carriers=("effort-high", "effort-none"),
        read=_switch("effort-high", "effort-none"),
        needs="facet.reasoning",
    ),
    Control(
        name="max_tokens",
        shown_by="an answer of at most 4 tokens that ends with `length`",
        carriers=("max-tokens",),
        read=_limit("max-tokens"),
    ),
    Control(
        name="max_completion_tokens",
        shown_by="an answer of at most 4 tokens that ends with `length`",
        carriers=("max-completion-tokens",),
        read=_limit("max-completion-tokens"),
    ),
    Control(
        name="stop",
        shown_by="a line that is to be repeated ends before the stop word",
        carriers=("stop",),
        read=_stop,
    ),
    Control(
        name="n",
        shown_by="two choices",
        carriers=("n",),
        read=lambda trial: _shows(len(trial["n"].messages) == 2),
    ),
    Control(
        name="seed",
        shown_by="fewer different answers with one seed than without, at a high temperature",
        carriers=("seeded",),
        contrasts=("spread",),
        read_all=_narrows("seeded"),
    ),
    Control(
        name="temperature",
        shown_by="fewer different answers at 0 than at 1.9",
        carriers=("cool", "spread"),
        read_all=_temperature,
    ),
    Control(
        name="top_p",
        shown_by="fewer different answers at 0.01 than without, at a high temperature",
        carriers=("narrow",),
        contrasts=("spread",),
        read_all=_narrows("narrow"),
    ),
    Control(
        name="presence_penalty",
        shown_by="a word that is to be repeated is said less often",
        carriers=("presence-penalty",),
        contrasts=("repetition",),
        read=_penalty("presence-penalty"),
    ),
    Control(
        name="frequency_penalty",
        shown_by="a word that is to be repeated is said less often",
        carriers=("frequency-penalty",),
        contrasts=("repetition",),
        read=_penalty("frequency-penalty"),
    ),
    Control(
        name="logprobs",
        shown_by="probabilities of the answer's tokens",
        carriers=("logprobs",),
        read=lambda trial: _shows(trial["logprobs"].has_logprobs),
    ),
    Control(
        name="response_format",
        shown_by="a JSON object, though a plain sentence is asked for",
        carriers=("response-format",),
        read=_json,
        needs="facet.json",
    ),
    Control(
        name="tools",
        shown_by="a call, where the question needs one",
        carriers=("tools",),
        read=lambda trial: _shows(trial["tools"].calls),
        needs="facet.tools",
    ),
    Control(
        name="tool_choice",
        shown_by="no call with `none`, where there is one without it",
        carriers=("tool-choice",),
        contrasts=("tools",),
        read=_tool_choice,
        needs="facet.tools",
    ),
    Control(
        name="parallel_tool_calls",
        shown_by="two calls with true, at most one with false",
        carriers=("parallel-on", "parallel-off"),
        read=_parallel,
        needs="facet.tools",
    ),
    Control(
        name="stream_options",
        shown_by="a usage in a stream that asks for one",
        carriers=("stream-options",),
        read=lambda trial: _shows(trial["stream-options"].usage is not None),
    ),
)
