#!/bin/sh
# release-toolchain.sh TAG FOLDER: attaches what toolchain.sh packed to the release TAG, which it makes if there is
# none. What is attached already is never replaced.
set -eu
tag=$1
cd "$2"
sha256sum --check --quiet SHA256SUMS toolchain.tar.xz.sha256
if ! gh release view "$tag" --repo "${GITHUB_REPOSITORY:?}" >/dev/null 2>&1; then
  gh release create "$tag" --repo "$GITHUB_REPOSITORY" --target "${GITHUB_SHA:?}" --title "$tag" \
    --notes "The sandbox's toolchain, packed from $GITHUB_SHA."
fi
gh release upload "$tag" --repo "$GITHUB_REPOSITORY" toolchain.tar.xz toolchain.tar.xz.sha256 SHA256SUMS
