#!/bin/sh
# promote.sh: runs `npm run promote` with what the workflow's form says: $FROM, $TO, $IMAGE (or nothing), $PREVIOUS.
set -eu
cd "$(dirname "$0")/../.."
if [ "${PREVIOUS:-false}" = true ]; then
  # Back to what the stack ran before: no other stack has a part in it.
  set -- --to "${TO:?}" --to-previous
else
  set -- --from "${FROM:?}" --to "${TO:?}"
fi
if [ -n "${IMAGE:-}" ]; then
  set -- "$@" --image "$IMAGE"
fi
# An empty variable would be taken for a backend.
if [ -z "${PULUMI_BACKEND_URL:-}" ]; then
  unset PULUMI_BACKEND_URL
fi
npm run promote -- "$@" --yes
