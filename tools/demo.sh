#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
set -euo pipefail

usage() {
  cat <<'END'
Shows Headway at work: builds the `headway` command and synchronizes real directories with it.

  tools/demo.sh                       copies /usr/include and /usr/share/doc into a temporary directory
  tools/demo.sh SRC DST [OPTION...]   synchronizes SRC to DST, with options of `headway sync`

Either way the copy is then compared with its source by diff. Packages that the build needs and that are
missing are installed by apt-get. The build goes to build/demo. The temporary directory is removed at the
end; DST is kept.
END
}

if [[ ${1-} == -h || ${1-} == --help ]]; then
  usage
  exit 0
elif (($# == 1)) || [[ ${1-} == -* ]]; then
  echo "tools/demo.sh: \"$1\" alone is no SRC and DST, and no option. What it takes:" >&2
  usage >&2
  exit 2
fi

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/lib/packages.sh
source "$root/tools/lib/packages.sh"

work=
cleanup() {
  if [[ -n $work ]]; then rm -rf -- "$work"; fi
}
trap cleanup EXIT
# The shell waits until `headway` has put things in order, then comes here.
trap 'exit 130' INT
trap 'exit 143' TERM

build() {
  need "${build_packages[@]}" "${command_packages[@]}"
  echo "Building the headway command in build/demo"
  (
    cd -- "$root" # where the presets are; the arguments are relative to where the caller stands
    cmake --preset demo --log-level=NOTICE
    cmake --build --preset demo --parallel "$(nproc)"
  )
}

# verify SRC DST. What DST has beyond SRC is none of the synchronizer's business.
verify() {
  local differences status=0
  differences=$(LC_ALL=C diff -r --brief --no-dereference -- "$1" "$2") || status=$?
  if ((status > 1)); then
    echo "diff could not compare $1 and $2." >&2
    return 1
  fi
  differences=$(DST=${2%/} awk \
    'BEGIN { only = "Only in " ENVIRON["DST"] } index($0, only ":") != 1 && index($0, only "/") != 1' \
    <<<"$differences")
  if [[ -n $differences ]]; then
    printf '%s\n' "$differences" >&2
    echo "The copy differs from $1." >&2
    return 1
  fi
  echo "Verified: diff -r finds every file of $1 in the copy, unchanged."
}

build
headway=$root/build/demo/tools/headway
echo "To see it from another terminal meanwhile: $headway top"

if (($# >= 2)); then
  "$headway" sync "$@"
  verify "$1" "$2"
  exit
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/headway-demo.XXXXXX")
synchronized=0
for tree in /usr/include /usr/share/doc; do
  if [[ ! -d $tree || ! -r $tree ]]; then continue; fi
  copy=$work/${tree##*/}
  echo
  echo "headway sync $tree $copy"
  "$headway" sync "$tree" "$copy"
  verify "$tree" "$copy"
  synchronized=$((synchronized + 1))
done
if ((synchronized == 0)); then
  echo "There is neither /usr/include nor /usr/share/doc here. Name a directory: tools/demo.sh SRC DST" >&2
  exit 1
fi
