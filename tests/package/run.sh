#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs the library and uses it as others do: by find_package, add_subdirectory and pkg-config, static
# and shared, from a prefix that was moved after the installation, and out of the build tree.
#
#   run.sh SOURCE BUILD KIND RING CMAKE CXX      KIND: what BUILD is, static or shared
set -eu
source=$1 build=$2 kind=$3 ring=$4 cmake=$5 CXX=$6
export CXX
unset DESTDIR CXXFLAGS LDFLAGS
case $kind in
  static) other=shared ;;
  *) other=static ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/headway package.XXXXXX")  # with a space in its name
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "--- $*"; }
is_shared() { [ "$1" = shared ] && echo ON || echo OFF; }

# consume NAME [CMAKE ARGUMENT...]: configures, builds and runs the consumer.
consume() {
  name=$1
  shift
  say "$name"
  {
    "$cmake" -S "$source/tests/package/consumer" -B "$work/$name" -DCMAKE_BUILD_TYPE= "$@" &&
      "$cmake" --build "$work/$name" --parallel 2
  } >"$work/log" 2>&1 || {
    cat "$work/log"
    echo "FAILED: $name does not configure or build"
    exit 1
  }
  "$work/$name/consumer"
}

# check_kind CONSUMER KIND: the consumer must have been linked to that kind.
check_kind() {
  needed=$(LC_ALL=C readelf -d "$work/$1/consumer" | grep -c 'NEEDED.*libheadway' || true)
  [ "$needed" = "$([ "$2" = shared ] && echo 1 || echo 0)" ] || {
    echo "FAILED: $1 was not linked to the $2 library"
    exit 1
  }
}

# The subproject of the other kind also installs what it builds, which saves building it once more.
consume "add_subdirectory-$kind" -DHEADWAY_SOURCE="$source" -DHEADWAY_RING="$ring" \
  -DBUILD_SHARED_LIBS="$(is_shared "$kind")"
consume "add_subdirectory-$other" -DHEADWAY_SOURCE="$source" -DHEADWAY_RING="$ring" \
  -DBUILD_SHARED_LIBS="$(is_shared "$other")" -DHEADWAY_INSTALL=ON
check_kind "add_subdirectory-$kind" "$kind"
check_kind "add_subdirectory-$other" "$other"

say "install, then move the prefix"
for component in headway_library headway_development; do
  "$cmake" --install "$work/add_subdirectory-$other" --prefix "$work/first" --component $component >/dev/null
  "$cmake" --install "$build" --prefix "$work/first" --component $component >/dev/null
done
prefix="$work/moved prefix"
mv "$work/first" "$prefix"

for each in "$kind" "$other"; do
  consume "find_package-$each" -DCMAKE_PREFIX_PATH="$prefix" -DHEADWAY_KIND="$each"
  check_kind "find_package-$each" "$each"
done
consume find_package-by_default -DCMAKE_PREFIX_PATH="$prefix"
check_kind find_package-by_default static
consume build-tree -Dheadway_DIR="$build"
check_kind build-tree "$kind"

if [ "$ring" = own ]; then
  say "the installed headers need nothing but the standard library"
  "$CXX" -std=c++20 -I"$prefix/include" -M "$source/tests/package/consumer/consumer.cpp" >"$work/log"
  if grep '/boost/' "$work/log"; then
    echo "FAILED: a public header includes Boost"
    exit 1
  fi
fi

say "each installed public header compiles by itself"
for header in "$prefix"/include/headway/*.hpp; do
  echo "#include <headway/${header##*/}>" | "$CXX" -std=c++20 -DHEADWAY_STATIC \
    -fsyntax-only -Wall -Wextra -Werror -I"$prefix/include" -x c++ -
done

# The .pc file is that of the installation made last: this build's.
if command -v pkg-config >/dev/null; then
  say "pkg-config"
  pc=$(find "$prefix" -name headway.pc)
  PKG_CONFIG_PATH=${pc%/*}
  export PKG_CONFIG_PATH
  # pkg-config escapes the spaces of the path for a shell, so a shell must read them.
  eval "\"\$CXX\" -std=c++20 \"\$source/tests/package/consumer/consumer.cpp\" -o \"\$work/by-pkg-config\" \
    $(pkg-config --cflags --libs headway)"
  LD_LIBRARY_PATH=${pc%/pkgconfig/*} "$work/by-pkg-config"
else
  say "pkg-config is not installed: left out"
fi
say "all consumers work"
