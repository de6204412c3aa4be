"""The control matrix: what is declared of each request parameter, and what was measured."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from routeproof.evidence.plan import Declared
from routeproof.operations.reports.model import Align, Section, Table, Text
from routeproof.prover.controls.effects import declared_effect
from routeproof.prover.controls.measuring import Reading

_PREFIX: Final = "control."
_VALUES: Final = ".values"
_COLUMNS: Final[tuple[tuple[str, Align], ...]] = (
    ("control", "left"),
    ("declared", "left"),
    ("measured", "left"),
    ("shown by", "left"),
)


def controls_section(declared: Mapping[str, Declared], readings: Iterable[Reading]) -> Section:
    """The section: every control of which something is declared, or was measured."""
    rows = tuple(_rows(declared, {one.control: one for one in readings}))
    heading = "Controls"
    if not rows:
        return Section("controls", heading, (Text("Nothing is declared of this route's controls, or measured."),))
    words = Text("A control is a request parameter that a provider may honour, ignore or refuse.")
    return Section("controls", heading, (words, Table("Declared and measured", _COLUMNS, rows)))


def _rows(declared: Mapping[str, Declared], readings: Mapping[str, Reading]) -> Iterator[tuple[str, str, str, str]]:
    names = {name.removeprefix(_PREFIX) for name in declared if name.startswith(_PREFIX) and not name.endswith(_VALUES)}
    for name in sorted(names | readings.keys()):
        reading = readings.get(name)
        if reading is None:
            yield name, _declared(declared, name), "not measured", "-"
        else:
            measured = "can't be told" if reading.effect is None else reading.effect.value
            yield name, _declared(declared, name), measured, reading.words


def _declared(declared: Mapping[str, Declared], name: str) -> str:
    effect, values = declared_effect(declared, name), declared.get(f"{_PREFIX}{name}{_VALUES}")
    return ("nothing" if effect is None else effect.value) + (f" ({values})" if values else "")
