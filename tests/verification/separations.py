"""Short ways to press two layers and take them apart, without storing anything."""

from __future__ import annotations

from dataclasses import dataclass

import driving
import numpy as np

import interfacefem as ifem
from interfacefem.describe.later_steps import PullOff, Shear
from interfacefem.drive.advance import Policy, advance
from interfacefem.drive.press import Press
from interfacefem.drive.separation import Separation


@dataclass
class Apart:
    """A stack after it was taken apart; rows of (pressure, closure, shear stress, damage)."""

    press: Press
    rows: np.ndarray
    work: dict[str, float]  # over the nominal area [J/m2]
    rejected: int

    @property
    def strength(self) -> float:
        """Largest tension [MPa]."""
        return float(-self.rows[:, 0].min())

    @property
    def spent(self) -> float:
        """Sum of the parts the work of separation has gone to."""
        return self.work["cohesive"] + self.work["plastic"] + self.work["friction"]

    @property
    def done(self) -> float:
        """Work of the press and elastic energy set free."""
        return self.work["applied"] - self.work["elastic"]


def case(
    layers: tuple[ifem.Layer, ifem.Layer],
    joint: ifem.Interface,
    steps: list[object],
    edge: str,
    width: object = None,
) -> ifem.Case:
    """Two layers, without a current."""
    return ifem.Case(
        name="separation",
        stack=ifem.Stack(layers[0], joint, layers[1], width=width),
        protocol=ifem.Protocol(*steps),
        mesh=ifem.MeshSize(edge=edge, growth=1.6),
        current=None,
    )


def take_apart(given: ifem.Case) -> Apart:
    """Follow a protocol of presses and releases that ends with a step that takes apart."""
    given.require()
    press = Press(given, ifem.build_mesh(given.stack, given.mesh))
    for step, pace in zip(given.protocol.steps[:-1], given.protocol.schedule, strict=False):
        if step.kind == "eject":
            press.eject()
            continue
        driving.go_to(press, step.target_pressure, rate=pace.rate)
        if step.kind == "press":
            press.bond()
    last = given.protocol.steps[-1]
    assert isinstance(last, PullOff | Shear)
    before = vars(press.problem.work).copy()
    path = Separation(press, last)
    rows: list[list[float]] = []
    rejected: list[str] = []

    def keep(attempt: object, count: int) -> None:
        bonds = press.problem.interfaces[0].bonds
        damage = 0.0
        if bonds is not None and bonds.share.any():
            damage = float(bonds.damage[bonds.share > 0.0].mean())
        rows.append([press.pressure, press.closure, press.shear_stress, damage])

    advance(path, press.memory, Policy(), keep, rejected.append)
    after = vars(press.problem.work)
    work = {name: (after[name] - value) / press.area for name, value in before.items()}
    return Apart(press, np.array(rows), work, len(rejected))
