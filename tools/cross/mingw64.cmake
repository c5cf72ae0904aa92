# SPDX-License-Identifier: MIT
#
# 64-bit Windows, built by MinGW-w64 and run under Wine. Packages: g++-mingw-w64-x86-64-posix, wine64.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(headway_cross x86_64-w64-mingw32)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
set(CMAKE_SYSTEM_NAME Windows)
# The variant with std::thread.
set(CMAKE_C_COMPILER ${headway_cross}-gcc-posix)
set(CMAKE_CXX_COMPILER ${headway_cross}-g++-posix)
set(CMAKE_RC_COMPILER ${headway_cross}-windres)

# Wine keeps its registry in the build directory; a script tells it where.
set(headway_dll_folders "Z:${CMAKE_BINARY_DIR};Z:${CMAKE_BINARY_DIR}/bin")
if(BUILD_SHARED_LIBS)
  # An exception that crosses from a DLL wants one C++ library for all.
  set(CMAKE_EXE_LINKER_FLAGS_INIT "")
  foreach(dll IN ITEMS libstdc++-6.dll libwinpthread-1.dll)
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${dll}
      OUTPUT_VARIABLE file OUTPUT_STRIP_TRAILING_WHITESPACE)
    file(REAL_PATH ${file} file)
    get_filename_component(folder ${file} DIRECTORY)
    string(APPEND headway_dll_folders ";Z:${folder}")
  endforeach()
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/wine.in ${CMAKE_BINARY_DIR}/wine @ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_BINARY_DIR}/wine)
