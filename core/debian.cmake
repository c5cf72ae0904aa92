# SPDX-License-Identifier: MIT
#
# Debian packages, made by CPack out of a static and a shared build with -DHEADWAY_DEBIAN=ON. tools/package.sh
# does all of it.
#
#   libheadway0.1    the shared library
#   libheadway-dev   headers, the static library, what CMake and pkg-config want to know
#   headway          the command
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr" OR NOT CMAKE_SKIP_INSTALL_RPATH)
  message(FATAL_ERROR
    "HEADWAY_DEBIAN wants -DCMAKE_INSTALL_PREFIX=/usr and -DCMAKE_SKIP_INSTALL_RPATH=ON from the start")
endif()
set(HEADWAY_STATIC_BUILD "" CACHE PATH "The static build whose library goes into libheadway-dev")
if(BUILD_SHARED_LIBS AND NOT EXISTS "${HEADWAY_STATIC_BUILD}/cmake_install.cmake")
  message(FATAL_ERROR "HEADWAY_STATIC_BUILD is \"${HEADWAY_STATIC_BUILD}\"; it must be a static build of Headway")
endif()

set(CPACK_PACKAGE_CONTACT "Headway developers <headway@localhost>" CACHE STRING "The packages' maintainer")
string(TIMESTAMP headway_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${PROJECT_BINARY_DIR}/debian/changelog
"headway (${PROJECT_VERSION}) unstable; urgency=medium

  * Version ${PROJECT_VERSION}; the CHANGELOG.md of the sources says what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${headway_date}
")
execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/debian/changelog COMMAND_ERROR_IS_FATAL ANY)

set(headway_about "Headway carries progress from the threads that do the work to whoever wants
to see how far it is. A report costs about a nanosecond and never waits;
subscribers get the newest values within a bounded time.
.")

# headway_debian_package(<component> <package> <section> <summary> <description>)
function(headway_debian_package component package section summary description)
  set(docs ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${docs} RENAME copyright COMPONENT ${component})
  install(FILES ${PROJECT_BINARY_DIR}/debian/changelog.gz DESTINATION ${docs} COMPONENT ${component})
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${description}" PARENT_SCOPE)
endfunction()
headway_debian_package(headway_library libheadway${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} libs
  "lock-free progress event bus (shared library)"
  "${headway_about}\nThis package has the shared library.")
headway_debian_package(headway_development libheadway-dev libdevel
  "lock-free progress event bus (development files)"
  "${headway_about}
This package has the headers for C++20 and C, the static library, and what
CMake and pkg-config want to know.")
headway_debian_package(headway_command headway utils
  "one-way directory synchronizer with live progress"
  "headway sync brings a directory up to date with another one, by size and
modification time, and shows how far it is: live, as plain lines, or as JSON.")

# The packages are made in the shared build.
if(NOT BUILD_SHARED_LIBS)
  return()
endif()
set(CPACK_INSTALL_CMAKE_PROJECTS
  ${HEADWAY_STATIC_BUILD} headway STATIC /
  ${PROJECT_BINARY_DIR} headway ALL /)  # the later one wins: headway.pc is that of the shared library
set(CPACK_COMPONENTS_STATIC headway_development)
set(CPACK_COMPONENTS_ALL headway_library headway_development headway_command)
set(CPACK_COMPONENT_HEADWAY_DEVELOPMENT_DEPENDS headway_library)
set(CPACK_COMPONENT_HEADWAY_COMMAND_DEPENDS headway_library)

set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # else it would stand before each package's own
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)  # on exactly this version
set(CPACK_DEBIAN_HEADWAY_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_HEADWAY_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
# What the packages of others, linked to the library, will depend on.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_HEADWAY_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/triggers)
include(CPack)
