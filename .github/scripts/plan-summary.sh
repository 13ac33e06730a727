#!/bin/sh
# plan-summary.sh REF STACK ...: writes how each stack's plan differs from that of the revision REF, as Markdown, to
# the job's summary ($GITHUB_STEP_SUMMARY) or to standard output. Fails where a stack's own plan does.
set -eu
cd "$(dirname "$0")/../.."
ref=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# section TITLE LANGUAGE FILE: GitHub takes 1 MiB for a summary; a fence of four is not closed by one of three.
section() {
  printf '### %s\n\n````%s\n' "$1" "$2"
  head -c 200000 "$3"
  printf '\n````\n\n'
}

for stack in "$@"; do
  if npm run --silent plan -- --stack "$stack" --diff "$ref" --out "$folder/plan" 2>"$folder/why"; then
    section "Stack \`$stack\`, offline plan" diff "$folder/plan"
  elif npm run --silent plan -- --stack "$stack" --output all --out "$folder/plan" 2>"$folder/error"; then
    # The other revision has no such stack, or no plan that works.
    section "Stack \`$stack\`: nothing to compare with" text "$folder/why"
    section "Stack \`$stack\`, offline plan as a whole" text "$folder/plan"
  else
    failed=1
    section "Stack \`$stack\` has no plan" text "$folder/error"
  fi
done >"$folder/summary"
if [ "$failed" -ne 0 ]; then
  cat "$folder/summary" >&2
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$folder/summary" >>"$GITHUB_STEP_SUMMARY"
else
  cat "$folder/summary"
fi
exit "$failed"
