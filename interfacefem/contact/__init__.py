# SPDX-License-Identifier: MIT
"""Pointwise laws of interfaces: tractions from gap and slip, conductance from pressure.

Plain functions of arrays; which points meet across an interface is found in ``interfacefem.fem``.
"""
