"""Measures controls: from the observations of the probes to what became of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from routeproof.evidence.observations import Arm, Observation
from routeproof.evidence.plan import Case, Plan
from routeproof.prover.cases.chat_bodies import case
from routeproof.prover.controls.answered import Answered, answered, refused
from routeproof.prover.controls.effects import Effect, meets
from routeproof.prover.controls.probes import PROBES, SPREAD, SPREAD_REPEATS
from routeproof.prover.controls.table import CONTROLS, Control
from routeproof.prover.declared import is_absent
from routeproof.prover.judges.trials import Obstacle, obstacle_of
from routeproof.prover.setup import Setup

_PREFIX: Final = "control-"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one control."""

    control: str
    effect: Effect | None
    """None: it could not be told."""
    words: str
    """What showed it, or why it could not be told."""
    shown: Observation
    """The first answer to a request that sends the control."""
    obstacle: Obstacle | None = None
    """What kept it from being measured, where something did."""
    unsteady: bool = False
    """Trials say different things."""
    broken: bool = False
    """There is an answer with status 200 that says nothing."""

    def meets(self, declared: Effect) -> bool:
        """Whether it is as declared. What could not be told is not held against it; what differs between trials is."""
        if self.effect is None:
            return not self.unsteady
        return meets(declared, self.effect, by_gateway=self.shown.arm is Arm.GATEWAY)


def control_cases(setup: Setup, check: str) -> tuple[Case, ...]:
    """A case for every probe that some control of this route needs."""
    controls = [one for one in CONTROLS if one.needs is None or not is_absent(setup.declared, one.needs)]
    wanted = dict.fromkeys(probe for control in controls for probe in control.probes)
    return tuple(
        case(
            setup,
            _PREFIX + probe,
            check,
            PROBES[probe](setup),
            repeats=SPREAD_REPEATS if probe in SPREAD else None,
        )
        for probe in wanted
    )


def measure_controls(plan: Plan, observations: Iterable[Observation]) -> tuple[Reading, ...]:
    """A reading for every control whose probes were all planned; of several arms, the gateway's."""
    found: dict[Arm, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for one in observations:
        if one.case.startswith(_PREFIX):
            found[one.arm][one.case.removeprefix(_PREFIX)].append(one)
    arms = [arm for arm in (Arm.GATEWAY, Arm.DIRECT, Arm.DIRECT_AGAIN) if arm in found]
    if not arms:
        return ()
    probes = found[arms[0]]
    planned = [control for control in CONTROLS if all(probe in probes for probe in control.probes)]
    return tuple(_read(plan, control, probes) for control in planned)


def _read(plan: Plan, control: Control, probes: Mapping[str, list[Observation]]) -> Reading:
    carried = [one for probe in control.carriers for one in probes[probe]]
    refusals = Counter(effect for one in carried if (effect := refused(plan, one)) is not None)
    if refusals:
        shown = next(one for one in carried if refused(plan, one) is not None)
        words = f"status {shown.transcript.status} in {refusals.total()} of {len(carried)} requests with it"
        whole = all(refused(plan, one) is not None for one in carried) or len(control.carriers) > 1
        effect = refusals.most_common(1)[0][0]
        return _reading(control, effect if whole else None, words, shown, unsteady=not whole)
    answers = {probe: [answered(plan, one) for one in probes[probe]] for probe in control.probes}
    if any(None in told for told in answers.values()):
        return _unanswered(plan, control, [one for probe in control.probes for one in probes[probe]])
    kept = {probe: [one for one in told if one is not None] for probe, told in answers.items()}
    if control.read_all is not None:
        texts = {probe: tuple(one.content for one in told) for probe, told in kept.items()}
        return _joined(control, [control.read_all(texts)], carried[0])
    return _joined(control, _by_trial(control, kept), carried[0])


def _by_trial(control: Control, kept: Mapping[str, Sequence[Answered]]) -> list[Effect | None]:
    assert control.read is not None
    count = min(len(told) for told in kept.values())
    return [control.read({probe: told[number] for probe, told in kept.items()}) for number in range(count)]


def _joined(control: Control, effects: Sequence[Effect | None], shown: Observation) -> Reading:
    """One reading of all trials: what they agree on."""
    seen = Counter(effects)
    if len(seen) > 1:
        counts = ", ".join(f"{effect or 'untold'} in {count}" for effect, count in seen.most_common())
        return _reading(control, None, f"unsteady: {counts} of {len(effects)} trials", shown, unsteady=True)
    effect = effects[0]
    if effect is None:
        return _reading(control, None, "the answers do not tell", shown)
    words = control.shown_by if effect is Effect.EFFECTIVE else f"not seen: {control.shown_by}"
    return _reading(control, effect, words, shown)


def _unanswered(plan: Plan, control: Control, observations: Sequence[Observation]) -> Reading:
    for one in observations:
        obstacle = obstacle_of(plan, one)
        if obstacle is not None:
            return msgspec.structs.replace(_reading(control, None, obstacle.words, one), obstacle=obstacle)
    empty = next(one for one in observations if answered(plan, one) is None)
    reading = _reading(control, None, "an answer with status 200 says nothing", empty)
    return msgspec.structs.replace(reading, broken=True)


def _reading(
    control: Control, effect: Effect | None, words: str, shown: Observation, *, unsteady: bool = False
) -> Reading:
    return Reading(control=control.name, effect=effect, words=words, shown=shown, unsteady=unsteady)
