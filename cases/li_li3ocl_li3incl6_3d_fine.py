# SPDX-License-Identifier: MIT
"""The secondary press in 3D on a mesh of 48 x 48 faces an interface or more; see README.md."""

from dataclasses import replace

from li_li3ocl_li3incl6_3d import case as coarse

import interfacefem as ifem

size = ifem.MeshSize(edge="0.834 um", growth=1.95, face_ratio=1.04)
case = replace(coarse, name="li_li3ocl_li3incl6_3d_fine", mesh=size)

if __name__ == "__main__":
    ifem.main(case)
