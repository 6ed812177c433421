# SPDX-License-Identifier: MIT
"""A stack to turn and cut with the mouse in Jupyter; the still picture where that cannot be.

pyvista draws, trame brings it into the notebook; both are imported when asked for.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem import logs
from interfacefem.plots.choose import highest_step, pressure_at
from interfacefem.plots.deformed import FIELD, stack
from interfacefem.plots.painted import paint_all
from interfacefem.plots.raster import import_pyvista
from interfacefem.results import Results

if TYPE_CHECKING:
    from interfacefem.plots.painted import Painted

logger = logs.get(__name__)
#: part of the light that comes from everywhere, so that colours can be read
AMBIENT = 0.45


def scene(
    results: Results, step: str | None = None, field: str = FIELD, *, cut: bool = True
) -> object:
    """Return the deformed stack to be turned in Jupyter, each layer on its own scale.

    Parameters
    ----------
    results : Results
        The run, plane or in 3D.
    step : str, optional
        At the end of this step; the one with the highest pressure by default.
    field : str
        As in :func:`interfacefem.plots.stack`.
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
    shown, why = None, "this is no notebook"
    if importlib.util.find_spec("trame") is None:
        why = "trame is missing; install it with: pip install 'pyvista[jupyter]'"
    elif _in_jupyter():
        shown, why = _show(build(results, step, field, cut=cut))
    if shown is None:
        logger.info("a still picture in place of the scene: %s", why)
        return stack(results, step, field)
    return shown


def _show(plotter: Any) -> tuple[Any, str]:
    """Return what a notebook shows, None and why where it can only be a still."""
    from PIL import Image

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        shown = plotter.show(jupyter_backend="trame", return_viewer=True)
    if isinstance(shown, Image.Image):
        plotter.close()
        return None, " ".join(str(item.message) for item in caught) or "trame does not answer"
    return shown, ""


def build(
    results: Results, step: str | None = None, field: str = FIELD, *, cut: bool = True
) -> Any:
    """Return the scene as a plotter of pyvista that nothing has shown yet.

    Parameters
    ----------
    results, step, field, cut
        As in :func:`scene`.
    """
    step = highest_step(results) if step is None else step
    painted = paint_all([results.layer(name).at(step) for name in results.layers], field)
    pyvista = import_pyvista()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a display that is not needed
        plotter = pyvista.Plotter(notebook=True, off_screen=True)
    for number, layer in enumerate(painted):
        grid = _grid(pyvista, layer, field)
        if cut and results.mesh.dimension == 3:
            middle = tuple(grid.center)
            grid = grid.clip(normal=(0.0, -1.0, 0.0), origin=middle)
        if layer.scale.even:
            plotter.add_mesh(grid, color="#E1E1E1", ambient=AMBIENT, diffuse=1.0 - AMBIENT)
            continue
        plotter.add_mesh(
            grid,
            ambient=AMBIENT,
            diffuse=1.0 - AMBIENT,
            scalars=field,
            cmap=layer.scale.map(),
            clim=(layer.scale.low, layer.scale.high),
            scalar_bar_args={
                "title": f"{layer.state.name}: {layer.label}",
                "vertical": True,
                "position_x": 0.88,
                "position_y": 0.05 + 0.9 * number / len(painted),
                "height": 0.75 / len(painted),
                "width": 0.06,
                "title_font_size": 14,
                "label_font_size": 12,
            },
        )
    plotter.add_text(
        f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa", font_size=10
    )
    if results.mesh.dimension == 2:
        plotter.view_xy()
    else:
        plotter.camera_position = [(-0.55, -1.0, 0.42), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]
        plotter.reset_camera()
    return plotter


def _grid(pyvista: Any, layer: Painted, field: str) -> Any:
    missing = 3 - layer.points.shape[1]
    points = np.column_stack([layer.points, np.zeros((len(layer.points), missing))])
    kind = pyvista.CellType.QUAD if missing else pyvista.CellType.HEXAHEDRON
    grid = pyvista.UnstructuredGrid({kind: layer.cells}, points)
    grid.cell_data[field] = layer.values
    return grid


def _in_jupyter() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None
