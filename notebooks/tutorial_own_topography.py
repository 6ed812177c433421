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
# # Your own topography, in 3D
#
# A profilometer or an atomic force microscope gives a map of heights. Here such a map becomes one
# face of a stack, and lithium is pressed on it in three dimensions. You will see
#
# * how a file is read, and what was found in it;
# * how tilt and noise are taken away, and what that does to the slope;
# * what the program says before it computes anything;
# * maps of contact, and the stack as a scene that you can turn.
#
# The run takes one or two minutes on one core.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import numpy as np

import interfacefem as ifem
from interfacefem import plots, post, surfaces

folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## A file
#
# This cell stands in for your instrument: it writes a made-up map of 33 by 33 heights with a tilt,
# some noise and one pixel without data. Put the path of your own file in its place.

# %%
x = np.linspace(0.0, 10.0, 33)
waves = np.cos(2.0 * np.pi * x / 10.0)
heights = 120.0 * np.outer(waves, waves) + 60.0 * np.outer(np.cos(np.pi * x / 5.0 + 1.0), waves)
heights += 15.0 * x[:, None] + np.random.default_rng(1).normal(0.0, 2.0, heights.shape)
heights[20, 7] = np.nan
file = folder / "face.csv"
np.savetxt(file, heights, delimiter=",", header="height [nm]", comments="")

# %% [markdown]
# ## Reading it
#
# The unit stands in the file, the size does not. Places without data are filled only if you say so.

# %%
measured = surfaces.read(file, size="10 um", fill_holes=True)
measured

# %% [markdown]
# The tilt is that of the sample on the table, not of the face: `levelled` takes it away.
# `symmetrised` makes the walls planes of symmetry, as the model takes them, and keeps waves down to
# 6 um, because what is shorter is noise here. (`filtered` is the S-filter of ISO 25178, which fades
# waves out where this one cuts them off.)

# %%
level = measured.levelled()
face = level.symmetrised("6 um")
for name, one in (("as read", measured), ("without tilt", level), ("as used", face)):
    print(f"{name}: rms height {one.rms_height:.3f} um, rms slope {one.rms_slope:.3f}")
face

# %% [markdown]
# The tilt is much of the height and little of the slope. Short waves are low and steep: the filter
# takes more of the slope than of the height. What it takes away is missing from the contact, so the
# filter belongs to the answer: try another one.
#
# ## The case
#
# Lithium at a rough face is as strong as small volumes of lithium are; `check` says which strength
# that is here and how large the mesh will be. (The command `interfacefem check` also says how long
# the run will take.)

# %%
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=face),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "3 um"),
)
protocol = ifem.Protocol(ifem.Press(to="20 MPa"), ifem.Release(to="2 MPa"))
case = ifem.Case("own_topography", stack, protocol, mesh=ifem.MeshSize("0.75 um"))
report = case.check()
print(report.degrees_of_freedom, "degrees of freedom")
for note in report.notes:
    print("-", note)

# %%
results = case.run(folder / "run")

# %% [markdown]
# ## Maps
#
# Pressure where the faces touch, gap where they do not, and the current through the contacts, at
# the end of the step with the highest pressure.

# %%
plots.interface_maps(results)

# %% [markdown]
# The maps count points of the mesh that touch. `post.contact_shares` also sees which part of an
# edge touches, so its share is smaller.

# %%
for step in results.steps:
    state = results.interface("electrolyte|anode").at(step)
    pressure = state.contact_pressure
    print(
        f"{step}: {post.contact_shares(state).mean():.0%} in contact, "
        f"pressure {pressure.projected().mean():.1f} MPa on the mean, {pressure.max():.1f} at most"
    )

# %% [markdown]
# ## A scene
#
# In JupyterLab you can turn this with the mouse, and choose the moment and the field from the lists
# above it; elsewhere it is a picture. The front half is cut away. Each layer has its own scale.

# %%
plots.scene(results, "press")

# %% [markdown]
# ## One map is one place
#
# Another place of the same sample has other heights. `measured.patches(n)` cuts a large map into
# pieces, and a sweep over `seeds` takes them one after the other; the tutorial "From a sweep to a
# pressure" shows how a band comes of it.
