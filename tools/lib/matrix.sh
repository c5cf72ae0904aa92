# SPDX-License-Identifier: MIT
#
# Sourced by tools/test.sh: runs named steps one after the other, goes on where one fails, and says at the
# end how each went. Every step's output stands in build/log/<step>.log too.

# shellcheck shell=bash

matrix_started=$SECONDS
matrix_summary=()
matrix_failed=0

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# What a step leaves with that cannot run here and has said why.
skipped_step=77

# step NAME COMMAND...
step() {
  local name=$1 started=$SECONDS verdict=ok log result
  shift
  log=build/log/$name.log
  mkdir -p build/log
  printf '\n==== %s  (at %s)\n' "$name" "$(clock $((SECONDS - matrix_started)))"
  # Not in a condition: there bash would ignore the step's own `set -e`.
  set +e
  (
    set -e
    "$@"
  ) 2>&1 | tee "$log"
  local status=${PIPESTATUS[0]}
  set -e
  if ((status == skipped_step)); then
    verdict=skipped
  elif ((status != 0)); then
    verdict=FAILED
    matrix_failed=$((matrix_failed + 1))
  fi
  result=$(grep -E '% tests passed' "$log" | tail -n 1 || true)
  matrix_summary+=("$(printf '%-7s %6s  %-16s %s' \
    "$verdict" "$(clock $((SECONDS - started)))" "$name" "$result")")
}

# Ends with what the steps said, one line each; fails if one failed.
finish() {
  printf '\n==== Summary  (%s in all)\n' "$(clock $((SECONDS - matrix_started)))"
  printf '%s\n' "${matrix_summary[@]}"
  if ((matrix_failed > 0)); then
    echo "$matrix_failed of ${#matrix_summary[@]} steps failed. Their output is in build/log/."
    return 1
  fi
}
