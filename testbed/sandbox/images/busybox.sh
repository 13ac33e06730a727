#!/bin/sh
# busybox.sh ARCHITECTURE OUT: makes the folder OUT, which appears only when it is whole, with that architecture's static
# busybox from a Debian package.
set -eu
architecture=$1 out=$2
new=$out.new
trap 'rm -rf "$new"' EXIT
trap 'exit 1' INT TERM

rm -rf "$new"
mkdir -p "$new"
mmdebstrap --quiet --variant=extract --architectures="$architecture" --include=busybox-static \
    bookworm - | tar -x -C "$new" --strip-components=2 ./bin/busybox
mv "$new" "$out"
