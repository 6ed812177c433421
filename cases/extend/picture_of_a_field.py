# SPDX-License-Identifier: MIT
"""A picture of your own, one file: the mean and the ends of any layer field over the height.

interfacefem plot RUN over_height --with cases/extend/picture_of_a_field.py --field stress.yy
interfacefem report RUN --with cases/extend/picture_of_a_field.py
python cases/extend/picture_of_a_field.py RUN
"""

import sys
from pathlib import Path

import numpy as np

from interfacefem import Results, plots
from interfacefem.plots.values import on_cells, shown

ROWS = 8  #: slices of each layer


def at_the_highest_load(results: Results) -> list[dict[str, str]]:
    """Return when a report shows it: at the step of the highest pressure that has layer fields."""
    steps = [step for step in results.steps if results.has_layers(step)]
    pressure = {step: results.layer(results.layers[0]).at(step).nominal_pressure for step in steps}
    return [{"step": max(steps, key=pressure.__getitem__)}] if steps else []


@plots.picture("over_height", title="a layer field over the height", order=15,
               when=at_the_highest_load)  # fmt: skip
def over_height(results: Results, step: str | None = None, field: str = "von_mises_stress"):
    """Draw the mean of a field in thin slices of each layer, and its smallest and largest value."""
    step = results.steps[-1] if step is None else step
    fig = plots.figure(6.0, 6.0)
    fig.suptitle(f"{results.name}, end of '{step}'", x=0.01, ha="left")
    axes = fig.subplots()
    for name in results.layers:
        state = results.layer(name).at(step)
        found = shown(state, field)
        values = on_cells(found, state.cells)
        height = state.points[state.cells].mean(axis=1)[:, -1]
        edges = np.linspace(height.min(), height.max() + 1e-9, ROWS + 1)
        row = np.digitize(height, edges) - 1
        there = np.unique(row)
        middle = [height[row == k].mean() for k in there]
        low, high = ([end(values[row == k]) for k in there] for end in (np.min, np.max))
        axes.fill_betweenx(middle, low, high, alpha=0.25, linewidth=0)
        axes.plot([values[row == k].mean() for k in there], middle, label=name)
        axes.set_xlabel(found.label)
    axes.set_ylabel("height [um]")
    axes.legend(loc="best")
    return fig


if __name__ == "__main__":
    with Results.open(sys.argv[1]) as run:
        print(plots.save(over_height(run), Path(sys.argv[1]) / "figures" / "over_height.png"))
