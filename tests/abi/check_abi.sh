#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compares the binary interface of headway/headway.h with the one that was committed, by abidiff: functions, their
# parameters, and the structs that they reach. Any difference fails; see README.md for what to do then.
#
#   check_abi.sh SOURCE CXX [INCLUDE]     INCLUDE: the headers, if not SOURCE/include
#   check_abi.sh --refresh SOURCE CXX     takes the interface as it is now for the one to compare with
set -eu
refresh=no
if [ "$1" = --refresh ]; then
  refresh=yes
  shift
fi
source=$1 cxx=$2 include=${3:-$1/include}
baseline=$source/tests/abi/headway-x86_64.xml

skip() {
  echo "skipped: $1"
  exit 77
}
for tool in abidw abidiff; do
  command -v $tool >/dev/null || skip "$tool is missing (abigail-tools)"
done
[ "$("$cxx" -dumpmachine | cut -d- -f1)" = x86_64 ] || skip "the committed interface is that of x86_64"

work=$(mktemp -d "${TMPDIR:-/tmp}/headway-abi.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The sources that define the functions, by themselves and with debug information: whatever the library was built
# with, the description is the same. What they use of the rest of the library stays undefined.
"$cxx" -std=c++20 -O0 -g -fPIC -fvisibility=hidden -fvisibility-inlines-hidden \
  -DHEADWAY_BUILDING -I"$include" -I"$source" -shared -nostdlib -Wl,--version-script="$source/core/headway.map" \
  -o "$work/c_api.so" "$source"/core/c_api*.cpp

# Types that the two headers do not define are none of the interface: the handles are incomplete in it.
abidw --header-file "$include/headway/headway.h" --header-file "$include/headway/headway_types.h" \
  --drop-private-types --exported-interfaces-only --no-corpus-path --no-comp-dir-path --no-show-locs \
  --no-parameter-names --type-id-style hash --out-file "$work/now.xml" "$work/c_api.so"

if [ "$refresh" = yes ]; then
  cp "$work/now.xml" "$baseline"
  LC_ALL=C nm -D --defined-only "$work/c_api.so" | awk '$2 == "T" { print $3 }' | LC_ALL=C sort \
    >"$source/tests/abi/symbols.txt"
  exit
fi
abidiff "$baseline" "$work/now.xml" || {
  echo "FAILED: the binary interface of headway/headway.h is not the committed one (tests/abi/README.md)"
  exit 1
}
