#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The README's first C++ block consists of lines of the example that is compiled, in the same order.
#
#   readme_matches.sh README EXAMPLE
set -eu
sed -n '/^```cpp$/,/^```$/p' "$1" | awk -v example="$2" '
  function next_line() { while ((getline have < example) > 0) { gsub(/^ +| +$/, "", have); return 1 } return 0 }
  /^```$/ { exit }
  /^```/ || /^ *$/ { next }
  {
    gsub(/^ +| +$/, "")
    lines++
    do {
      if (!next_line()) { print "not in the example, or not in this place: " $0; failed = 1; exit }
    } while (have != $0)
  }
  END { if (!lines) print "the README has no C++ block"; exit failed || !lines }'
