# SPDX-License-Identifier: MIT
#
# What `cmake --install` puts where, and how others find it:
#
#   find_package(headway 0.1 REQUIRED)                    # or COMPONENTS static, COMPONENTS shared
#   target_link_libraries(app PRIVATE headway::headway)
#
# A project may know C alone (LANGUAGES C).
#
# A static and a shared build may be installed into one prefix: each brings a target file of its own, and
# the config file chooses. Everything is relative to the prefix, so that it may be moved. The build tree
# can be used without installing: -Dheadway_DIR=<build directory>.
option(HEADWAY_DEBIAN "Install as Debian's packages do, and make them with cpack; see tools/package.sh" OFF)
if(BUILD_SHARED_LIBS)
  set(headway_kind shared)
else()
  set(headway_kind static)
endif()
set(headway_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/headway)
set(headway_targets headway-${headway_kind}-targets)

install(TARGETS headway EXPORT ${headway_targets}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT headway_library
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT headway_library
    NAMELINK_COMPONENT headway_development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT headway_development)

# The one header that needs Boost goes only where the library was built on it.
if(HEADWAY_RING STREQUAL "boost")
  set(headway_left_out)
else()
  set(headway_left_out PATTERN "*boost*" EXCLUDE)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/headway DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT headway_development FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" ${headway_left_out})
if(HEADWAY_DEBIAN)
  include(core/debian.cmake)
else()
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR}
    COMPONENT headway_library)
endif()

# What a C compiler has to be told to link beside a static library in C++. A project that knows C++ links by
# its C++ compiler, which needs no telling.
set(headway_runtime ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
list(FILTER headway_runtime INCLUDE REGEX "^(stdc\\+\\+|c\\+\\+|c\\+\\+abi|m)$")
list(REMOVE_DUPLICATES headway_runtime)
if(NOT BUILD_SHARED_LIBS)
  target_link_libraries(headway INTERFACE "$<$<LINK_LANGUAGE:C>:${headway_runtime}>")
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/headway-config.cmake.in
  ${PROJECT_BINARY_DIR}/headway-config.cmake
  INSTALL_DESTINATION ${headway_config_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/headway-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/headway-config.cmake ${PROJECT_BINARY_DIR}/headway-config-version.cmake
  DESTINATION ${headway_config_dir} COMPONENT headway_development)
install(EXPORT ${headway_targets} NAMESPACE headway:: DESTINATION ${headway_config_dir}
  COMPONENT headway_development)
export(EXPORT ${headway_targets} NAMESPACE headway:: FILE ${PROJECT_BINARY_DIR}/${headway_targets}.cmake)

# pkg-config: paths relative to the .pc file itself. `pkg-config --static` is for programs that link the static
# library.
file(RELATIVE_PATH headway_pc_prefix
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
set(headway_pc_flags -pthread)
if(NOT BUILD_SHARED_LIBS)
  string(APPEND headway_pc_flags " -DHEADWAY_STATIC")
endif()
if(NOT HEADWAY_MEMBARRIER)
  string(APPEND headway_pc_flags " -DHEADWAY_NO_MEMBARRIER")
endif()
if(HEADWAY_CHECKED)
  string(APPEND headway_pc_flags " -DHEADWAY_CHECKED")
endif()
if(HEADWAY_RING STREQUAL "boost")
  string(APPEND headway_pc_flags " -DHEADWAY_RING_BOOST")
endif()
list(TRANSFORM headway_runtime PREPEND "-l" OUTPUT_VARIABLE headway_pc_runtime)
list(JOIN headway_pc_runtime " " headway_pc_runtime)
if(WIN32)
  set(headway_pc_system " -lsynchronization")
else()
  set(headway_pc_system "")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/headway.pc.in ${PROJECT_BINARY_DIR}/headway.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/headway.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT headway_development)
