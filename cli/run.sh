#!/bin/sh
# run.sh PROGRAM [ARG ...]: runs a TypeScript program of this repository, after installing its packages when
# they are missing or older than the lock file. Needs Node and npm only.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null 2>&1 || ! node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
  echo "multiarch: needs Node.js 20 or newer on the PATH (found: $(command -v node >/dev/null 2>&1 && node --version || echo none)). Install it, then run this again." >&2
  exit 1
fi
if [ ! -e node_modules/.package-lock.json ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
  echo "multiarch: installing npm packages (npm ci)" >&2
  npm ci --no-progress --loglevel=error >&2 || { echo "multiarch: npm ci failed, see above; then run this again." >&2; exit 1; }
  touch node_modules/.package-lock.json
fi
program=$1
shift
exec node --require tsx/cjs "$program" "$@"
