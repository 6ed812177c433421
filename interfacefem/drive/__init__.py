# SPDX-License-Identifier: MIT
"""A run from its beginning to its end: which increments, what is stored when, how it goes on."""
