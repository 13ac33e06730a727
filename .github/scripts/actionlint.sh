#!/bin/sh
# actionlint.sh [FILE ...]: checks the workflows (.github/workflows, or the files given) with actionlint, which is
# built once from its Go module. Exit code 3: it is not built yet and cannot be.
set -eu
cd "$(dirname "$0")/../.."
version=v1.7.12
cache=${XDG_CACHE_HOME:-$HOME/.cache}/multiarch
program=$cache/actionlint-$version
if [ ! -x "$program" ]; then
  if ! command -v go >/dev/null 2>&1; then
    echo "actionlint: needs Go to build actionlint $version, and there is none on the PATH. Install it from https://go.dev/dl/, then run this again." >&2
    exit 3
  fi
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  echo "actionlint: building $version in $cache" >&2
  if ! GOBIN=$scratch GOFLAGS='' GOWORK=off CGO_ENABLED=0 \
    go install -trimpath "github.com/rhysd/actionlint/cmd/actionlint@$version" >"$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    echo "actionlint: $version could not be built. It needs a Go module proxy (go env GOPROXY)." >&2
    exit 3
  fi
  # Whole or not at all, whoever else is building it.
  mv "$scratch/actionlint" "$program"
fi
"$program" -no-color "$@"
