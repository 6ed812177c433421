# SPDX-License-Identifier: MIT
"""Finite elements on DOLFINx: pressed bodies with contact, and the current through them.

Nothing is imported here, because DOLFINx is heavy; import the modules. What a run is made of, and
how it is stored, does not live here.
"""
