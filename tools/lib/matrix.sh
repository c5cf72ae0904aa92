# SPDX-License-Identifier: MIT
#
# Sourced by tools/test.sh: runs named steps one after the other, goes on where one fails, and says at the
# end how each went. Every step's output stands in build/log/<step>.log too.

# shellcheck shell=bash

matrix_started=$SECONDS
matrix_summary=()
matrix_failed=()

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
    matrix_failed+=("$name")
  fi
  result=$(grep -E '% tests passed' "$log" | tail -n 1 || true)
  matrix_summary+=("$(printf '%-7s %6s  %-16s %s' \
    "$verdict" "$(clock $((SECONDS - started)))" "$name" "$result")")
}

# why LOG: the tests that failed with the end of what each printed; of a step without such, the end of its log.
why() {
  local log=$1 said
  said=$(awk '
    function tell(  i, from) {
      if (name != "") {
        print "-- " name
        from = count > 30 ? count - 29 : 1
        for (i = from; i <= count; i++) print line[i]
      }
      name = ""
      count = 0
    }
    /^ *Start +[0-9]+: / || /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / || /^[0-9]+% tests passed/ {
      tell()
      if (/\*\*\*/ && !/\*\*\*Skipped/) name = $0
      next
    }
    name != "" { line[++count] = $0 }
    END { tell() }' "$log")
  if [[ -n $said ]]; then
    printf '%s\n' "$said"
  else
    tail -n 30 "$log"
  fi
}

# Ends with why steps failed and with what each said, one line each; fails if one failed.
finish() {
  local name
  for name in "${matrix_failed[@]}"; do
    printf '\n==== Why %s failed\n' "$name"
    why "build/log/$name.log"
  done
  printf '\n==== Summary  (%s in all)\n' "$(clock $((SECONDS - matrix_started)))"
  printf '%s\n' "${matrix_summary[@]}"
  if ((${#matrix_failed[@]} > 0)); then
    echo "${#matrix_failed[@]} of ${#matrix_summary[@]} steps failed. Their output is in build/log/."
    return 1
  fi
}
