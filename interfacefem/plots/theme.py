# SPDX-License-Identifier: MIT
"""One look for all pictures: fonts, colours, labels, and figures that need no display.

Figures are made without pyplot, so nothing is shown, kept or switched behind the user's back.
Matplotlib is imported when the first figure is made.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from interfacefem.errors import EnvironmentProblem
from interfacefem.units import UNITS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

#: colours that the colour-blind tell apart (Okabe and Ito); for interfaces, steps and parts
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
#: colour of what touches, of what is open, of limits, and of second thoughts
CONTACT, OPEN, LIMIT, MUTED = "#D55E00", "#56B4E9", "#B00020", "#6B6B6B"
#: pale colours of layers, bottom to top
LAYER_COLOURS = ("#D9E4EC", "#F3E3C3", "#D8E8D3", "#EAD9E6", "#E4E4E4")
#: colour map of each field; perceptually uniform
COLOUR_MAPS = {"plastic_strain": "magma_r", "max_principal_stress": "cividis"}
DEFAULT_MAP = "viridis"
DARK_ENDED = frozenset({"plastic_strain"})
DPI = 150

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
}


def themed[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under the theme, and leave the user's settings as they were."""

    @functools.wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with theme():
            return function(*args, **kwargs)

    return drawn


@contextmanager
def theme() -> Iterator[None]:
    """Apply the look while figures are made or saved.

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
    with mpl.rc_context(_RC):
        yield


def figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, laid out so that nothing overlaps."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(made)
    return made


def colour_map(field: str) -> Colormap:
    """Return the colour map of a field, without the black end that hides lines."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib.colors import ListedColormap

    whole = mpl.colormaps[COLOUR_MAPS.get(field, DEFAULT_MAP)]
    return ListedColormap(whole(np.linspace(0.0, 0.88, 256))) if field in DARK_ENDED else whole


def axis_label(name: str) -> str:
    """Return ``Contact pressure [MPa]`` for ``contact_pressure``."""
    text = label(name) if name in UNITS else name.replace("_", " ")
    text = text.replace("von mises", "von Mises").replace("asr", "area-specific resistance")
    text = text.replace("^2", "²")
    return text[:1].upper() + text[1:] if not text.startswith("von Mises") else text


def plain_log_ticks(axes: Axes, which: str = "x") -> None:
    """Write 0.1, 1, 10 on a logarithmic axis, and also 2 and 5 where it spans little."""
    import numpy as np
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    decades = float(np.log10(high / low))
    axis.set_major_locator(LogLocator(subs=(1.0,) if decades > 2.2 else (1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def box(axes: Axes, window: tuple[float, float, float, float], mark: str) -> None:
    """Frame the part that a close-up shows: left, right, bottom, top."""
    from matplotlib.patches import Rectangle

    left, right, bottom, top = window
    axes.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, fill=False, edgecolor="black", zorder=5
        )
    )
    outlined(axes, left, top, mark, va="bottom", ha="left", fontweight="bold")


def outlined(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write text that can be read on any colour."""
    from matplotlib.patheffects import withStroke

    stroke = [withStroke(linewidth=3.0, foreground="white")]
    axes.text(x, y, text, path_effects=stroke, zorder=6, **style)
