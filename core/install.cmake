# SPDX-License-Identifier: MIT
#
# What `cmake --install` puts where, and how others find it:
#
#   find_package(headway 0.1 REQUIRED)                    # or COMPONENTS static, COMPONENTS shared
#   target_link_libraries(app PRIVATE headway::headway)
#
# A static and a shared build may be installed into one prefix: each brings a target file of its own, and
# the config file chooses. Everything is relative to the prefix, so that it may be moved. The build tree
# can be used without installing: -Dheadway_DIR=<build directory>.
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
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT headway_library)

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

# pkg-config: paths relative to the .pc file itself.
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
configure_file(${CMAKE_CURRENT_LIST_DIR}/headway.pc.in ${PROJECT_BINARY_DIR}/headway.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/headway.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT headway_development)
