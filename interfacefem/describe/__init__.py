# SPDX-License-Identifier: MIT
"""What is pressed and how: stack, protocol, settings, case; their files and their checks."""
