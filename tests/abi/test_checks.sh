#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The checks notice what they are there for: members in another order, a function that is gone, one that is new, and
# a symbol that nobody meant to export.
#
#   test_checks.sh SOURCE CXX LIBRARY
set -eu
source=$1 cxx=$2 library=$3
here=$source/tests/abi
work=$(mktemp -d "${TMPDIR:-/tmp}/headway-abi.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fails WHAT TEXT COMMAND...: it must exit with 1 and say TEXT.
fails() {
  what=$1 text=$2
  shift 2
  status=0
  "$@" >"$work/log" 2>&1 || status=$?
  if [ $status = 77 ]; then
    cat "$work/log"
    exit 77
  fi
  if [ $status != 1 ] || ! grep -q -- "$text" "$work/log"; then
    cat "$work/log"
    echo "FAILED: $what was not noticed (status $status)"
    exit 1
  fi
  echo "noticed: $what"
}

cp -R "$source/include" "$work/include"
types=$work/include/headway/headway_types.h
# Of headway_update alone.
awk '/^typedef struct headway_update / { inside = 1 } /^} headway_update;/ { inside = 0 }
  inside && $0 == "  uint64_t completed;" { print "  uint64_t total;"; next }
  inside && $0 == "  uint64_t total;" { print "  uint64_t completed;"; next }
  { print }' "$source/include/headway/headway_types.h" >"$types"
if cmp -s "$types" "$source/include/headway/headway_types.h"; then
  echo "FAILED: headway_update has no members to change places"
  exit 1
fi
fails "members in another order" "headway_update" sh "$here/check_abi.sh" "$source" "$cxx" "$work/include"

sh "$here/check_symbols.sh" "$library" "$here/symbols.txt"
grep -v '^headway_report@' "$here/symbols.txt" >"$work/fewer"
fails "a function that is new" "> headway_report@@" sh "$here/check_symbols.sh" "$library" "$work/fewer"
{ cat "$here/symbols.txt" && echo "headway_zzz@@HEADWAY_0.1"; } >"$work/more"
fails "a function that is gone" "< headway_zzz@@" sh "$here/check_symbols.sh" "$library" "$work/more"

echo 'void headway_one(void) {} void stray(void) {}' >"$work/stray.c"
"$cxx" -x c -shared -fPIC -nostdlib -o "$work/stray.so" "$work/stray.c"
echo headway_one >"$work/one"
fails "a stray symbol" "^stray$" sh "$here/check_symbols.sh" "$work/stray.so" "$work/one"
