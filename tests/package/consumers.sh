# SPDX-License-Identifier: MIT
#
# Sourced by the tests of this folder: other people's projects, built and run.
#
# Wants: source, the project; work, a folder for whatever comes up; cmake, CXX, CC.

# shellcheck shell=sh
# What the caller's environment says would have others find another library than the one tested.
unset DESTDIR CFLAGS CXXFLAGS LDFLAGS LD_LIBRARY_PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH headway_DIR

# One compiler run for the library, a fifth of the time. Others' projects may do that to it, too.
at_once='-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0'

say() { printf '%s\n' "--- $*"; }
fail() {
  printf '%s\n' "FAILED: $*"
  exit 1
}
skip() {
  printf '%s\n' "$*: skipped"
  exit 77
}
is_shared() { [ "$1" = shared ] && echo ON || echo OFF; }

# quietly WHAT COMMAND...: shows what the command says only where it fails.
quietly() {
  what=$1
  shift
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log"
    fail "$what"
  }
}

# check_kind PROGRAM KIND: the program must have been linked to that kind.
check_kind() {
  needed=$(LC_ALL=C readelf -d "$1" | grep -c 'NEEDED.*libheadway' || true)
  [ "$needed" = "$([ "$2" = shared ] && echo 1 || echo 0)" ] || fail "$1 was not linked to the $2 library"
}

# consume NAME KIND FOLDER [CMAKE ARGUMENT...]: configures, builds and runs the consumer of that folder, which
# must come out linked to the KIND of library.
consume() {
  name=$1 of_kind=$2 folder=$3
  shift 3
  say "$name"
  quietly "$name does not configure" "$cmake" -S "$source/tests/package/$folder" -B "$work/$name" \
    -DCMAKE_BUILD_TYPE= "$@"
  quietly "$name does not build" "$cmake" --build "$work/$name" --parallel 2
  "$work/$name/consumer"
  check_kind "$work/$name/consumer" "$of_kind"
}

# consume_by_pkg_config NAME KIND LANGUAGE [FLAG...]: the same by a plain compiler call and pkg-config, whose
# PKG_CONFIG_PATH the caller has set if it needs one; c or cpp.
consume_by_pkg_config() {
  name=$1 of_kind=$2
  say "$name"
  case $3 in
    c) compiler="$CC -std=c11" consumer=c_consumer/consumer.c ;;
    *) compiler="$CXX -std=c++20" consumer=consumer/consumer.cpp ;;
  esac
  shift 3
  case $of_kind in
    static) flags=$(pkg-config --static --cflags --libs headway) ;;
    *) flags=$(pkg-config --cflags --libs headway) ;;
  esac
  # pkg-config escapes the spaces of a path for a shell, so a shell must read them.
  eval "$compiler \"\$source/tests/package/\$consumer\" -o \"\$work/$name\" $* $flags"
  "$work/$name"
  check_kind "$work/$name" "$of_kind"
}
