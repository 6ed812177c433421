# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How it holds: a press, ten cycles, a pull-off
#
# A pressed interface lives on after the press: lithium is taken from it and brought back by the
# current, and something pulls at it. You will see
#
# * what adhesion adds to an interface, and when a bond forms;
# * what ten cycles do to contact and resistance;
# * what it takes to pull the layers apart, before and after the cycles, and where that work goes.
#
# Both runs together take about a minute.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import interfacefem as ifem
from interfacefem import plots, surfaces
from interfacefem.results import separation

# %% [markdown]
# ## The stack
#
# Lithium on one wave of an electrolyte, as in the first tutorial, now with adhesion: a place that
# is in contact when a press ends bonds, and bears up to 0.5 MPa of tension; to part it costs
# 0.2 J/m². Adhesion of these pairs is hardly measured, so these are numbers to play with.
# Charge transfer costs 5 ohm cm² where there is contact.

# %%
wave = surfaces.sinusoid("20 um", amplitude="300 nm", wavelength="20 um")
bond = ifem.Adhesion("0.5 MPa", "0.2 J/m^2")


def stack() -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave),
        ifem.Interface(resistance="5 ohm*cm^2", adhesion=bond),
        ifem.Layer("anode", "Li", "20 um"),
    )


press = ifem.Press(to="20 MPa", name="press")
release = ifem.Release(to="2 MPa", name="stack pressure")
size = ifem.MeshSize("1 um")

# %% [markdown]
# ## Pulled off right after the press
#
# `PullOff` holds both ends and lets the interface open. What is prescribed is the mean opening, not
# the motion of the platen: where a stack springs back while it parts, the platen goes back too, and
# the force still has a way to follow.

# %%
fresh = ifem.Case("fresh", stack(), ifem.Protocol(press, release, ifem.PullOff()), mesh=size)
folder = Path(tempfile.mkdtemp())
pulled = fresh.run(folder / "fresh")

# %%
parted = separation(pulled)
print(f"strength {parted.strength:.3f} MPa, work {parted.work:.3f} J/m^2")

# %% [markdown]
# The force against the mean opening of the interface:

# %%
history = pulled.history
pulling = history["step"] == "pull-off"
opening = history["gap_volume[electrolyte|anode]"][pulling]
fig, axes = plt.subplots(figsize=(6.0, 3.6), layout="constrained")
axes.plot(opening, -history["nominal_pressure"][pulling], "o-")
axes.set(xlabel="mean opening [um]", ylabel="tension [MPa]")
axes.grid(alpha=0.3)

# %% [markdown]
# The strength is that of the bond times the part of the area that bonded, and the work is its
# toughness: lithium is strong enough not to flow at half a megapascal, so nothing else is spent. A
# stronger bond would make the lithium flow before it breaks.
#
# ## Ten cycles first
#
# 0.05 mAh/cm² there and back, ten times: each time the face of the lithium recedes by a quarter of
# a micrometre and returns. The fixture keeps the force, and the lithium follows.

# %%
cycle = ifem.Cycle("0.5 mA/cm^2", "0.05 mAh/cm^2", count=10, increments=2)
cycled = ifem.Case(
    "cycled", stack(), ifem.Protocol(press, release, cycle, ifem.PullOff()), mesh=size
)
lived = cycled.run(folder / "cycled")

# %%
plots.cycling_curves(lived)

# %% [markdown]
# A place that the lithium has left touches again only where the lithium comes back to. In the
# first four cycles contact falls from 35 to 15 %, and the resistance rises from 9.4 to 11.2 ohm
# cm²; then nothing changes any more. Bonds break where the faces part, so what is left to pull at
# is less. At a higher stack pressure the lithium follows; with less, more is lost: see
# `cases/stack_pressure_sweep.py`.

# %%
after = separation(lived)
print(f"fresh:  strength {parted.strength:.3f} MPa, work {parted.work:.3f} J/m^2")
print(f"cycled: strength {after.strength:.3f} MPa, work {after.work:.3f} J/m^2")

# %% [markdown]
# ## Does it add up?
#
# The work done by the machine is what bonds, lithium and friction took, and what is stored.

# %%
for name, found in (("fresh", parted), ("cycled", after)):
    print(f"{name}: not found again {found.balance:.1%} of the work")
