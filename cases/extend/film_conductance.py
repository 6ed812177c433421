# SPDX-License-Identifier: MIT
"""A conductance law of one's own: a film that is squeezed out of the contact by pressure.

python cases/extend/film_conductance.py        resistance while two flat layers are pressed

The area resistance falls from that of the film to that of clean faces, as exp(-p / p_film).
"""

import numpy as np

import interfacefem as ifem
from interfacefem import contact


@contact.law("film")
class Film(contact.Conductance):
    """Resistance of a contact with a film that pressure squeezes out."""

    clean: float = contact.parameter("area_resistance", at_least=0.0)
    film: float = contact.parameter("area_resistance", at_least=0.0)
    film_pressure: float = contact.parameter("pressure", above=0.0)

    def area_resistance(self, points):
        """Return the area resistance [V um^2/uA]; infinite where the faces do not touch."""
        left = np.exp(-points.pressure / self.film_pressure)
        return np.where(points.in_contact, self.clean + self.film * left, np.inf)


stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "10 um"),
    ifem.Interface(conductance=Film("2 ohm*cm^2", "40 ohm*cm^2", "5 MPa")),
    ifem.Layer("anode", "Li", "10 um"),
    width="10 um",
)
steps = (ifem.Press(to=pressure, name=pressure) for pressure in ("2 MPa", "5 MPa", "20 MPa"))
case = ifem.Case("film", stack, ifem.Protocol(*steps))

if __name__ == "__main__":
    ifem.main(case)
