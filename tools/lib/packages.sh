# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of tools/. `need WHAT...` sees to it that packages are installed. WHAT is
#
#   PACKAGE              a package of Debian
#   PACKAGE|OTHER        either will do; the first is installed where both are missing
#   COMMAND:PACKAGE      a command, wherever it comes from, and the package that has it
#
# What is there already is left alone, and then nothing is asked of the network.

# shellcheck shell=bash

package_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# satisfied WHAT
satisfied() {
  local what=$1 package
  if [[ $what == *:* ]]; then
    command -v "${what%%:*}" >/dev/null
    return
  fi
  command -v dpkg-query >/dev/null || return 1
  local -a alternatives
  IFS='|' read -r -a alternatives <<<"$what"
  for package in "${alternatives[@]}"; do
    if package_installed "$package"; then return 0; fi
  done
  return 1
}

need() {
  local what package
  local -a missing=() as_root=()
  for what in "$@"; do
    if ! satisfied "$what"; then
      package=${what##*:}
      missing+=("${package%%|*}")
    fi
  done
  if ((${#missing[@]} == 0)); then return 0; fi

  if ! command -v apt-get >/dev/null; then
    # Another distribution has them under other names; whether they are there shows in the build.
    echo "This system has no apt-get. Needed here, by the names of Debian's packages:"
    printf '  %s\n' "${missing[@]}"
    echo "Going on as if they were installed."
    return 0
  fi
  if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "These packages are missing, and there is no sudo to install them with. As root, run:" >&2
      echo "  apt-get update && apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  # Nothing that is installed may be removed to make room: then it is better to stop and say so.
  if ! "${as_root[@]}" apt-get update; then
    echo "apt-get update failed; trying with the package lists at hand." >&2
  fi
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends --no-remove "${missing[@]}"; then
    echo "Could not install: ${missing[*]}" >&2
    return 1
  fi
}

# What building takes, whatever is built.
# shellcheck disable=SC2034
build_packages=(g++:g++ cmake:cmake ninja:ninja-build 'libboost-dev|libboost1.81-dev')

# What the headway command takes beyond that.
# shellcheck disable=SC2034
command_packages=(libcli11-dev)

# What making Debian packages takes beyond that: they find out what they depend on.
debian_packages=(dpkg-shlibdeps:dpkg-dev file:file)

# What the tests take beyond that. tmux: a terminal to draw in; the tests of the display use it. gcc: Spin's
# searches are programs in C, and so are some who use the library. prometheus scrapes what `headway export` serves.
# shellcheck disable=SC2034
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev relacy-dev spin:spin gcc:gcc valgrind:valgrind
  rsync:rsync python3:python3 pkg-config:pkg-config tmux:tmux promtool:prometheus
  'libcurl4-openssl-dev|libcurl4-gnutls-dev' libgit2-dev "${debian_packages[@]}")

# What the builds for other processors take; GoogleTest is built for them from its sources.
cross_packages=(aarch64-linux-gnu-g++:g++-aarch64-linux-gnu i686-linux-gnu-g++:g++-i686-linux-gnu
  qemu-aarch64:qemu-user googletest)

# What the build for Windows takes, and its tests.
# shellcheck disable=SC2034
windows_packages=(x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix wine64 googletest)

# What the whole matrix takes beyond that.
# shellcheck disable=SC2034
matrix_packages=(clang++-14:clang-14 libclang-rt-14-dev clang-format-14:clang-format-14
  clang-tidy-14:clang-tidy-14 taskset:util-linux abidiff:abigail-tools "${cross_packages[@]}")
