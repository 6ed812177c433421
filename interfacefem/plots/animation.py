# SPDX-License-Identifier: MIT
"""A press as a short film, increment by increment: pressure and gap, or any field."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import areas, theme
from interfacefem.plots.choose import Moment, Scale, require_increments, scale_of
from interfacefem.plots.cut import behind, middle_of
from interfacefem.plots.deformed import draw_cells, frame_of
from interfacefem.plots.painted import Painted, cell_sizes, colour_bars, paint_all
from interfacefem.plots.profiles import draw_field, draw_gap, draw_pressure, open_gap
from interfacefem.plots.values import is_of_interfaces, on_cells, shown
from interfacefem.quantities import user_path
from interfacefem.results import InterfaceState, LayerState, Results
from interfacefem.results.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

#: no more frames than this; of longer runs increments are left out evenly, the last one never
MOST_FRAMES = 60
#: time of a frame, and of the last one [ms]
FRAME, LAST = 250, 1500
#: dots per inch, so that a film stays a few MB
DPI = 72

Draw = Callable[[int], "Figure"]


@dataclass(frozen=True, eq=False)
class Frames:
    """A film in memory.

    Attributes
    ----------
    images : list of PIL.Image.Image
    """

    images: list[Image]

    def write(self, path: Path) -> Path:
        """Write an animated GIF; return the path.

        Raises
        ------
        ResultsError
            If the name does not end in ``.gif`` or the file cannot be written.
        """
        if path.suffix != ".gif":
            raise ResultsError(f"{path}: a film is written as .gif; give such a name")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            film = io.BytesIO()
            self.images[0].save(
                film,
                format="GIF",
                save_all=True,
                append_images=self.images[1:],
                duration=[FRAME] * (len(self.images) - 1) + [LAST],
                loop=0,
            )
            write_whole(path, film.getvalue())
        except OSError as error:
            raise ResultsError(
                f"{path}: cannot write the film ({error.strerror or error}); choose another place"
            ) from error
        return path


def animation(
    results: Results, path: str | Path, *, frames: int = MOST_FRAMES, field: str | None = None
) -> Path:
    """Write the increments of a run as an animated GIF.

    Maps of pressure and gap in 3D, lines in the plane; all frames have the same scales.

    Parameters
    ----------
    results : Results
        The run.
    path : path
        A ``.gif`` file.
    frames : int
        No more than so many.
    field : str, optional
        This field instead: any that is stored of interfaces or of layers. Of layers the deformed
        stack, at the increments with fields inside the layers.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ResultsError
        If nothing is stored yet, the field is unknown, the name does not end in ``.gif`` or the
        file cannot be written.
    """
    target = user_path(path, "film")
    if target.suffix != ".gif":
        raise ResultsError(f"{target}: a film is written as .gif; give such a name")
    return film(results, frames=frames, field=field).write(target)


@theme.themed
def film(results: Results, *, frames: int = MOST_FRAMES, field: str | None = None) -> Frames:
    """Return the increments of a run as a film that is not written yet; see :func:`animation`.

    Raises
    ------
    ResultsError
        If nothing is stored yet, or the field is unknown.
    """
    require_increments(results)
    rows = list(range(len(results)))
    draw: Callable[[list[int]], Draw] = _pressure_and_gap(results)
    if field is not None:
        if _of_interfaces(results, field):
            draw = _interface_field(results, field)
        else:
            rows = [row for row in rows if _has_layers(results, row)]
            draw = _layer_field(results, field)
    chosen = _evenly(rows, frames)
    frame = draw(chosen)
    return Frames([_image(frame(row)) for row in chosen])


def _evenly(rows: Sequence[int], frames: int) -> list[int]:
    """Return the rows of the history that become frames, evenly, the last one among them."""
    last = len(rows) - 1
    chosen = np.linspace(0, last, max(min(len(rows), frames), 1)).round()
    return [rows[k] for k in sorted({int(k) for k in chosen} | {last})]


def _when(results: Results, row: int) -> tuple[str, int]:
    return str(results.history["step"][row]), int(results.history["increment"][row])


def _states(results: Results, row: int) -> list[InterfaceState]:
    states = [results.interface(name).at(*_when(results, row)) for name in results.interfaces]
    return [state for state in states if state.present]


def _has_layers(results: Results, row: int) -> bool:
    return results.has_layers_at(row)


def _of_interfaces(results: Results, field: str) -> bool:
    """Return whether a field is one of interfaces; refuse one of nothing at all.

    Raises
    ------
    ResultsError
        With the fields of interfaces and of layers.
    """
    rows = range(len(results))
    ends = [row for row in rows if row + 1 == len(results) or _is_end(results, row)]
    states = [state for row in ends for state in _states(results, row)]
    layers: list[LayerState] = []
    for row in (row for row in rows if _has_layers(results, row)):
        found = [results.layer(layer).at(*_when(results, row)) for layer in results.layers]
        layers += [state for state in found if state.present]
    return is_of_interfaces(states, layers, field, results.path)


def _is_end(results: Results, row: int) -> bool:
    return bool(results.history["step"][row] != results.history["step"][row + 1])


def _pressure_and_gap(results: Results) -> Callable[[list[int]], Draw]:
    def begin(rows: list[int]) -> Draw:
        highest = _scales(results, rows)
        draw = _draw_areas if results.mesh.dimension == 3 else _draw_lines
        return lambda row: draw(results, row, highest)

    return begin


def _scales(results: Results, rows: list[int]) -> dict[str, float]:
    """Return the ends of the scales of pressure and gap over all frames."""
    pressure, gap = [], []
    for row in rows:
        for state in _states(results, row):
            pressure.append(state.contact_pressure.percentile(areas.SHOWN))
            gap.append(float(np.nanmax(open_gap(state)[1], initial=0.0)))
    return {
        "contact_pressure": max(pressure, default=0.0) or 1.0,
        "gap": max(gap, default=0.0) or 1.0,
    }


def _draw_areas(results: Results, row: int, highest: dict[str, float]) -> Figure:
    step, increment = _when(results, row)
    names = list(reversed(results.interfaces))
    fig = theme.figure(8.4, 1.4 + 3.5 * len(names))
    _title(fig, results, row)
    for part, kind in zip(fig.subfigures(1, 2, squeeze=False)[0], highest, strict=True):
        areas.column(part, results, step, increment, kind, names, highest[kind])
    return fig


def _draw_lines(results: Results, row: int, highest: dict[str, float]) -> Figure:
    step, increment = _when(results, row)
    pressure = float(results.history["nominal_pressure"][row])
    names = list(reversed(results.interfaces))
    fig = theme.figure(8.4, 0.8 + 3.0 * len(names))
    _title(fig, results, row)
    for part, name in zip(fig.subfigures(len(names), 1, squeeze=False)[:, 0], names, strict=True):
        upper, lower = part.subplots(2, 1, sharex=True, height_ratios=[1.25, 1.0])
        state = results.interface(name).at(step, increment)
        if not state.present:
            upper.set_title(f"{name}: not in the die", fontsize=10)
            continue
        draw_pressure(upper, state, Moment(step, (step,), pressure))
        upper.set(ylim=(0.0, 1.1 * highest["contact_pressure"]), ylabel="Pressure [MPa]")
        draw_gap(lower, state, highest["gap"])
        lower.set_ylabel("Gap [um]")
    return fig


def _interface_field(results: Results, field: str) -> Callable[[list[int]], Draw]:
    names = list(reversed(results.interfaces))

    def begin(rows: list[int]) -> Draw:
        scale = areas.field_scale(results, [_when(results, row) for row in rows], field)

        def draw(row: int) -> Figure:
            step, increment = _when(results, row)
            if results.mesh.dimension == 3:
                fig = theme.figure(5.6, 1.4 + 3.5 * len(names))
                areas.field_column(fig, results, step, increment, field, names, scale)
            else:
                fig = theme.figure(8.4, 0.8 + 2.2 * len(names))
                low, high = min(scale.low, 0.0), scale.high if not scale.even else scale.low + 1.0
                panels = fig.subplots(len(names), 1, squeeze=False)[:, 0]
                for axes, name in zip(panels, names, strict=True):
                    state = results.interface(name).at(step, increment)
                    draw_field(axes, state, field, (1.05 * low, 1.05 * high))
            _title(fig, results, row)
            return fig

        return draw

    return begin


def _layer_field(results: Results, field: str) -> Callable[[list[int]], Draw]:
    def states(row: int) -> list[LayerState]:
        return [results.layer(name).at(*_when(results, row)) for name in results.layers]

    def begin(rows: list[int]) -> Draw:
        scales = [_layer_scale([states(row)[k] for row in rows], field) for k in _places(results)]
        whole = [paint_all(states(row), field, scales) for row in (rows[0], rows[-1])]
        frame = frame_of(
            np.vstack([each.points for layers in whole for each in layers])[:, [0, -1]]
        )

        def draw(row: int) -> Figure:
            painted = paint_all(states(row), field, scales)
            fig = theme.figure(8.4, 7.0)
            _title(fig, results, row)
            upper, lower = fig.subfigures(2, 1, height_ratios=[1.0, 0.16], squeeze=False)[:, 0]
            axes = upper.subplots()
            if results.mesh.dimension == 3:
                _behind(axes, painted)
            else:
                draw_cells(axes, painted, frame, 560)
                axes.set(xlabel="x [um]", ylabel="y [um]", xlim=frame[:2], ylim=frame[2:])
            colour_bars(lower, painted)
            return fig

        return draw

    return begin


def _places(results: Results) -> range:
    return range(len(results.layers))


def _layer_scale(states: Sequence[LayerState], field: str) -> Scale:
    """Return one scale for a layer over all frames."""
    values, weights, unit = [], [], "-"
    for state in states:
        if not state.present:
            continue
        try:
            found = shown(state, field)
        except ResultsError:
            continue
        values.append(on_cells(found, state.cells))
        weights.append(cell_sizes(state.points, state.cells))
        unit = found.unit
    if not values:
        return Scale(0.0, 0.0, "viridis")
    return scale_of(np.concatenate(values), np.concatenate(weights), unit=unit)


def _behind(axes: Any, painted: Sequence[Painted]) -> None:
    image, seen = behind(painted, middle_of(painted), 560)
    axes.imshow(image, extent=seen, aspect="equal", interpolation="antialiased")
    axes.set_axis_off()


def _title(fig: Figure, results: Results, row: int) -> None:
    pressure = float(results.history["nominal_pressure"][row])
    fig.suptitle(
        f"{results.name}, {results.history['step'][row]}: {pressure:.3g} MPa",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )


def _image(fig: Figure) -> Image:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    fig.set_dpi(DPI)
    canvas: Any = FigureCanvasAgg(fig)  # matplotlib has no types for what follows
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    return picture.convert("P", palette=Image.Palette.ADAPTIVE)
