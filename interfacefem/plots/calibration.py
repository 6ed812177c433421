# SPDX-License-Identifier: MIT
"""A powder's calibration: measured densities and the Heckel line through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.plots import theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from interfacefem.materials.calibrate import Calibration


@theme.themed
def calibration(fit: Calibration, name: str = "powder") -> Figure:
    """Draw density against pressure and the Heckel line, with points and standard errors.

    Parameters
    ----------
    fit : Calibration
        From :func:`interfacefem.materials.calibrate.heckel`.
    name : str
        Of the powder, for the title.

    Returns
    -------
    matplotlib.figure.Figure
        Left relative density, right ln(1/(1 - D)), in which the fit is a straight line.
    """
    powder = fit.powder
    error = fit.yield_pressure_error
    band = f" ± {error:.3g}" if np.isfinite(error) else ""
    fig = theme.figure(9.5, 4.4)
    fig.suptitle(
        f"{name}: yield pressure {powder.yield_pressure:.4g}{band} MPa, intercept "
        f"{powder.heckel_intercept:.3g}, rms error of the density {fit.rms_error:.2g}",
        fontsize=11,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    left, right = fig.subplots(1, 2)
    pressure = np.linspace(0.0, 1.15 * float(fit.die_pressure.max()), 200)
    line = powder.heckel_intercept + pressure / powder.yield_pressure
    left.plot(pressure, -np.expm1(-line), color=theme.COLOURS[0], label="fit")
    left.errorbar(
        fit.die_pressure,
        fit.relative_density,
        yerr=fit.scatter,
        fmt="o",
        color=theme.COLOURS[1],
        label="points" if fit.scatter is None else "points with their scatter",
    )
    left.set(title="Density after ejection", ylabel="Relative density [-]")
    left.legend(loc="lower right")
    right.plot(pressure, line, color=theme.COLOURS[0])
    right.plot(fit.die_pressure, -np.log1p(-fit.relative_density), "o", color=theme.COLOURS[1])
    right.set(title="Heckel plot", ylabel="ln(1/(1 - D)) [-]")
    for axes in (left, right):
        axes.set_xlabel("Axial pressure in a die [MPa]")
        axes.set_xlim(left=0.0)
    return fig
