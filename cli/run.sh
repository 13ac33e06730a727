#!/bin/sh
# run.sh PROGRAM [ARG ...]: runs a TypeScript program of this repository, after installing its packages when
# they are missing or of another lock file. Needs Node and npm only.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null 2>&1 || ! node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
  echo "multiarch: needs Node.js 20 or newer on the PATH (found: $(command -v node >/dev/null 2>&1 && node --version || echo none)). Install it, then run this again." >&2
  exit 2
fi
# As isStale in install.cjs. A checkout or a merge changes the time of a lock file that says the same as before.
current() {
  [ -e node_modules/.package-lock.json ] || return 1
  if [ -e node_modules/.multiarch-lock.json ]; then
    cmp -s package-lock.json node_modules/.multiarch-lock.json 2>/dev/null
  else
    [ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]
  fi
}
if ! current; then
  # npm keeps what it downloads in the home folder; where there is none, or it is not ours, beside other temporary files.
  cache=${npm_config_cache:-${HOME:-/nonexistent}/.npm}
  if ! { mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null; then
    npm_config_cache=${TMPDIR:-/tmp}/multiarch-npm-$(id -u)
    export npm_config_cache
  fi
  node cli/install.cjs || exit 1
fi
program=$1
shift
exec node --require tsx/cjs "$program" "$@"
