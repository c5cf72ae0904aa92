#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
set -euo pipefail

usage() {
  cat <<'END'
Builds Headway and runs its tests. Packages that are missing are installed by apt-get.

  tools/test.sh                   the optimized build, all tests
  tools/test.sh --quick           the optimized build, unit and law tests only
  tools/test.sh --preset NAME     another build of CMakePresets.json, all tests; may be given several times
  tools/test.sh --ci              everything: both compilers, static and shared, both kinds of rings, with
                                  and without the kernel's barrier, sanitizers, fuzzers, other processors,
                                  Windows, format, clang-tidy
  tools/test.sh ... -- ARGUMENT...   more arguments for ctest, such as -R flush --repeat until-fail:10

  -j N, --jobs N                  how many compilers and tests run at once (default: one per processor)
  -h, --help                      this

A build goes to build/<preset>. The last lines are ctest's summary.
END
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
# shellcheck source=tools/lib/packages.sh
source tools/lib/packages.sh
# shellcheck source=tools/lib/matrix.sh
source tools/lib/matrix.sh

ci=no
quick=no
presets=()
jobs=$(nproc)
more_tests=0
ctest_arguments=()

wrong_usage() {
  echo "tools/test.sh: $1" >&2
  echo "tools/test.sh --help says more." >&2
  exit 2
}
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --ci) ci=yes ;;
    --quick) quick=yes ;;
    --preset | -j | --jobs)
      (($# >= 2)) || wrong_usage "$1 wants a value"
      case $1 in
        --preset) presets+=("$2") ;;
        *) jobs=$2 ;;
      esac
      shift
      ;;
    --)
      shift
      ctest_arguments=("$@")
      break
      ;;
    *) wrong_usage "there is no option $1" ;;
  esac
  shift
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || wrong_usage "$jobs is no number of jobs"
[[ $ci == no || ${#presets[@]} == 0 ]] || wrong_usage "--ci names its presets itself"
trap 'exit 130' INT # the whole matrix, not only the step that runs

# build PRESET [CMAKE ARGUMENT...]
build() {
  local preset=$1
  shift
  cmake --preset "$preset" --log-level=NOTICE "$@"
  cmake --build --preset "$preset" --parallel "$jobs" ${targets:+--target $targets}
}

# ThreadSanitizer of these compilers cannot place its memory where the kernel randomizes much of the
# address; there its programs run with that switched off.
placed() {
  if [[ $1 == tsan* ]] && ! "build/$1/tests/headway_unit_tests" --gtest_list_tests >/dev/null 2>&1; then
    shift
    setarch "$(uname -m)" --addr-no-randomize "$@"
  else
    shift
    "$@"
  fi
}

# run PRESET [CTEST ARGUMENT...]
run() {
  local preset=$1
  shift
  placed "$preset" ctest --preset "$preset" --parallel "$((jobs + more_tests))" --no-tests=error "$@" "${ctest_arguments[@]}"
}

# build_and_run PRESET [CTEST ARGUMENT...]
build_and_run() {
  build "$1" ${werror:+-DHEADWAY_WERROR=ON}
  run "$@"
}

unit_and_laws=(--label-regex '^(unit|laws)$')
laws=(--label-regex '^laws$')

if [[ $ci == no ]]; then
  need "${build_packages[@]}" "${command_packages[@]}" "${test_packages[@]}"
  if ((${#presets[@]} == 0)); then presets=(release); fi
  for preset in "${presets[@]}"; do
    case $preset in
      *clang* | shared | fuzz) need "${matrix_packages[@]}" ;;
      aarch64 | i386) need "${cross_packages[@]}" ;;
      windows*) need "${windows_packages[@]}" ;;
    esac
    if [[ $quick == yes ]]; then
      targets='headway_unit_tests headway_law_tests' build_and_run "$preset" "${unit_and_laws[@]}"
    else
      build_and_run "$preset"
    fi
  done
  exit
fi

own_sources() {
  find include core tools tests bench \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.c' \) -print0
}

# run_on_one_cpu PRESET [CTEST ARGUMENT...]: threads then change places anywhere, and never run at once.
run_on_one_cpu() {
  local cpus
  cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
  jobs=1
  more_tests=0
  taskset --cpu-list --pid "${cpus%%[-,]*}" "$BASHPID" >/dev/null
  run "$@"
}

# What only Windows compiles. clang does not look for the headers where Debian has them.
check_tidy_for_windows() {
  local headers
  headers=$(x86_64-w64-mingw32-g++-posix -print-file-name=include/c++)
  find core/platform/windows -name '*.cpp' -print0 |
    timeout 900 xargs -0 -I '{}' -P "$jobs" clang-tidy-14 --quiet '{}' -- -std=c++20 -Iinclude -I. \
      --target=x86_64-w64-mingw32 -isystem "$headers" -isystem "$headers/x86_64-w64-mingw32" -DHEADWAY_STATIC
}

# build_and_run_for_windows [CTEST ARGUMENT...]
build_and_run_for_windows() {
  if ! need "${windows_packages[@]}"; then
    echo "Windows is skipped: these packages are missing: ${windows_packages[*]##*:}"
    return "$skipped_step"
  fi
  check_tidy_for_windows
  build_and_run windows "$@"
}

check_format() { own_sources | xargs -0 clang-format-14 --dry-run --Werror; }

# The compiled sources by the compile commands of a build with clang; the public headers that none of them
# includes by way of a program that includes all.
check_tidy() {
  local -a public=(clang-tidy-14 --quiet tests/package/consumer/consumer.cpp -- -std=c++20 -Iinclude)
  find core tools -path core/platform/windows -prune -o -name '*.cpp' -print0 |
    timeout 900 xargs -0 -n 1 -P "$jobs" clang-tidy-14 --quiet -p build/shared
  "${public[@]}"
}

need "${build_packages[@]}" "${command_packages[@]}" "${test_packages[@]}" "${matrix_packages[@]}"
werror=yes
more_tests=1 # at once than there are processors: some only wait
unit_and_law_tests='headway_unit_tests headway_law_tests'
step format check_format
step release build_and_run release
targets="$unit_and_law_tests headway_c_abi_tests"
step shared build_and_run shared --label-regex '^(unit|laws|c_abi|abi)$'
step tidy check_tidy
targets="$unit_and_law_tests headway_command headway_display_tests headway_test_service headway_soak headway_c_abi_tests"
targets="$targets headway_board_tests"
step asan-ubsan build_and_run asan-ubsan --label-regex '^(unit|laws|tools|soak|c_abi|board)$'
targets="$unit_and_law_tests headway_fuzz_targets"
step asan-ubsan-clang build_and_run fuzz --label-regex '^(unit|laws|fuzz)$'
targets="$unit_and_law_tests headway_board_tests"
step tsan build_and_run tsan --label-regex '^(unit|laws|board)$'
targets=$unit_and_law_tests
step tsan-one-cpu run_on_one_cpu tsan "${laws[@]}"
step i386 build_and_run i386 "${unit_and_laws[@]}"
step aarch64 build_and_run aarch64 "${unit_and_laws[@]}"
step windows build_and_run_for_windows "${unit_and_laws[@]}"
targets='headway_law_tests'
step boost-ring build_and_run boost-ring "${laws[@]}"
targets='headway_stall_tests'
# A provider that is stopped at each instruction, and left there, is release's.
step checked build_and_run checked --label-regex '^stalls$' --tests-regex Interrupted
finish
