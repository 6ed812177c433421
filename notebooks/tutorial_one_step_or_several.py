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
# # One step or several
#
# Presses can go to their pressure at once, or in steps with releases between them; several layers
# can be pressed together, or one after the other. What of this matters for the cell? You will see
#
# * the same faces pressed once, and in three steps;
# * two powders pressed together, and in stages, the first one hard before the second is laid on it;
# * how several ends are tried from one press.
#
# All runs together take about a minute.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import interfacefem as ifem
from interfacefem import materials, plots, post, surfaces

folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## Lithium on a ceramic: one press, or three
#
# The last peak is the same, 20 MPa, and so is the pressure at which the cell then works.

# %%
wave = surfaces.sinusoid("8 um", amplitude="300 nm", wavelength="8 um")
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "6 um", top=wave),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "6 um"),
)
once = ifem.Protocol(ifem.Press(to="20 MPa"), ifem.Release(to="2 MPa"))
steps = []
for peak in ("5 MPa", "10 MPa", "20 MPa"):
    steps += [
        ifem.Press(to=peak, name=f"to {peak}"),
        ifem.Release(to="2 MPa", name=f"after {peak}"),
    ]
runs = []
for name, protocol in (("once", once), ("in_steps", ifem.Protocol(*steps))):
    runs.append(ifem.Case(name, stack, protocol).run(folder / name, listeners=()))
for run in runs:
    contact = run.history["contact_fraction[electrolyte|anode]"][-1]
    print(f"{run.name}: {run.history['asr'][-1]:.2f} ohm cm2 at 2 MPa, {contact:.0%} in contact")

# %% [markdown]
# The end is nearly the same: what lithium went through at lower peaks is overwritten by the highest
# one, but for a little that flows on the way back. Steps cost time and gain nothing here.

# %%
plots.loading_curves(runs[1])

# %% [markdown]
# ## Two powders: together, or one after the other
#
# In a pellet of two powders the first may be pressed alone. Its face is then hard before the second
# comes, and keeps its roughness; pressed together, both powders give way.

# %%
rough = surfaces.sinusoid("10 um", amplitude="400 nm", wavelength="10 um")
li3incl6 = materials.get("Li3InCl6", law="powder")
li3ocl = materials.get("Li3OCl", law="powder", ionic_conductivity="3.2e-5 S/cm")
pair = ifem.Stack(
    ifem.Layer("first", li3incl6, "10 um", top=rough),
    ifem.Interface(friction=0.2, adhesion=ifem.Adhesion("10 MPa", "1 J/m^2")),
    ifem.Layer("second", li3ocl, "10 um"),
)
together = ifem.Protocol(ifem.Press(to="200 MPa"), ifem.Release(to="5 MPa"))
staged = ifem.Protocol(
    ifem.Stage(
        ["first"],
        [ifem.Press(to="200 MPa", name="first press"), ifem.Release(to="1 MPa", name="opened")],
    ),
    ifem.Stage(["second"], [ifem.Press(to="200 MPa"), ifem.Release(to="5 MPa")]),
)
for name, protocol in (("together", together), ("staged", staged)):
    run = ifem.Case(name, pair, protocol).run(folder / name, listeners=())
    state = run.interface("first|second").at("release")
    print(
        f"{name}: {post.contact_fraction(state):.0%} pressed together at 5 MPa, "
        f"{run.history['asr'][-1]:.0f} ohm cm2"
    )
    runs.append(run)

# %% [markdown]
# What is pressed together differs, the resistance hardly: it is that of the powders themselves,
# whose necks open on release in both. How much touches still counts where bonds have to hold.

# %%
plots.interface_profiles(runs[-1])

# %% [markdown]
# ## Several ends of one press
#
# `start=` begins with the state at the end of a step of another run, so one press serves for as
# many releases as you like.

# %%
for pressure in ("10 MPa", "5 MPa", "1 MPa"):
    release = ifem.Case(
        f"to_{pressure.split()[0]}",
        stack,
        ifem.Protocol(ifem.Release(to=pressure)),
        start=(folder / "once", "press"),
    )
    run = release.run(folder / f"released_{pressure.split()[0]}", listeners=())
    print(f"released to {pressure}: {run.history['asr'][-1]:.2f} ohm cm2")
