# SPDX-License-Identifier: MIT
"""Fonts, lines and grids of all pictures, on a screen and on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from interfacefem.errors import EnvironmentProblem

_RC: Any = {
    "font.family": "sans-serif",
    "font.size": 10.0,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "lines.linewidth": 1.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Names of steps and layers are shown as they are, dollar signs too.
    "text.parse_math": False,
    # Text stays text that can be searched and edited, in fonts that journals accept.
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
}
#: what is different on a page [pt]
_PAGE_RC: Any = {
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.2,
    "legend.handlelength": 1.6,
    "lines.linewidth": 1.3,
    "axes.linewidth": 0.7,
    "grid.linewidth": 0.5,
}


@contextmanager
def theme(*, scale: float = 1.0) -> Iterator[None]:
    """Apply the look while figures are made or saved.

    Parameters
    ----------
    scale : float
        Below 1 on a page.

    Raises
    ------
    EnvironmentProblem
        If matplotlib is missing.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise EnvironmentProblem(
            "pictures need matplotlib; install it with: pip install 'interfacefem[plots]'"
        ) from error
    with mpl.rc_context(_RC | (_PAGE_RC if scale < 1.0 else {})):
        yield
