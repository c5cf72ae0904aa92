#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes the Debian packages by tools/package.sh, looks at what is in them, installs and uses them, and removes
# them again. Who is not root unpacks them instead, and uses them where they lie. Skipped where a Headway is installed:
# it is somebody's.
#
#   debian.sh SOURCE BUILD CMAKE CXX      BUILD: where to build, kept from run to run
set -eu
source=$1 build=$2 cmake=$3 CXX=$4
export CXX
: "${CC:=cc}"

work=$(mktemp -d "${TMPDIR:-/tmp}/headway-debian.XXXXXX")
version=$(sed -n 's/^project(headway VERSION \([0-9.]*\) .*/\1/p' "$source/CMakeLists.txt")
library=libheadway${version%.*}
packages="headway libheadway-dev $library"
installed=no
# shellcheck disable=SC2086
clean_up() {
  if [ $installed = yes ]; then dpkg_waiting --purge $packages || echo "These are left: $packages"; fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
. "$source/tests/package/consumers.sh"

# dpkg_waiting ARGUMENT...: waits for another dpkg to end.
dpkg_waiting() {
  tries=0
  until dpkg "$@" >"$work/dpkg.log" 2>&1; do
    tries=$((tries + 1))
    if ! grep -q 'locked by another process' "$work/dpkg.log" || [ $tries = 60 ]; then
      cat "$work/dpkg.log"
      return 1
    fi
    sleep 1
  done
}

for tool in dpkg dpkg-deb dpkg-query dpkg-shlibdeps file ninja pkg-config; do
  command -v $tool >/dev/null || skip "$tool is missing"
done
for package in $packages; do
  case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) in
    '' | not-installed) ;;
    *) skip "the package $package is installed here" ;;
  esac
done
if pkg-config --exists headway || [ -e /usr/local/include/headway ]; then skip "another Headway is installed here"; fi

say "make the packages"
# shellcheck disable=SC2086
quietly "tools/package.sh" "$source/tools/package.sh" --build "$build" -- -DCMAKE_BUILD_TYPE=None $at_once
architecture=$(dpkg --print-architecture)
multiarch=$(dpkg-architecture --query DEB_HOST_MULTIARCH)
for package in $packages; do
  [ -f "$build/${package}_${version}_$architecture.deb" ] || fail "there is no package $package"
done
deb() { echo "$build/$1_${version}_$architecture.deb"; }

