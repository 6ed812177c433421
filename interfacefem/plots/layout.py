# SPDX-License-Identifier: MIT
"""How a picture is divided on its page: figure, panels, titles, legends.

Lengths are inches on a screen, sizes of text points; on a page both are smaller (see
:mod:`interfacefem.plots.page`), and what does not fit side by side goes below.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from interfacefem.errors import ResultsError
from interfacefem.plots import page

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.legend import Legend

_SEVERAL = (
    "this picture has several panels, which one Axes cannot hold; give ax=SubFigure, as of "
    "figure.subfigures(), or leave ax out and give width"
)
#: narrowest page on which close-ups stand beside the whole [inch]
BESIDE = 6.0
#: least height of a panel over that on a screen
LOWEST = 0.75


def figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, laid out so that nothing overlaps.

    While a picture is drawn for a page, the width is that of the page, and the height follows its
    smaller text; in a part of somebody's figure it is that part.

    Raises
    ------
    ResultsError
        If there is one Axes to draw into; see :func:`panels`.
    """
    from interfacefem.plots.sheet import Sheet

    sheet = page.current()
    if sheet.ax is not None:
        if hasattr(sheet.ax, "get_xlim"):
            raise ResultsError(_SEVERAL)
        return cast("Figure", sheet.ax)
    if sheet.size is not None:
        width, height = sheet.size[0], sheet.size[1] or sheet.scale * height
    default = page.SCREEN_DPI if sheet.size is None else page.PAGE_DPI
    return Sheet(figsize=(width, height), dpi=sheet.dpi or default, layout="constrained")


def panels(
    size: tuple[float, float], lines: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, np.ndarray[Any, Any]]:
    """Return a figure of a size with panels, (lines, columns); one panel may be given axes.

    Parameters
    ----------
    size : tuple of float
        Width and height [inch].
    lines, columns : int
        Of panels.
    **options : object
        Of ``Figure.subplots``.

    Raises
    ------
    ResultsError
        If there is one Axes for several panels.
    """
    import numpy as np

    given = page.current().ax
    if hasattr(given, "get_xlim") and lines * columns == 1:
        return given.figure, np.array([[given]], dtype=object)
    made = figure(*size)
    return made, made.subplots(lines, columns, squeeze=False, **options)


def room(width: float) -> float:
    """Return how wide the picture is in inches on a screen, ``width`` if that is not stated."""
    sheet = page.current()
    if sheet.ax is not None:
        return page.width_of(sheet.ax) / sheet.scale
    return width if sheet.size is None else sheet.size[0] / sheet.scale


def across(count: int, least: float) -> int:
    """Return how many of so many panels stand side by side, each at least so wide [inch]."""
    wide = room(count * least)
    return max(1, min(count, int(wide / least + 1e-9)))


