# SPDX-License-Identifier: MIT
"""The interfaces: pairing of the faces, tractions, bonds, their linearisation."""
