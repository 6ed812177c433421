# SPDX-License-Identifier: MIT
"""References behind a run: its methods, its materials' values, the software.

The simulation notes the methods it used as keys of :data:`METHODS` under ``methods`` in the
provenance; text that is no key is printed as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interfacefem.materials import Material
from interfacefem.materials.value import USER
from interfacefem.names import printable

#: key -> reference, with the DOI where one could be confirmed
METHODS: dict[str, str] = {
    "logarithmic_strain": "Weber G., Anand L. (1990), Comput. Methods Appl. Mech. Eng. 79, "
    "173-202.",
    "finite_strain_plasticity": "de Souza Neto E.A., Peric D., Owen D.R.J. (2008), Computational "
    "Methods for Plasticity, Wiley. 10.1002/9780470694626",
    "dual_mortar": "Popp A., Gee M.W., Wall W.A. (2009), Int. J. Numer. Methods Eng. 79, "
    "1354-1391. 10.1002/nme.2614",
    "augmented_lagrangian": "Alart P., Curnier A. (1991), Comput. Methods Appl. Mech. Eng. 92, "
    "353-375. 10.1016/0045-7825(91)90022-X",
    "primal_dual_newton": "Chan T.F., Golub G.H., Mulet P. (1999), SIAM J. Sci. Comput. 20, "
    "1964-1977.",
    "dolfinx": "Baratta I.A. et al. (2023), DOLFINx: the next generation FEniCS problem solving "
    "environment. 10.5281/zenodo.10447666",
    "gmsh": "Geuzaine C., Remacle J.-F. (2009), Int. J. Numer. Methods Eng. 79, 1309-1331. "
    "10.1002/nme.2579",
}


def cite(materials: Mapping[str, Material], provenance: Mapping[str, Any]) -> str:
    """Return the references of a run as text.

    Parameters
    ----------
    materials : mapping of str to Material
        By layer; each source behind a value is listed with the values it stands for.
    provenance : mapping
        ``methods`` holds keys of :data:`METHODS` or references; ``sources`` further ones;
        ``versions`` the versions of the software.
    """
    methods = [METHODS.get(str(item), str(item)) for item in provenance.get("methods", ())]
    lines = ["Methods", *(f"  - {item}" for item in dict.fromkeys(methods))]
    if not methods:
        lines.append("  - none noted in this run")
    found: dict[str, dict[str, list[str]]] = {}
    for material in materials.values():
        for name, record in material.records:
            values = found.setdefault(record.source, {}).setdefault(material.name, [])
            mark = name.replace("_", " ") + (" (estimate)" if record.estimate else "")
            if mark not in values:
                values.append(mark)
    lines.append("Material values")
    for source, used in found.items():
        where = "; ".join(f"{name}: {', '.join(values)}" for name, values in used.items())
        lines.append(f"  - {'given by the user' if source == USER else source} [{where}]")
    lines += [f"  - {item}" for item in provenance.get("sources", ())]
    if not found and not provenance.get("sources"):
        lines.append("  - no source noted in this run")
    version = provenance.get("versions", {}).get("interfacefem", "")
    lines += ["Software", f"  - interfacefem {version}".rstrip() + ", see CITATION.cff"]
    return printable("\n".join(lines))
