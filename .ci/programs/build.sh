#!/usr/bin/env bash
# Builds programs that the tests in CI use from their published Go modules, once, and prints the folders that they are
# in, joined as in PATH:
#
#   PATH=$(.ci/programs/build.sh regctl pulumi):$PATH
#
# Each name is a folder here: a go.mod and go.sum of ours, which say exactly which modules, and the list `programs`,
# which says what is built of them: the file, the package, and what the linker is told. What was built is kept in
# $MULTIARCH_CACHE, else /var/cache/multiarch where that can be written, else in the folder for temporary files; never
# in HOME. All of the named folder's files and Go's version are the key.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "build.sh: $1" >&2
    exit "${2:-1}"
}

known() {
    (cd "$here" && printf '%s\n' */go.mod) | sed 's,/go.mod,,' | tr '\n' ' '
}

cache_folder() {
    if [ -n "${MULTIARCH_CACHE:-}" ]; then
        echo "$MULTIARCH_CACHE"
    elif mkdir -p /var/cache/multiarch 2>/dev/null && [ -w /var/cache/multiarch ]; then
        echo /var/cache/multiarch
    else
        echo "${TMPDIR:-/tmp}/multiarch-cache-$(id -u)"
    fi
}

# The key of a folder: what is in its files, and which Go builds them.
key() {
    (cd "$here/$1" && go env GOVERSION && sha256sum ./*) | sha256sum | cut -c1-16
}

# Builds all of a folder's programs beside their place, and moves them there as a whole.
build() {
    local name=$1 target=$2 started=$SECONDS file package linker
    echo "build.sh: builds $name" >&2
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/$name.XXXXXX")
    while read -r file package linker; do
        (cd "$here/$name" && go build -mod=readonly -trimpath -ldflags "-s -w $linker" -o "$work/$file" "$package") >&2 ||
            fail "$file cannot be built: see above"
    done <"$here/$name/programs"
    chmod 755 "$work"
    # Somebody else may have been faster.
    mv -T "$work" "$target" 2>/dev/null || [ -d "$target" ] || fail "cannot write $target"
    rm -rf "$work"
    work=
    echo "build.sh: built $name in $((SECONDS - started)) s" >&2
}

[ $# -gt 0 ] || fail "expected names of programs: $(known)" 2
for name in "$@"; do
    [ -e "$here/$name/go.mod" ] || fail "unknown program $name, expected some of: $(known)" 2
done
command -v go >/dev/null || fail "there is no go on the PATH: install Go 1.26 or newer"

cache=$(cache_folder)
mkdir -p "$cache" 2>/dev/null || fail "cannot write $cache: set MULTIARCH_CACHE to a folder that can be written"
# Go's own caches too: a HOME need not exist.
export GOMODCACHE="${GOMODCACHE:-$cache/go/modules}" GOCACHE="${GOCACHE:-$cache/go/build}" GOWORK=off GOFLAGS=-buildvcs=false
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
folders=
for name in "$@"; do
    target=$cache/$name-$(key "$name")
    [ -d "$target" ] || build "$name" "$target"
    folders=${folders:+$folders:}$target
done
echo "$folders"
