# SPDX-License-Identifier: MIT
"""A prescribed contact with the current that it lets pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import layout, theme
from interfacefem.post import area_map, focusing_factor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options
    from interfacefem.results import Conducted, InterfaceField

#: pixels of a map along its longer side
PIXELS = 240
#: height of one map, and of one line of a section [inch]
SIZE, LINES = 3.4, 1.8


@theme.themed
def contact_map(
    conducted: Conducted, interface: str | None = None, **options: Unpack[Options]
) -> Figure:
    """Draw where an interface is in contact, and the current density that follows.

    Parameters
    ----------
    conducted : Conducted
        What :func:`interfacefem.conduct` returns.
    interface : str, optional
        ``"lower|upper"``; the first one by default.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
        Of an area two maps, of a section two lines.

    Raises
    ------
    ResultsError
        If there is no such interface.
    """
    if not conducted.interfaces:
        raise ResultsError("one layer alone has no interface to draw")
    name = next(iter(conducted.interfaces)) if interface is None else interface
    density = conducted.interface(name)
    covered = conducted.covered[name]
    relative = replace(density, values=np.abs(density.values) / abs(density.mean()))
    titles = (
        f"{covered.mean():.3g} of the area in contact",
        f"up to {focusing_factor(density):.3g} times the mean",
    )
    labels = ("Share in contact [-]", "Current density / mean [-]")
    head = (
        f"{' on '.join(reversed(name.split('|')))}: {conducted.asr_total:.4g} ohm cm\u00b2, "
        f"of which constriction {conducted.asr_constriction:.4g}"
    )
    line = density.points.shape[1] == 2
    if line:
        fig, panels = layout.tiles(2, 1, (6.4, LINES), around=0.6, sharex=True)
    else:
        fig, panels = layout.tiles(2, 2, (2.0 * SIZE + 1.4, SIZE + 0.8), around=0.3)
    layout.head(fig, head)
    for axes, field, title, label, colours in zip(
        panels, (covered, relative), titles, labels, ("Greys", "YlGnBu"), strict=True
    ):
        axes.set_title(title, fontsize=layout.points(9.5), fontweight="normal")
        if line:
            order = np.argsort(field.x)
            axes.plot(field.x[order], field.values[order], color=theme.CONTACT)
            axes.fill_between(field.x[order], field.values[order], color=theme.CONTACT, alpha=0.2)
            axes.set_ylabel(label)
            axes.set_ylim(bottom=0.0)
        else:
            _draw(axes, field, label, colours)
    panels[-1].set_xlabel("x [um]")
    return fig


def _draw(axes: Axes, field: InterfaceField, label: str, colours: str) -> None:
    length = np.ptp(field.points[:, :2], axis=0)
    along = np.maximum(np.rint(PIXELS * length / length.max()), 1).astype(int)
    values = area_map(field, (int(along[0]), int(along[1])))
    image = axes.imshow(
        values.values.T,
        origin="lower",
        extent=(values.x[0], values.x[-1], values.y[0], values.y[-1]),
        cmap=colours,
        vmin=0.0,
        interpolation="nearest",
    )
    axes.grid(visible=False)
    axes.set_xlabel("x [um]")
    axes.set_ylabel("y [um]")
    layout.colour_bar(axes, image, label)
