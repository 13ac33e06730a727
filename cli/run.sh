#!/bin/sh
# run.sh PROGRAM [ARG ...]: runs a TypeScript program of this repository, after installing its packages when
# they are missing or older than the lock file. Needs Node and npm only.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null 2>&1 || ! node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
  echo "multiarch: needs Node.js 20 or newer on the PATH (found: $(command -v node >/dev/null 2>&1 && node --version || echo none)). Install it, then run this again." >&2
  exit 2
fi
stale() {
  [ ! -e node_modules/.package-lock.json ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json)" ]
}
if stale; then
  # npm keeps what it downloads in the home folder; where there is none, or it is not ours, beside other temporary files.
  if [ -z "${npm_config_cache:-}" ] && ! { [ -d "${HOME:-}" ] && [ -w "${HOME:-}" ]; }; then
    npm_config_cache=${TMPDIR:-/tmp}/multiarch-npm-$(id -u)
    export npm_config_cache
  fi
  node cli/install.cjs || exit 1
fi
program=$1
shift
exec node --require tsx/cjs "$program" "$@"
