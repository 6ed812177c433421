# SPDX-License-Identifier: MIT
"""A figure of matplotlib that keeps its look when it is saved by itself."""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from interfacefem.plots.look import theme


class Sheet(Figure):
    """A figure that needs no display; saved as PDF or SVG, its text is text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def savefig(self, *args: Any, **kwargs: Any) -> None:
        """Write a file, as :meth:`matplotlib.figure.Figure.savefig` does."""
        with theme():
            super().savefig(*args, **kwargs)
