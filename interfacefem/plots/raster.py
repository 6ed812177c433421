# SPDX-License-Identifier: MIT
"""Cells as pixels: pyvista draws a window of a mesh off-screen, to scale and without frame.

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
    return photograph(surface, window, height)


def photograph(
    surface: Any,
    window: Window,
    height: int,
    *,
    view: tuple[float, float, float] = (0.0, 0.0, 1.0),
    shaded: bool = False,
    edges: bool = False,
) -> npt.NDArray[np.uint8]:
    """Draw a surface with flat colours in parallel projection.

    Parameters
    ----------
    surface : pyvista.PolyData
        With a colour of each cell.
    window : tuple of float
        Left, right, bottom and top of what is seen, along the picture's own axes through the origin
        [um].
    height : int
        Pixels from bottom to top.
    view : tuple of float
        Direction from the surface to the eye; if it is not z, z points up.
    shaded : bool
        Whether light shows the form.
    edges : bool
        Whether the edges of the cells are drawn.

    Returns
    -------
    array of uint8, shape (height, width, 4)
        Transparent where there is nothing.
    """
    pyvista = import_pyvista()
    left, right, bottom, top = window
    width = max(round(height * (right - left) / (top - bottom)), 1)
    eye = np.array(view) / np.linalg.norm(view)
    flat = abs(float(eye[2])) > 1.0 - 1e-12
    upward = np.array((0.0, 1.0, 0.0) if flat else (0.0, 0.0, 1.0))
    across = np.cross(upward, eye)
    across /= np.linalg.norm(across)
    up = np.cross(eye, across)
    centre = 0.5 * (left + right) * across + 0.5 * (bottom + top) * up
    reach = 10.0 * max(top - bottom, float(np.ptp(surface.points, axis=0).max()))
    centre = centre + float(np.mean(surface.points @ eye)) * eye
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plotter = pyvista.Plotter(off_screen=True, window_size=(width, height))
        try:
            plotter.add_mesh(
                surface,
                scalars="colour",
                rgb=True,
                lighting=shaded,
                # together no more than one, so that no colour is washed out
                ambient=0.45 if shaded else 0.0,
                diffuse=0.55 if shaded else 1.0,
                show_edges=edges,
                edge_color="#2B2B2B",
            )
            plotter.enable_anti_aliasing("ssaa")
            plotter.enable_parallel_projection()
            plotter.camera.focal_point = tuple(centre)
            plotter.camera.position = tuple(centre + reach * eye)
            plotter.camera.up = tuple(up)
            plotter.camera.parallel_scale = 0.5 * (top - bottom)
            plotter.camera.clipping_range = (0.1 * reach, 2.0 * reach)
            image = plotter.screenshot(None, return_img=True, transparent_background=True)
        finally:
            plotter.close()
    return np.asarray(image, dtype=np.uint8)
