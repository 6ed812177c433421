# SPDX-License-Identifier: MIT
"""The pressed stack as a scene to turn in a notebook, with a choice of moment and field.

pyvista draws, trame brings it into the notebook, ipywidgets has the choices; all are imported when
asked for.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from interfacefem import logs
from interfacefem.plots.choose import highest_step
from interfacefem.plots.deformed import FIELD, stack
from interfacefem.plots.painted import AMBIENT, FloatArray, Painted, import_pyvista, paint
from interfacefem.plots.values import offered, require_field, shown
from interfacefem.results import LayerState, Results

logger = logs.get(__name__)
#: how far the stack stands left of the middle, beside the colour bars, of half the width
BESIDE = 0.2
#: colour of a layer that has nothing to show
GREY = "#E1E1E1"


def scene(
    results: Results, step: str | None = None, field: str = FIELD, *, cut: bool = True
) -> object:
    """Return the deformed stack to be turned in Jupyter, each layer on its own scale.

    Above it stand two lists: one of the moments at which fields of the layers are stored, one of
    these fields. Whatever is chosen is seen from where the scene was turned to.

    Parameters
    ----------
    results : Results
        The run, plane or in 3D.
    step : str, optional
        At first the end of this step is shown; that with the highest pressure by default.
    field : str
        Shown at first, as in :func:`interfacefem.plots.stack`.
    cut : bool
        Whether the front half of a stack in 3D is taken away.

    Returns
    -------
    widget or matplotlib.figure.Figure
        What a notebook cell shows. Outside of Jupyter, or without trame, it is the still picture of
        :func:`interfacefem.plots.stack`; a line in the log says why.

    Raises
    ------
    ResultsError
        If the step or field is unknown, or no layer fields are stored there.
    """
    found, why = None, "this is no notebook"
    if importlib.util.find_spec("trame") is None:
        why = "trame is missing; install it with: pip install 'pyvista[jupyter]'"
    elif _in_jupyter():
        # opened for itself, so that another moment can be chosen after the run was closed
        found, why = _show(Turned(Results.open(results.path), step, field, cut=cut))
    if found is None:
        logger.info("a still picture in place of the scene: %s", why)
        return stack(results, step, field)
    return found


class Turned:
    """A stack in a window of pyvista; what it shows can be changed, and the view stays.

    Parameters
    ----------
    results, step, field, cut
        As in :func:`scene`.

    Attributes
    ----------
    plotter : pyvista.Plotter
        Not shown yet.
    row : int
        Of the history, the moment that is shown.
    field : str
        That is shown, with its part: ``displacement.magnitude``.

    Raises
    ------
    ResultsError
        If the step or field is unknown, or no layer fields are stored there.
    """

    def __init__(
        self, results: Results, step: str | None = None, field: str = FIELD, *, cut: bool = True
    ) -> None:
        self._results = results
        self._cut = cut and results.mesh.dimension == 3
        step = highest_step(results) if step is None else step
        number = results.layer(results.layers[0]).at(step).increment
        rows = [row for row in range(len(results)) if results.when(row) == (step, number)]
        states = self._states(rows[0])
        require_field(states, field)
        name = field.partition(".")[0]
        of = next(state for state in states if name in state.fields)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a display that is not needed
            self.plotter = import_pyvista().Plotter(notebook=True, off_screen=True)
        self._drawn: list[Any] = []
        self.choose(rows[0], shown(of, field).field)
        if results.mesh.dimension == 2:
            self.plotter.view_xy()
        else:
            self.plotter.camera_position = [(-0.55, -1.0, 0.42), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]
            self.plotter.reset_camera()
        self.plotter.camera.SetWindowCenter(BESIDE, 0.0)

    def choose(self, row: int, field: str) -> None:
        """Show a field at a moment; a layer that has none there is grey.

        Parameters
        ----------
        row : int
            Of the history, one of :meth:`moments`.
        field : str
            One of :meth:`fields`.
        """
        painted = [paint(state, field) for state in self._states(row)]
        edges = any(actor.prop.show_edges for actor in self._drawn)
        for title in list(self.plotter.scalar_bars.keys()):
            self.plotter.remove_scalar_bar(title, render=False)
        for actor in self._drawn:
            self.plotter.remove_actor(actor, render=False)
        self._drawn = [
            self._add(layer, field, number / len(painted), 1.0 / len(painted))
            for number, layer in enumerate(painted)
        ]
        for actor in self._drawn:
            actor.prop.show_edges = edges
        said = f"{self._results.name}, {self._words(row)}"
        if not any(layer.label for layer in painted):
            said += f": no {self.fields()[field]} there"
        # the menu is above
        self.plotter.add_text(
            said, position="lower_left", font_size=10, name="moment", render=False
        )
        self.row, self.field = row, field
        self.plotter.render()

    def moments(self) -> dict[int, str]:
        """Return the rows of the history with fields of layers, and what they are called."""
        rows = [row for row in range(len(self._results)) if self._results.has_layers_at(row)]
        return {row: self._words(row) for row in rows}

    def fields(self) -> dict[str, str]:
        """Return the fields that a layer has at any moment, with their names and units in words."""
        found: dict[str, str] = {}
        for row in self.moments():
            for state in self._states(row):
                known = {field.partition(".")[0] for field in found}
                if not known.issuperset(state.fields):
                    found |= {field: shown(state, field).label for field in offered(state)}
        return found

    def _states(self, row: int) -> list[LayerState]:
        """Return the layers that are in the die at a moment."""
        when = self._results.when(row)
        states = [self._results.layer(name).at(*when) for name in self._results.layers]
        return [state for state in states if state.present]

    def _words(self, row: int) -> str:
        step, number = self._results.when(row)
        pressure = float(self._results.history["nominal_pressure"][row])
        moment = (
            "end of" if number == self._results.increments(step)[-1] else f"increment {number} of"
        )
        return f"{moment} '{step}' at {pressure:.3g} MPa"

    def _add(self, layer: Painted, field: str, low: float, part: float) -> Any:
        """Draw a layer, with its colour bar in a part of the height from below."""
        grid = _grid(layer, field)
        if self._cut:
            grid = grid.clip(normal=(0.0, -1.0, 0.0), origin=tuple(grid.center))
        look: dict[str, Any] = {"color": GREY}
        if not layer.scale.even:
            ticks = _round_ticks(layer.scale.low, layer.scale.high)
            look = {
                "scalars": field,
                "cmap": layer.scale.map(),
                "clim": (ticks[0], ticks[-1]),
                "scalar_bar_args": {
                    "title": f"{layer.state.name}\n{layer.label}\n",
                    "vertical": True,
                    "position_x": 0.82,
                    "position_y": 0.04 + 0.94 * low,
                    "height": 0.88 * part,
                    "width": 0.06,
                    "n_labels": len(ticks),
                    "fmt": "%.4g",
                    "title_font_size": 14,
                    "label_font_size": 12,
                },
            }
        return self.plotter.add_mesh(
            grid, ambient=AMBIENT, diffuse=1.0 - AMBIENT, reset_camera=False, render=False, **look
        )


def _show(turned: Turned) -> tuple[Any, str]:
    """Return what a notebook shows, None and why where it can only be a still."""
    from PIL import Image

    with warnings.catch_warnings(record=True) as caught, _nothing_fetched():
        warnings.simplefilter("always")
        found = turned.plotter.show(jupyter_backend="server", return_viewer=True)
    if isinstance(found, Image.Image):
        turned.plotter.close()
        return None, " ".join(str(item.message) for item in caught) or "trame does not answer"
    return _with_choices(turned, found), ""


def _with_choices(turned: Turned, window: Any) -> Any:
    """Return a window with the two lists above it."""
    import ipywidgets

    lists = [
        ipywidgets.Dropdown(
            options=[(words, key) for key, words in options.items()],
            value=value,
            description=title,
            layout=ipywidgets.Layout(width="48%"),
        )
        for title, options, value in (
            ("Moment", turned.moments(), turned.row),
            ("Field", turned.fields(), turned.field),
        )
    ]
    # JupyterLab answers a list in a thread of its own, but only one thread may draw
    loop = asyncio.get_running_loop()

    def chosen(_: object) -> None:
        loop.call_soon_threadsafe(turned.choose, *(one.value for one in lists))

    for one in lists:
        one.observe(chosen, names="value")
    return ipywidgets.VBox([ipywidgets.HBox(lists), window])


#: part of trame that fetches a renderer from the network as soon as it is there
_FETCHES = "trame.widgets.vtklocal"


@contextmanager
def _nothing_fetched() -> Iterator[None]:
    """Keep pyvista from a renderer that the scene does not use, as if it were not installed."""
    modules: dict[str, Any] = sys.modules
    if _FETCHES in modules:
        yield  # somebody uses it
        return
    modules[_FETCHES] = None
    try:
        yield
    finally:
        del modules[_FETCHES]


def _round_ticks(low: float, high: float) -> FloatArray:
    """Return a few round numbers, from one that is not above a range to one that is not below."""
    from matplotlib.ticker import MaxNLocator

    return np.asarray(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def _grid(layer: Painted, field: str) -> Any:
    pyvista = import_pyvista()
    missing = 3 - layer.points.shape[1]
    points = np.column_stack([layer.points, np.zeros((len(layer.points), missing))])
    kind = pyvista.CellType.QUAD if missing else pyvista.CellType.HEXAHEDRON
    grid = pyvista.UnstructuredGrid({kind: layer.cells}, points)
    grid.cell_data[field] = layer.values
    return grid


def _in_jupyter() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None
