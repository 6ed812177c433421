# SPDX-License-Identifier: MIT
"""Fifty random rough stacks in the plane and five in 3D, with no setting touched.

python cases/random_stacks.py [--plane FIRST LAST] [--space FIRST LAST] [-o FOLDER]
    [--workers N]

Materials, thicknesses, surfaces, rms slopes up to 0.3, pressures up to 400 MPa, friction, and
two layers or three are drawn from a generator with the number of the stack as its seed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from study import SOLVER, Row, arguments, follow, last_at, reached

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.cli.shell import guarded

CERAMICS = ("Li3InCl6", "Li3OCl", "Li6PS5Cl", "LGPS", "LLZO")
FRICTIONS = (0.0, 0.0, 0.2, 0.5)
#: width [um], longest and shortest wave [um], largest rms slope, edge [um]
PLANE = (20.0, 16.0, 3.0, 0.3, None)
SPACE = (16.0, 16.0, 11.0, 0.3, 1.35)


def random_stack(number: int, *, space: bool = False) -> ifem.Case:
    """Return the stack of a number.

    Parameters
    ----------
    number : int
        Seed of everything drawn.
    space : bool
        Areas instead of profiles.
    """
    draw = np.random.default_rng([number, int(space)])
    width, long_cutoff, short_cutoff, steepest, edge = SPACE if space else PLANE
    size = (width, width) if space else (width,)

    def rough() -> ifem.Topography:
        return surfaces.self_affine(
            size, hurst=float(draw.uniform(0.5, 0.95)),
            rms_slope=float(np.exp(draw.uniform(np.log(0.02), np.log(steepest)))),
            long_cutoff=long_cutoff, short_cutoff=short_cutoff, seed=int(draw.integers(2**31)),
        )  # fmt: skip

    def interface() -> ifem.Interface:
        return ifem.Interface(friction=float(draw.choice(FRICTIONS)), resistance="2 ohm*cm^2")

    def thickness() -> float:
        return float(draw.uniform(0.3, 1.0) * width)

    between = bool(draw.random() < 0.4)
    ceramics = draw.choice(CERAMICS, 2, replace=False).tolist()
    layers = [ifem.Layer("separator", ceramics[0], thickness(), top=rough()), interface()]
    if between:
        layer = ifem.Layer("interlayer", ceramics[1], thickness(), bottom=rough(), top=rough())
        layers += [layer, interface()]
    upper = "Li" if draw.random() < 0.7 else ceramics[1]
    # bulk lithium is the harder one to press: it flows first
    layers.append(ifem.Layer("anode", upper, thickness(), bottom=rough(), flow_size="bulk"))
    pressure = float(np.exp(draw.uniform(np.log(20.0), np.log(400.0))))
    protocol = ifem.Protocol(
        ifem.Press(to=pressure, name="press"), ifem.Release(to=min(5.0, 0.2 * pressure))
    )
    name = f"{'space' if space else 'plane'}_{number}"
    mesh = ifem.MeshSize() if edge is None else ifem.MeshSize(edge)
    return ifem.Case(name, ifem.Stack(*layers), protocol, mesh=mesh)


def described(case: ifem.Case) -> Row:
    """Return what was drawn."""
    layers = case.stack.layers
    slopes = [
        face.rms_slope for layer in layers for face in (layer.bottom, layer.top) if face is not None
    ]
    return {
        "layers": " on ".join(layer.material.name for layer in reversed(layers)),
        "friction": ", ".join(f"{joint.friction:g}" for joint in case.stack.joints),
        "steepest rms slope": f"{max(slopes):.2f}",
        "pressure [MPa]": f"{max(case.protocol.pressures):.0f}",
    }


def main(words: Sequence[str] | None = None) -> int:
    """Run the campaign; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    parser = arguments("Random rough stacks, nothing set for any of them.")
    parser.add_argument("--plane", type=int, nargs=2, default=(1, 50), metavar=("FIRST", "LAST"))
    parser.add_argument("--space", type=int, nargs=2, default=(1, 5), metavar=("FIRST", "LAST"))
    chosen = parser.parse_args(words)
    folder = chosen.output or Path("runs/random_stacks")
    (first, last), (low, high) = chosen.plane, chosen.space
    cases = [random_stack(number) for number in range(first, last + 1)]
    cases += [random_stack(number, space=True) for number in range(low, high + 1)]
    by_name = {case.name: case for case in cases}

    def describe(name: str, results: ifem.Results | None) -> Row:
        case = by_name[name]
        row = {"stack": name} | described(case)
        if results is not None:
            peak, end = max(case.protocol.pressures), case.protocol.pressures[-1]
            row |= reached(results, last_at(results, peak), {"ASR at the peak": "asr"})
            row |= reached(results, last_at(results, end), {"ASR at the end": "asr"})
        return row

    drawn = ["layers", "friction", "steepest rms slope", "pressure [MPa]"]
    columns = ["stack", *drawn, *SOLVER[:-1], "ASR at the peak", "ASR at the end", SOLVER[-1]]
    path = folder / "random_stacks.csv"
    return follow(by_name, path, describe, columns, workers=chosen.workers)


if __name__ == "__main__":
    sys.exit(guarded(main))
