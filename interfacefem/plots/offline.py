# SPDX-License-Identifier: MIT
"""The deformed stack for the viewer of vtk.js, which turns it in any browser without a server.

Only what is seen goes along: the surface behind a cut, one colour a face. pyvista makes the
surface, trame-vtk has the viewer and writes what it draws. Where a page shows it: ``sweep.frame``.
"""

from __future__ import annotations

import importlib
import io
import json
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import numpy as np

from interfacefem.errors import EnvironmentProblem
from interfacefem.plots.cut import hexahedra
from interfacefem.plots.deformed import FIELD
from interfacefem.plots.painted import AMBIENT, Painted, even_words, import_pyvista, paint_all
from interfacefem.results import Results

#: colours of a bar from which a browser draws a smooth one
STOPS = 12
#: a cell is in the middle within this part of the width [-]
ROUND_OFF = 1e-6


@dataclass(frozen=True)
class Bar:
    """What the colours of a layer mean.

    Attributes
    ----------
    layer : str
    low, high : str
        Values at the ends; empty where the layer is grey.
    colours : tuple of str
        From low to high, as ``#rrggbb``.
    words : str
        The largest value, or the only one.
    """

    layer: str
    low: str
    high: str
    colours: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Script:
    """A script of the viewer: its type (empty or ``module``) and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Offline:
    """A scene with its viewer.

    Attributes
    ----------
    scripts : tuple of Script
        In their order; they draw into the element of class ``content``.
    label : str
        Of the field with its unit.
    bars : tuple of Bar
        Of the layers, top first.
    """

    scripts: tuple[Script, ...]
    label: str
    bars: tuple[Bar, ...]


def offline(results: Results, step: str, field: str = FIELD) -> Offline:
    """Return a stack in 3D, cut through its middle, with the colours of the still picture.

    Parameters
    ----------
    results : Results
        Of a run in 3D.
    step : str
        At the end of this step.
    field : str
        As in :func:`interfacefem.plots.stack`.

    Raises
    ------
    EnvironmentProblem
        If trame-vtk or pyvista is missing.
    ResultsError
        If the step or field is unknown, or no layer fields are stored there.
    """
    painted = paint_all([results.layer(name).at(step) for name in results.layers], field)
    scripts = Scripts()
    scripts.feed(viewer(_surface(painted)))
    label = next(layer.label for layer in painted if layer.label)
    return Offline(tuple(scripts.found), label, tuple(map(_bar, reversed(painted))))


def _surface(painted: Sequence[Painted]) -> Any:
    """Return what is seen of the cells that lay behind the middle along y before the press.

    The cut runs between cells: one by a plane leaves slivers where the plane all but meets a face.
    """
    points = np.vstack([layer.points for layer in painted])
    middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
    before = [layer.state.points_reference[:, 1] for layer in painted]
    low, high = min(map(np.min, before)), max(map(np.max, before))
    ahead = 0.5 * (low + high) - ROUND_OFF * (high - low)
    parts = []
    for layer, y in zip(painted, before, strict=True):
        behind = y[layer.cells].mean(axis=1) >= ahead
        half = replace(layer, cells=layer.cells[behind], colours=layer.colours[behind])
        parts.append(hexahedra(half).extract_surface(algorithm="dataset_surface"))
    surface = import_pyvista().merge(parts, merge_points=False)
    surface.points = np.asarray(surface.points - middle, dtype=np.float32)
    for data in (surface.point_data, surface.cell_data):
        for name in set(data.keys()) - {"colour"}:
            del data[name]
    return surface


def viewer(surface: Any) -> str:
    """Return the page of the viewer with a surface in it.

    It is put together from the parts of trame-vtk that write a scene; its export, which pyvista
    calls, starts a web server for it.

    Parameters
    ----------
    surface : pyvista.PolyData
        With a colour of each cell.

    Raises
    ------
    EnvironmentProblem
        If trame-vtk is missing.
    """
    pyvista = import_pyvista()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            write = importlib.import_module("trame_vtk.modules.vtk.serializers")
            tools = importlib.import_module("trame_vtk.tools.vtksz2html")
        except ImportError as error:
            raise EnvironmentProblem(
                "trame-vtk is missing; install it with: pip install 'interfacefem[view]'"
            ) from error
        plotter = pyvista.Plotter(off_screen=True)
        try:
            plotter.add_mesh(
                surface, scalars="colour", rgb=True, ambient=AMBIENT, diffuse=1.0 - AMBIENT
            )
            plotter.camera_position = [(-0.55, -1.0, 0.42), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]
            plotter.reset_camera()
            scene = json.dumps(_described(write, plotter.render_window))
        finally:
            plotter.close()
    packed, page = io.BytesIO(), io.StringIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("index.json", scene)
    tools.write_html(packed.getvalue(), page)
    return page.getvalue()


def _described(write: Any, window: Any) -> dict[str, Any]:
    """Return a window of VTK as the viewer reads it: what there is, and its arrays."""
    write.initialize_serializers()
    context = write.SynchronizationContext()
    context.set_ignore_last_dependencies(True)
    camera = window.GetRenderers().GetFirstRenderer().GetActiveCamera()
    scene = write.serialize(None, window, write.reference_id(window), context, 1)
    scene["extra"] = {
        "vtkRefId": write.reference_id(window),
        "centerOfRotation": camera.GetFocalPoint(),
        "camera": write.reference_id(camera),
    }
    arrays = {
        entry["hash"]: {**entry, "content": context.get_cached_data_array(entry["hash"], False)}
        for entry in write.extract_array_hash(scene)
    }
    return {"hashes": arrays, "scene": scene}


class Scripts(HTMLParser):
    """The scripts that stand in a page, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Script] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a script."""
        if tag == "script":
            self._inside = True
            self.found.append(Script(dict(attrs).get("type") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        """End a script."""
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        """Go on with a script."""
        if self._inside:
            last = self.found[-1]
            self.found[-1] = Script(last.kind, last.text + data)


def _bar(layer: Painted) -> Bar:
    name = layer.state.name
    if layer.scale.even:
        return Bar(name, "", "", (), f"{even_words(layer)} (grey)")
    colours = layer.scale.map()(np.linspace(0.0, 1.0, STOPS))[:, :3]
    stops = tuple("#" + bytes(np.uint8(255.0 * colour)).hex() for colour in colours)
    smallest, largest = float(np.nanmin(layer.values)), float(np.nanmax(layer.values))
    words = f"largest {largest:.3g}"
    if layer.scale.low < 0.0:
        words = f"{smallest:.3g} to {largest:.3g}"
    return Bar(name, f"{layer.scale.low:.4g}", f"{layer.scale.high:.4g}", stops, words)
