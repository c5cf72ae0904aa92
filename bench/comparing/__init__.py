# SPDX-License-Identifier: MIT
"""What stands behind bench/compare: running the programs, and reading what they measured."""
