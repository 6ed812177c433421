# SPDX-License-Identifier: MIT
"""Limits of the powder law, which its description and its compiled update share."""

from __future__ import annotations

#: width of the rounded foot of the Heckel line, in ln(1/(1 - D)) [-]
ROUNDING = 0.02
#: least die pressure a powder of any density bears [MPa]
FLOOR = 0.5
#: relative density beyond which the die pressure rises to infinity at 1 [-]
LOCK_UP = 0.995
