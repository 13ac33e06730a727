#!/bin/sh
# toolchain.sh FOLDER: finds or builds the sandbox's toolchain (sandbox/README.md) and packs it in FOLDER:
# toolchain.tar.xz, SHA256SUMS, and toolchain.tar.xz.sha256 for $SANDBOX_TOOLCHAIN_URL.
set -eu
if [ "$(id -u)" -ne 0 ]; then
  # Its cache belongs to root.
  exec sudo env "PATH=$PATH" "SANDBOX_TOOLCHAIN_BUILD=${SANDBOX_TOOLCHAIN_BUILD:-}" sh "$0" "$@"
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
npm run --silent sandbox -- toolchain
npm run --silent sandbox -- pack "$folder"
cd "$folder"
sha256sum toolchain.tar.xz >toolchain.tar.xz.sha256
