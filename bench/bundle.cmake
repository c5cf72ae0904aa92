# SPDX-License-Identifier: MIT
#
# Copies the benchmarks, and the libraries that they need beside the C library's own, into one folder that runs
# on a machine without packages, if its C library is no older. Run by the target bench_bundle:
#
#   cmake -DPROGRAMS="<file>;<file>..." -DFOLDER=<folder> -P bundle.cmake
file(GET_RUNTIME_DEPENDENCIES
  EXECUTABLES ${PROGRAMS}
  RESOLVED_DEPENDENCIES_VAR libraries
  UNRESOLVED_DEPENDENCIES_VAR missing
  POST_EXCLUDE_REGEXES "/(ld-linux[^/]*|libc|libm|libdl|librt|libpthread)\\.so[^/]*$")
if(missing)
  message(FATAL_ERROR "needed, and not found: ${missing}")
endif()
file(COPY ${PROGRAMS} ${libraries} DESTINATION ${FOLDER} FOLLOW_SYMLINK_CHAIN)
message(STATUS "headway: ${FOLDER} can be carried to another machine")
