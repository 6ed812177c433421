# SPDX-License-Identifier: MIT
"""Cells as pixels: pyvista draws a window of a plane mesh off-screen, to scale and without frame.

Axes, labels and colour bars are drawn around it by matplotlib, in ``deformed``.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import EnvironmentProblem

FloatArray = npt.NDArray[np.float64]
Window = tuple[float, float, float, float]


def import_pyvista() -> Any:
    """Return pyvista, quiet about the display it does not need.

    Raises
    ------
    EnvironmentProblem
        If it is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyvista
            import vtk
    except ImportError as error:
        raise EnvironmentProblem(
            "pictures of the stack need pyvista; install it with: "
            f"pip install 'interfacefem[plots]' ({error})"
        ) from error
    vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_OFF)
    return pyvista


def cells_as_pixels(
    points: FloatArray,
    cells: npt.NDArray[np.int64],
    colours: npt.NDArray[np.uint8],
    window: Window,
    height: int,
) -> npt.NDArray[np.uint8]:
    """Draw quadrilaterals in flat colours.

    Parameters
    ----------
    points : array, shape (n, 2)
        Node positions [um].
    cells : array, shape (m, 4)
        Nodes of each cell.
    colours : array of uint8, shape (m, 3)
        Colour of each cell.
    window : tuple of float
        Left, right, bottom and top of what is seen [um].
    height : int
        Pixels from bottom to top.

    Returns
    -------
    array of uint8, shape (height, width, 4)
        Transparent where there is no cell.
    """
    pyvista = import_pyvista()
    left, right, bottom, top = window
    # Draw only what may be seen; a cell reaches over the edge if any of its nodes is inside.
    x, y = points[cells, 0], points[cells, 1]
    seen = (x.max(1) >= left) & (x.min(1) <= right) & (y.max(1) >= bottom) & (y.min(1) <= top)
    width = max(round(height * (right - left) / (top - bottom)), 1)
    if not seen.any():
        return np.zeros((height, width, 4), dtype=np.uint8)
    place = np.column_stack([points, np.zeros(len(points))])
    face = np.column_stack([np.full(int(seen.sum()), 4), cells[seen]]).ravel()
    surface = pyvista.PolyData(place, faces=face)
    surface.cell_data["colour"] = colours[seen]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plotter = pyvista.Plotter(off_screen=True, window_size=(width, height))
        try:
            plotter.add_mesh(surface, scalars="colour", rgb=True, lighting=False)
            plotter.enable_anti_aliasing("ssaa")
            plotter.enable_parallel_projection()
            middle = (0.5 * (left + right), 0.5 * (bottom + top))
            reach = top - bottom
            plotter.camera.focal_point = (*middle, 0.0)
            plotter.camera.position = (*middle, 10.0 * reach)
            plotter.camera.up = (0.0, 1.0, 0.0)
            plotter.camera.parallel_scale = 0.5 * reach
            plotter.camera.clipping_range = (reach, 20.0 * reach)
            image = plotter.screenshot(None, return_img=True, transparent_background=True)
        finally:
            plotter.close()
    return np.asarray(image, dtype=np.uint8)
