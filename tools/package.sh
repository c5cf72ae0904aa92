#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
set -euo pipefail

usage() {
  cat <<'END'
Builds Debian packages: libheadway0.1 (the shared library), libheadway-dev (headers, static library, what CMake
and pkg-config want to know) and headway (the command). Packages that are missing are installed by apt-get.

  tools/package.sh [-- ARGUMENT...]   more arguments for CMake, such as -DCPACK_PACKAGE_CONTACT='You <you@there>'

  --build DIR           where to build (default: build/packages); the packages lie in DIR afterwards
  -j N, --jobs N        how many compilers run at once (default: one per processor)
  -h, --help            this

Then: sudo apt install build/packages/*.deb
END
}

wrong_usage() {
  echo "tools/package.sh: $1" >&2
  echo "tools/package.sh --help says more." >&2
  exit 2
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/packages
jobs=$(nproc)
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --build | -j | --jobs)
      (($# >= 2)) || wrong_usage "$1 wants a value"
      case $1 in
        --build) build=$(realpath --canonicalize-missing -- "$2") ;;
        *) jobs=$2 ;;
      esac
      shift
      ;;
    --)
      shift
      break
      ;;
    *) wrong_usage "there is no option $1" ;;
  esac
  shift
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || wrong_usage "$jobs is no number of jobs"

# shellcheck source=tools/lib/packages.sh
source "$root/tools/lib/packages.sh"
need "${build_packages[@]}" "${command_packages[@]}" "${debian_packages[@]}"

# build_kind KIND SHARED [CMAKE ARGUMENT...]
build_kind() {
  local kind=$1 shared=$2
  shift 2
  cmake -S "$root" -B "$build/$kind" -G Ninja --log-level=NOTICE -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_SKIP_INSTALL_RPATH=ON -DHEADWAY_DEBIAN=ON \
    -DHEADWAY_BUILD_TESTS=OFF -DHEADWAY_BUILD_BENCH=OFF \
    -DBUILD_SHARED_LIBS="$shared" -DHEADWAY_BUILD_TOOLS="$shared" -DHEADWAY_STATIC_BUILD="$build/static" "$@"
  cmake --build "$build/$kind" --parallel "$jobs"
}
build_kind static OFF "$@"
build_kind shared ON "$@"

# cpack leaves its work where it puts the packages.
rm -rf -- "$build"/cpack "$build"/*.deb
cpack --config "$build/shared/CPackConfig.cmake" -B "$build/cpack"
mv -- "$build"/cpack/*.deb "$build/"
rm -rf -- "$build/cpack"
printf '%s\n' "$build"/*.deb
