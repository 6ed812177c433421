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
# # From a sweep to a pressure
#
# One section is one realisation of the roughness, and its resistance scatters. A sweep runs many of
# them at several pressures; the window says at which pressure to press. You will see
#
# * how a sweep is written, run and read;
# * how a band comes of realisations, and when there are too few of them;
# * the sentence that answers the question, and what it rests on.
#
# The runs take two or three minutes on two cores.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.sweep.figures import sweep_window

folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## The case
#
# A rough face of a sulfide under lithium, pressed, and released to the 2 MPa at which the cell
# works. The seed is that of the first realisation.

# %%
rough = surfaces.self_affine(
    "24 um", hurst=0.8, rms_height="120 nm", long_cutoff="12 um", short_cutoff="6 um", seed=1
)
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "8 um", top=rough),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "8 um"),
)
protocol = ifem.Protocol(ifem.Press(to="10 MPa"), ifem.Release(to="2 MPa", name="stack pressure"))
case = ifem.Case("which_pressure", stack, protocol)

# %% [markdown]
# ## The sweep
#
# Any input can be varied by its path. `seeds=3` draws three realisations of the face. Runs are done
# on all cores; called again, only what is missing is computed.

# %%
sweep = ifem.Sweep(
    case, {"step.press.to": ["5 MPa", "20 MPa", "60 MPa"]}, seeds=3, folder=folder / "sweep"
)
table = sweep.run(tell=print)

# %% [markdown]
# One row a run and moment, with what was varied as columns:

# %%
frame = sweep.to_dataframe()
columns = ["realisation", "step.press.to [MPa]", "step", "asr [ohm cm^2]"]
frame[frame["step"] == "stack pressure"][columns]

# %% [markdown]
# ## Which pressure
#
# The target is a resistance at the pressure at which the cell works, after the release.

# %%
answer = ifem.recommend(table, target="25 ohm*cm^2", at="2 MPa", die="10 mm")
print(answer.sentence())

# %% [markdown]
# Causes of risk that are over their threshold in too many realisations stand against a pressure: a
# hotspot, for example, is a place where the current density is above what the electrolyte bears. A
# smoother face, more stack pressure or a lower current (`current=` of the case) moves them.

# %%
sweep_window(answer)

# %% [markdown]
# Three realisations are too few for a band (10 %, 90 %); below the table stands how many it takes
# here. With `seeds=12` only the nine that are missing at each pressure are computed. A wider
# section has more contacts, scatters less and needs fewer.

# %%
answer
