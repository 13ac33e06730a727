#!/bin/sh
# kubeconfig.sh: puts $KUBECONFIG_CONTENT into a file that only this user may read, and names it to the later steps of
# the job.
set -eu
: "${KUBECONFIG_CONTENT:?is empty: set the secret KUBECONFIG of the environment that the job runs in (docs/ci.md)}"
umask 077
file=${RUNNER_TEMP:?}/kubeconfig
printf '%s\n' "$KUBECONFIG_CONTENT" >"$file"
echo "KUBECONFIG=$file" >>"${GITHUB_ENV:?}"