say "what is in them"
# contains PACKAGE: these and no other files, from standard input.
contains() {
  {
    cat
    echo "usr/share/doc/$1/changelog.gz"
    echo "usr/share/doc/$1/copyright"
  } | sort >"$work/expected"
  dpkg-deb --fsys-tarfile "$(deb "$1")" | tar -t | sed -e 's,^\./,,' -e '/\/$/d' -e '/^$/d' | sort >"$work/found"
  diff "$work/expected" "$work/found" || fail "$1 has other files than it should (<: should, >: has)"
  # Of what kind and whose: folders rwxr-xr-x, files rw-r--r-- but for commands, all root's.
  dpkg-deb --contents "$(deb "$1")" | awk '
    $1 !~ /^(drwxr-xr-x|-rw-r--r--|lrwxrwxrwx)$/ && !($6 ~ /^\.\/usr\/bin\// && $1 == "-rwxr-xr-x") { print; bad = 1 }
    $2 != "root/root" { print; bad = 1 }
    END { exit bad }' || fail "$1 has odd permissions"
  dpkg-deb --fsys-tarfile "$(deb "$1")" | tar -xO "./usr/share/doc/$1/copyright" |
    cmp - "$source/LICENSE" || fail "$1 has another licence"
}
echo usr/bin/headway | contains headway
printf '%s\n' "usr/lib/$multiarch/libheadway.so.${version%.*}" "usr/lib/$multiarch/libheadway.so.$version" |
  contains "$library"
{
  (cd "$source/include" && find headway \( -name '*.h' -o -name '*.hpp' \) ! -name '*boost*') | sed 's,^,usr/include/,'
  for name in libheadway.a libheadway.so pkgconfig/headway.pc cmake/headway/headway-config.cmake \
    cmake/headway/headway-config-version.cmake cmake/headway/headway-shared-targets.cmake \
    cmake/headway/headway-shared-targets-none.cmake cmake/headway/headway-static-targets.cmake \
    cmake/headway/headway-static-targets-none.cmake; do
    echo "usr/lib/$multiarch/$name"
  done
} | contains libheadway-dev

# says PACKAGE FIELD TEXT: the field of its control file has the text in it.
says() {
  value=$(dpkg-deb --field "$(deb "$1")" "$2")
  case $value in
    *"$3"*) ;;
    *) fail "$1 has \"$2: $value\", and not $3" ;;
  esac
}
says headway Depends "$library (= $version)"
says libheadway-dev Depends "$library (= $version)"
says "$library" Depends "libstdc++6 (>="
says headway Depends "libstdc++6 (>="
says "$library" Section libs
says libheadway-dev Section libdevel
says headway Section utils
says "$library" Description "shared library"
says libheadway-dev Description "development files"
says headway Description "directory synchronizer"
dpkg-deb --ctrl-tarfile "$(deb "$library")" | tar -xO ./shlibs ./triggers >"$work/control"
printf '%s\n' "libheadway ${version%.*} $library (>= $version)" "activate-noawait ldconfig" |
  diff - "$work/control" || fail "$library has odd shlibs or triggers"

if [ "$(id -u)" = 0 ]; then
  say "install them"
  installed=yes
  # shellcheck disable=SC2046
  dpkg_waiting --install $(for package in $packages; do deb "$package"; done) || fail "dpkg does not install them"
  prefix=
else
  say "not root: unpack them, and use them where they lie"
  for package in $packages; do dpkg-deb --extract "$(deb "$package")" "$work/root"; done
  prefix=$work/root
  CMAKE_PREFIX_PATH=$prefix/usr
  PKG_CONFIG_PATH=$prefix/usr/lib/$multiarch/pkgconfig
  LD_LIBRARY_PATH=$prefix/usr/lib/$multiarch
  export CMAKE_PREFIX_PATH PKG_CONFIG_PATH LD_LIBRARY_PATH
fi
for each in static shared; do
  consume "find_package-$each" $each consumer -DHEADWAY_KIND=$each
  consume "find_package-$each-C" $each c_consumer -DHEADWAY_KIND=$each
done
consume_by_pkg_config pkg-config shared cpp
consume_by_pkg_config pkg-config-C shared c
consume_by_pkg_config pkg-config-static static cpp -static
consume_by_pkg_config pkg-config-static-C static c -static

say "the command"
command=$prefix/usr/bin/headway
"$command" --version | grep -F "$version" || fail "headway --version says something else"
"$command" sync --progress=quiet "$source/include" "$work/copy"
diff -r "$source/include" "$work/copy" || fail "headway sync does not copy"
LC_ALL=C readelf -d "$command" >"$work/dynamic"
grep -q "NEEDED.*\[libheadway\.so\.${version%.*}\]" "$work/dynamic" || fail "the command does not use the shared library"
! grep -E 'R(UN)?PATH' "$work/dynamic" || fail "the command looks for libraries in places of its own"

if [ $installed = yes ]; then
  say "remove them"
  # shellcheck disable=SC2086
  dpkg_waiting --purge $packages || fail "dpkg does not remove them"
  installed=no
  for left in /usr/bin/headway /usr/include/headway "/usr/lib/$multiarch/libheadway.so.${version%.*}"; do
    [ ! -e "$left" ] || fail "$left is left"
  done
  ! ldconfig -p | grep libheadway || fail "the linker's cache still knows the library"
fi
say "the packages work"
