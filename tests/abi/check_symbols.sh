#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compares what a shared library exports with what it is to export: the C functions of the list, each under its
# version, and in C++ what is in the namespace headway.
#
#   check_symbols.sh LIBRARY LIST
set -eu
library=$1 list=$2
command -v nm >/dev/null || {
  echo "skipped: nm is missing (binutils)"
  exit 77
}
work=$(mktemp -d "${TMPDIR:-/tmp}/headway-abi.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The version nodes themselves are of type A.
LC_ALL=C nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | LC_ALL=C sort >"$work/all"
failed=no
if grep '^headway_' "$work/all" | diff "$list" - >"$work/difference"; then
  :
else
  echo "FAILED: C functions that are gone (<) or new (>) beside $list (tests/abi/README.md)"
  cat "$work/difference"
  failed=yes
fi
# _ZN[K]7headway...: functions and objects; _ZT[ISV]N7headway...: what RTTI and virtual functions take.
if grep -Ev '^(headway_|_ZNK?7headway|_ZT[ISV]N7headway)[^@]*@@HEADWAY_[0-9.]+$' "$work/all"; then
  echo "FAILED: the above is exported, and is to be hidden or has no version (core/headway.map)"
  failed=yes
fi
[ $failed = no ]
