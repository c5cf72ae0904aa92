# SPDX-License-Identifier: MIT
#
# What the toolchain files of this folder share: Debian's cross compiler of ${headway_cross}. Programs are
# linked statically, so they need no libraries of the other architecture where they run.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_CXX_COMPILER ${headway_cross}-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_FIND_ROOT_PATH /usr/${headway_cross})
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# Boost's headers serve every architecture, but the folder they lie in holds this machine's too.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/portable)
file(CREATE_LINK /usr/include/boost ${CMAKE_BINARY_DIR}/portable/boost SYMBOLIC)
set(Boost_NO_BOOST_CMAKE ON)
set(Boost_INCLUDE_DIR ${CMAKE_BINARY_DIR}/portable CACHE PATH "Boost's headers")
