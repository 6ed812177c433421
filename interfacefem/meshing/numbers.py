# SPDX-License-Identifier: MIT
"""Numbers of meshes: how fine they are if a case does not say so, and what is refused.

What a user sets is in :class:`interfacefem.describe.settings.MeshSize`.
"""

from __future__ import annotations

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)

# -- meshes that are built -----------------------------------------------------------------------

EDGES_PER_WAVELENGTH = room(
    "EDGES_PER_WAVELENGTH", 10, "edges per shortest wavelength of the coarser face, automatic [-]",
    reason="refinement of the demo (cases/refinement.py)",
)  # fmt: skip
MINIMUM_EDGES_PER_WAVELENGTH = room(
    "MINIMUM_EDGES_PER_WAVELENGTH", 4, "the same, below which an edge of a case is refused [-]",
    reason="a wave of three edges is no wave any more",
)  # fmt: skip
MOST_RATIOS = room(
    "MOST_RATIOS", 2, "how often the ratio of two faces may be taken along a whole stack [-]",
    reason=f"{CHOSEN}; else the softest of many layers has several times the columns it needs",
)  # fmt: skip
FLAT_EDGES = room(
    "FLAT_EDGES", 32, "edges along an interface of flat faces; half of them along an area [-]",
    reason=f"{CHOSEN}; nothing varies along flat faces but in a die",
)  # fmt: skip
MINIMUM_ROWS = room(
    "MINIMUM_ROWS", 4, "fewest rows of cells through a layer [-]",
    reason=f"{CHOSEN}; bending of a thin layer",
)  # fmt: skip
ROWS_PER_WIDTH = room(
    "ROWS_PER_WIDTH", 6, "width of the stack over the highest row [-]",
    reason=f"{CHOSEN}; far from the interfaces strains vary with the width",
)  # fmt: skip
ROWS_PER_THICKNESS = room(
    "ROWS_PER_THICKNESS", 12, "thickness of a layer over the highest row, if that is more [-]",
    reason=f"{CHOSEN}; in a narrow stack nothing varies far from the interfaces",
)  # fmt: skip
THINNEST = room(
    "THINNEST", 0.05, "part of its thickness that a layer must have everywhere [-]",
    reason=f"{CHOSEN}; thinner ones have flat cells where a face is deepest",
)  # fmt: skip
MOST_COLUMNS = room(
    "MOST_COLUMNS", 1e15, "columns that are not even counted [-]",
    reason="whole numbers of this size are no longer exact",
)  # fmt: skip
MOST_NODES_2D = room(
    "MOST_NODES_2D", 2_000_000, "nodes of a plane mesh that are taken for a slip in the edge [-]",
    reason=f"{CHOSEN}; several times what fits in a workstation",
)  # fmt: skip
MOST_NODES_3D = room(
    "MOST_NODES_3D", 600_000, "the same of a 3D mesh [-]",
    reason="as MOST_NODES_2D",
)  # fmt: skip

# -- meshes that are read ------------------------------------------------------------------------

DEGENERATE = room(
    "DEGENERATE", 1e-6, "Jacobian of a corner that counts as inverted [mean of its cell]",
    reason="round-off of coordinates in a file",
)  # fmt: skip
LARGEST_OVERLAP = room(
    "LARGEST_OVERLAP", 0.5, "overlap of two faces that are moved apart [thinner layer]",
    reason=f"{CHOSEN}; more is a mistake in the mesh",
)  # fmt: skip
WIDTH_TOLERANCE = room(
    "WIDTH_TOLERANCE", 0.01, "difference of the widths of mesh and stack [width]",
    reason=f"{CHOSEN}; more is a mistake in the unit or in the file",
)  # fmt: skip
THICKNESS_TOLERANCE = room(
    "THICKNESS_TOLERANCE", 0.01, "the same of a layer [thickness]",
    reason="as WIDTH_TOLERANCE",
)  # fmt: skip
FACE_TOLERANCE = room(
    "FACE_TOLERANCE", 0.1, "difference of a face in mesh and stack [rms height]",
    reason=f"{CHOSEN}; splines of a drawing program follow a face less well than heights do",
)  # fmt: skip
WALL_TOLERANCE = room(
    "WALL_TOLERANCE", 1e-6, "distance that counts as none in a file [width]",
    reason="digits of a file in single precision",
)  # fmt: skip
MOST_GROUPS = room(
    "MOST_GROUPS", 1000, "different numbers in an array that still groups cells [-]",
    reason="an array with more counts the cells",
)  # fmt: skip
BISECTIONS = room(
    "BISECTIONS", 16, "halvings in which a size that fits is looked for [-]",
    reason="five digits, of which three are said",
)  # fmt: skip
