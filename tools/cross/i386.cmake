# SPDX-License-Identifier: MIT
#
# 32-bit x86, whose programs an x86-64 kernel runs as they are. Package: g++-i686-linux-gnu.
set(CMAKE_SYSTEM_PROCESSOR i686)
set(headway_cross i686-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
