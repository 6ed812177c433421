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
# # A first press
#
# Two solids in a press touch at their highest points only. Here lithium is pressed on one wave
# of a ceramic electrolyte, and released again. You will see
#
# * how a case is written: surface, stack, protocol;
# * how much of the interface touches at which pressure, and why;
# * what the open part costs in resistance, and where the current crowds;
# * what stays after the release.
#
# The run takes less than a minute.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import interfacefem as ifem
from interfacefem import plots, post, surfaces

# %% [markdown]
# ## The surface
#
# One wave, 20 um long and 1 um from top to bottom. The side walls of the section are mirrors, so
# the wave goes on for ever to both sides. (`surfaces.self_affine` makes a rough surface,
# `surfaces.read` takes a measured one.)

# %%
wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
print(f"rms height {wave.rms_height:.3f} um, rms slope {wave.rms_slope:.3f}")

# %% [markdown]
# ## The stack
#
# From bottom to top: the electrolyte with its wavy top, and lithium. Every number carries its
# unit. Where the two touch, charge transfer costs 5 ohm cm². The press goes to 1 MPa, then to
# 20 MPa, then back to the same 1 MPa.

# %%
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "20 um"),
)
protocol = ifem.Protocol(
    ifem.Press(to="1 MPa", name="first touch"), ifem.Press(to="20 MPa"), ifem.Release(to="1 MPa")
)
case = ifem.Case("first_press", stack, protocol, mesh=ifem.MeshSize("0.6 um"))
for note in case.check().notes:
    print("-", note)

# %% [markdown]
# The notes say what is estimated and not measured. That is worth knowing before the numbers are
# used.
#
# ## The mesh
#
# The two faces are meshed by themselves and share no node; at the start they just touch, here at
# the walls, where the wave is highest.

# %%
plots.mesh(ifem.build_mesh(stack, case.mesh))

# %% [markdown]
# ## The run
#
# One line for each increment: the pressure, the part of the interface that touches, the
# iterations.

# %%
folder = Path(tempfile.mkdtemp()) / "first_press"
results = case.run(folder)

# %% [markdown]
# ## How much touches
#
# Lithium in volumes this small yields at some 10 MPa, so it gives way at the crests and the contact
# spreads. To close the valleys takes several times the yield stress, because lithium between two
# crests has nowhere to go but down into the gap, and all of it has to flow. The dashed line is the
# release: what has flowed does not flow back, so far more touches at 1 MPa after the press than at
# 1 MPa before it. That is why one presses hard first.
#
# On the right the resistance of the same moments, split into the layers, the constriction (the
# detour of the current to the spots that touch) and the charge transfer at them.

# %%
plots.loading_curves(results)

# %% [markdown]
# ## Where it touches
#
# Orange is pressure, blue is open gap, one row for each step. Where there is one there is not the
# other.

# %%
plots.interface_profiles(results)

# %% [markdown]
# ## What happens inside
#
# Each layer has its own scale, because the electrolyte carries far more stress than lithium can.
# The plastic strain shows which lithium has flowed.

# %%
plots.stack(results, "press", "von_mises_stress")

# %%
plots.stack(results, "press", "plastic_strain")

# %% [markdown]
# ## Where the current crowds
#
# The current density along the interface over its mean. Above the dashed line it is larger than
# the critical current density of the electrolyte, whose range is shaded: there lithium pierces it.

# %%
plots.current_profile(results)

# %% [markdown]
# ## What may go wrong
#
# The risk table ranks places: what was found, and what it is held against. `risks.to_text()` also
# says where each threshold is from, and what was assumed.

# %%
risks = post.risk_table(results)
risks

# %% [markdown]
# ## Does it add up?
#
# A check that anyone can make: the contact pressure, averaged over the interface, must carry the
# load of the press, whatever the contact looks like.

# %%
pressure = results.interface("electrolyte|anode").at("press").contact_pressure
carried = float(pressure.values @ pressure.weights) / stack.width
print(f"press 20 MPa, carried {carried:.6f} MPa")
assert abs(carried / 20.0 - 1.0) < 0.01

# %% [markdown]
# The pressures act along the normals of a bent surface, and its area is a little larger than the
# section; so the two agree to the square of the slope that is left, not to the last digit. The
# program itself balances the forces at every increment; the summary says how well.

# %%
print(results.summary(risk=False))
