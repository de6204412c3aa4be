"""The table that a person reads: medians, how they stand to nginx in the same round, and the floors."""

from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.figures import BASE, DIRECT, Figure, Floor, FloorReading, figures
from bench.medians import Sample, by_round, compared, spread
from bench.results import Results

NOTHING = "-"


def render(results: Results) -> RenderableType:
    """The table, then what its reader has to know."""
    parts: list[RenderableType] = [_figures_table(results)]
    parts += [Text(f"Note: {note}") for note in results.notes]
    parts += [Text(f"Broken: {problem}", style="red") for problem in results.broken]
    return Group(*parts)


def _figures_table(results: Results) -> Table:
    options = results.options
    table = Table(
        title=f"Medians of {options.rounds} round(s); in brackets: to nginx in the same round",
        caption=f"{results.machine.cpu}; one core for the target, one for load and upstream",
    )
    table.add_column("scenario", no_wrap=True)
    table.add_column("figure")
    for name in options.targets:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("floor", no_wrap=True)
    shown = [figure for figure in figures(options.sizes) if figure.scenario in options.scenarios]
    for _, group in groupby(shown, key=lambda figure: figure.scenario):
        for figure in group:
            cells = [cell(figure, name, results.samples) for name in options.targets]
            if any(text != NOTHING for text in cells):
                table.add_row(figure.scenario, figure.title, *cells, floor_cell(figure, results.floors))
        table.add_section()
    return table


def cell(figure: Figure, target: str, samples: list[Sample]) -> str:
    """A figure of one target, and how it stands to nginx."""
    values = _values(figure, target, samples)
    found = spread(values)
    if found is None:
        return NOTHING
    text = f"{found.median:,.{figure.digits}f}"
    if figure.comparison is None or target in (BASE, DIRECT):
        return text
    against = spread(compared(values, _values(figure, BASE, samples), figure.comparison))
    if against is None:
        return text
    if figure.comparison == "difference":
        return f"{text} ({against.median:+,.{figure.digits}f})"
    return f"{text} ({_ratio_text(against.median)}x)"


def _ratio_text(ratio: float) -> str:
    if ratio < 0.1:
        return f"{ratio:.2g}"
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def _values(figure: Figure, target: str, samples: list[Sample]) -> dict[int, float]:
    values = by_round(samples, figure.scenario, target, figure.key)
    if figure.over is None:
        return values
    if target == figure.over:
        return {}
    return compared(values, by_round(samples, figure.scenario, figure.over, figure.key), "difference")


def floor_cell(figure: Figure, readings: list[FloorReading]) -> Text:
    """The floor of a figure and whether it is met; empty where it has none or was not measured."""
    for reading in readings:
        floor = reading.floor
        if (floor.scenario, floor.key, None) == (figure.scenario, figure.key, figure.over):
            if reading.met is None:
                return Text(_floor_text(floor))
            style = "green" if reading.met else "red"
            return Text(f"{_floor_text(floor)}: {'met' if reading.met else 'not met'}", style=style)
    return Text()


def _floor_text(floor: Floor) -> str:
    return f"{floor.sense} {floor.bound:g} {floor.unit}"
