#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Uses the library as others do: by FetchContent, by add_subdirectory, and installed by DESTDIR, then moved, by
# find_package and pkg-config; static and shared; in C++ and in projects that know C alone; and out of the
# build tree.
#
#   run.sh SOURCE BUILD KIND RING CMAKE CXX      KIND: what BUILD is, static or shared
set -eu
source=$1 build=$2 kind=$3 ring=$4 cmake=$5 CXX=$6
export CXX
: "${CC:=cc}"
case $kind in
  static) other=shared ;;
  *) other=static ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/headway package.XXXXXX")  # with a space in its name
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
. "$source/tests/package/consumers.sh"

# What is in the archive is all that a project that takes in the library needs.
tar -C "$source" -czf "$work/headway.tar.gz" CMakeLists.txt LICENSE core include
# shellcheck disable=SC2086
consume "FetchContent-$kind" "$kind" consumer -DHEADWAY_ARCHIVE="$work/headway.tar.gz" $at_once \
  -DHEADWAY_RING="$ring" -DBUILD_SHARED_LIBS="$(is_shared "$kind")"
# This one also installs what it builds, which saves building the other kind once more.
libdir=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:[A-Z]*=//p' "$build/CMakeCache.txt")
# shellcheck disable=SC2086
consume "add_subdirectory-$other" "$other" consumer -DHEADWAY_SOURCE="$source" $at_once \
  -DHEADWAY_RING="$ring" -DBUILD_SHARED_LIBS="$(is_shared "$other")" \
  -DHEADWAY_INSTALL=ON -DCMAKE_INSTALL_LIBDIR="$libdir"

# install_kind KIND BUILD: installs into a stage as a packager does, and takes it away from there: once by itself,
# and once beside the other kind.
prefix="$work/moved prefix"
mkdir "$prefix"
install_kind() {
  say "install the $1 library by DESTDIR, then move it"
  for component in headway_library headway_development; do
    DESTDIR="$work/stage" "$cmake" --install "$2" --prefix /opt/headway --component $component >/dev/null
  done
  [ "$(find "$work/stage" -type f | grep -cv '/stage/opt/headway/')" = 0 ] || fail "files beside the prefix"
  ! grep -rIl -e "$work" -e /opt/headway "$work/stage" || fail "a file knows the place it was installed to"
  mv "$work/stage/opt/headway" "$work/$1 alone"
  rm -r "$work/stage"
  cp -R "$work/$1 alone/." "$prefix"
}
install_kind "$other" "$work/add_subdirectory-$other"
install_kind "$kind" "$build"

for each in static shared; do
  consume "find_package-$each" $each consumer -DCMAKE_PREFIX_PATH="$prefix" -DHEADWAY_KIND=$each
  consume "find_package-$each-C" $each c_consumer -DCMAKE_PREFIX_PATH="$prefix" -DHEADWAY_KIND=$each
done
consume find_package-by_default static consumer -DCMAKE_PREFIX_PATH="$prefix"
consume build-tree "$kind" consumer -Dheadway_DIR="$build"

if [ "$ring" = own ]; then
  say "the installed headers need nothing but the standard library"
  "$CXX" -std=c++20 -I"$prefix/include" -M "$source/tests/package/consumer/consumer.cpp" >"$work/log"
  ! grep '/boost/' "$work/log" || fail "a public header includes Boost"
fi

say "each installed public header compiles by itself, those for C in C too"
# check_headers PATTERN COMPILER...
check_headers() {
  pattern=$1
  shift
  find "$prefix/include/headway" -maxdepth 1 -name "$pattern" -print0 |
    xargs -0 -P 2 -I HEADER "$@" -DHEADWAY_STATIC -fsyntax-only -Wall -Wextra -Wpedantic -Werror \
      -I"$prefix/include" -include HEADER /dev/null
}
check_headers '*.h*' "$CXX" -std=c++20 -x c++
check_headers '*.h' "$CC" -std=c11 -x c

if command -v pkg-config >/dev/null; then
  for each in static shared; do
    pc=$(find "$work/$each alone" -name headway.pc)
    PKG_CONFIG_PATH=${pc%/*} LD_LIBRARY_PATH=${pc%/pkgconfig/*}
    export PKG_CONFIG_PATH LD_LIBRARY_PATH
    consume_by_pkg_config "pkg-config-$each" $each cpp
    consume_by_pkg_config "pkg-config-$each-C" $each c
  done
  # Beside each other: the linker takes the shared one, unless the whole program is to be static.
  pc=$(find "$prefix" -name headway.pc)
  PKG_CONFIG_PATH=${pc%/*}
  consume_by_pkg_config pkg-config-of-both shared c
  consume_by_pkg_config pkg-config-of-both-static static c -static
else
  say "pkg-config is not installed: left out"
fi
say "all consumers work"