def tiles(
    count: int,
    columns: int,
    size: tuple[float, float],
    *,
    least: float = 3.4,
    around: float = 0.8,
    **options: Any,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, in fewer columns where the page is narrow.

    Parameters
    ----------
    count : int
        Of panels.
    columns : int
        At most.
    size : tuple of float
        Width of the figure, and height of a panel [inch].
    least : float
        Smallest width of a panel [inch].
    around : float
        Height of what is above and below all panels [inch].
    **options : object
        Of ``Figure.subplots``.
    """
    given = columns
    columns = min(columns, across(count, least), count)
    lines = -(-count // columns)
    # a panel that is narrower than it was drawn for is lower too
    part = room(size[0]) / columns / (size[0] / min(given, count))
    height = size[1] * min(max(part, LOWEST), 1.0)
    figure, made = panels((size[0], around + lines * height), lines, columns, **options)
    for axes in made.flat[count:]:
        axes.set_axis_off()
    return figure, list(made.flat[:count])


def is_wide() -> bool:
    """Return whether close-ups stand beside the whole."""
    return room(BESIDE) >= BESIDE


def below_each_other(whole: float, close: float) -> tuple[float, float]:
    """Return the heights of a whole and of a close-up below it from height over width [inch]."""
    wide = room(BESIDE) - 0.8
    return 0.85 + wide * min(whole, 1.2), 0.85 + wide * close


def one_and_many(
    part: Figure | SubFigure,
    count: int,
    widths: tuple[float, float],
    heights: tuple[float, float],
) -> tuple[Axes, list[Axes]]:
    """Return axes for a whole on the left and for its close-ups on the right, or below it.

    Parameters
    ----------
    part : Figure or SubFigure
    count : int
        Of close-ups.
    widths, heights : tuple of float
        Of whole and close-ups, over each other.
    """
    if is_wide():
        grid = part.add_gridspec(max(count, 1), 2, width_ratios=widths)
        whole, places = part.add_subplot(grid[:, 0]), [grid[row, 1] for row in range(count)]
    else:
        grid = part.add_gridspec(count + 1, 1, height_ratios=[heights[0]] + [heights[1]] * count)
        whole, places = part.add_subplot(grid[0, 0]), [grid[row + 1, 0] for row in range(count)]
    return whole, [part.add_subplot(place) for place in places]


def points(size: float) -> float:
    """Return a size of text on a screen as it is on the page [pt]."""
    scale = page.current().scale
    return size if scale == 1.0 else max(scale * size, page.SMALLEST)


def head(figure: Figure | SubFigure, text: str) -> None:
    """Write the title of a picture, on the left above its panels; none in given axes."""
    sheet = page.current()
    said = text if sheet.title is None or sheet.title is True else sheet.title
    if said and not hasattr(sheet.ax, "get_xlim"):
        figure.suptitle(said, fontsize=points(11.5), fontweight="bold", x=0.01, ha="left")


def panel_title(axes: Axes, text: str) -> None:
    """Write the title of a picture above its only, or uppermost, panel."""
    title = page.current().title
    if title is not False:
        axes.set_title(title if isinstance(title, str) else text)


def nested(number: int, count: int) -> float:
    """Return the width of one of several lines, so that each is seen under those above it [pt]."""
    import matplotlib as mpl

    width: float = mpl.rcParams["lines.linewidth"]
    return width * (1.0 + 0.6 * (count - 1 - number))


def note(figure: Figure | SubFigure, text: str) -> None:
    """Write a sentence below the panels, where the picture has a title."""
    if page.current().title is not False:
        figure.supxlabel(text, x=0.01, ha="left", fontsize=points(9.0))


def colour_bar(
    axes: Axes, image: Any, label: str, *, below: bool = False, ticks: int = 5
) -> Colorbar:
    """Draw a colour bar along one side of a map, as long as that side.

    Parameters
    ----------
    axes : Axes
        Of the map.
    image : ScalarMappable
        What has the colours.
    label : str
        With the unit.
    below : bool
        Whether it lies under the map, not on its right.
    ticks : int
        At most.
    """
    from matplotlib.ticker import MaxNLocator

    place = (0.0, -0.34, 1.0, 0.06) if below else (1.04, 0.0, 0.05, 1.0)
    bar = cast("Figure", axes.figure).colorbar(
        image,
        cax=axes.inset_axes(place),
        orientation="horizontal" if below else "vertical",
        ticks=MaxNLocator(ticks),
        label=label,
    )
    bar.outline.set_visible(False)
    return bar


def legend_below(
    place: Axes | Figure,
    columns: int,
    handles: Iterable[Any] | None = None,
    labels: Iterable[str] | None = None,
    *,
    below: float = 0.5,
) -> None:
    """Draw a legend under the label of the x axis, in fewer columns where the page is narrow.

    Parameters
    ----------
    place : Axes or Figure
        What it belongs to.
    columns : int
        At most.
    handles, labels : iterable, optional
        Those of the axes by default.
    below : float
        Its distance from the axes [inch].
    """
    sheet = page.current()
    if handles is None:
        handles, labels = cast("Axes", place).get_legend_handles_labels()
    known = {"handles": list(handles), "labels": list(labels or [])}
    if place is not sheet.ax and hasattr(place, "get_xlim") and len(place.figure.axes) == 1:
        place = cast("Figure", place.figure)  # all of its width, and room of its own
    if place is sheet.ax:
        place.legend(**known, loc="best")
        return

    def draw(count: int) -> Legend:
        if not hasattr(place, "get_xlim"):
            return place.legend(**known, loc="outside lower center", ncols=count)
        return cast("Axes", place).legend(
            **known,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            borderaxespad=72.0 * below * sheet.scale / points(9.0),
            ncols=count,
        )

    sheet.legends.append((draw, columns, draw(columns)))
