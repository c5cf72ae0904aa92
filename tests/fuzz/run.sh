#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
set -euo pipefail

usage() {
  cat <<'END'
run.sh TARGET SEEDS FOLDER: fuzzes for a short while, from a fixed seed.

What is found goes to FOLDER, inputs that fail to FOLDER/failed-*; SEEDS is only read. The environment:
  HEADWAY_FUZZ_SECONDS=N   goes on for N seconds instead, from another seed each time
END
}

if [[ ${1-} == --help ]]; then
  usage
  exit 0
fi
if (($# != 3)); then
  echo "run.sh: $# arguments; it takes three" >&2
  usage >&2
  exit 2
fi
target=$1 seeds=$2 folder=$3
seconds=${HEADWAY_FUZZ_SECONDS-}
if [[ -n $seconds && ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  echo "run.sh: HEADWAY_FUZZ_SECONDS is \"$seconds\"; it must be a whole number of seconds, 1 or more" >&2
  exit 2
fi

mkdir -p -- "$folder"
options=(-artifact_prefix="$folder/failed-" -max_len=4096 -timeout=25 -print_final_stats=1 -verbosity=0)
if [[ -n $seconds ]]; then
  mkdir -p -- "$folder/corpus"
  options+=(-max_total_time="$seconds" "$folder/corpus")
else
  # Nothing is kept, so that each run is the same; the time is a bound for slow machines.
  found=$(mktemp -d -- "$folder/short.XXXXXX")
  trap 'rm -rf -- "$found"' EXIT
  options+=(-seed=1 -runs=3000 -max_total_time=60 "$found")
fi
if [[ -f ${seeds}.dict ]]; then options+=(-dict="${seeds}.dict"); fi
"$target" "${options[@]}" "$seeds"
