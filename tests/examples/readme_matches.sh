#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each block of code of the README comes from a file that is compiled or run: the line before it names the file, and
# the block consists of lines of that file, in the same order.
#
#   readme_matches.sh README
set -eu
cd "$(dirname -- "$1")"
awk '
  function fail(what) { print FILENAME ":" FNR ": " what; failed = 1; exit }
  function trim(line) { gsub(/^ +| +$/, "", line); return line }
  function find(line) {
    while ((status = (getline have < file)) > 0) { if (trim(have) == line) return }
    if (status < 0) fail("there is no " file)
    fail("not in " file ", or not in this place: " line)
  }
  inside && /^```$/ { inside = 0; close(file); blocks++; next }
  inside && !/^ *$/ { find(trim($0)) }
  !inside && /^```(cpp|c|python|cmake)$/ {
    if (previous !~ /^<!-- [^ ]+ -->$/) fail("this block does not say which file it comes from")
    file = substr(previous, 6, length(previous) - 9)
    inside = 1
  }
  { previous = $0 }
  END { if (!failed && blocks < 5) { print "only " blocks + 0 " blocks of code"; failed = 1 } exit failed }' \
  "$(basename -- "$1")"
