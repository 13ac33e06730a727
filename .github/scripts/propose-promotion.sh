#!/bin/sh
# propose-promotion.sh: makes a pull request of what promote.sh wrote into the stack file of $TO, and tells the later
# jobs its commit ($GITHUB_OUTPUT). Anything else that changed is refused.
set -eu
cd "$(dirname "$0")/../.."
file=Pulumi.${TO:?}.yaml
changed=$(git status --porcelain --untracked-files=no)
if [ "$changed" != " M $file" ]; then
  echo "promote: expected a change of $file and of nothing else, found: ${changed:-none}" >&2
  exit 1
fi
branch=promote/$TO-${GITHUB_RUN_ID:?}-${GITHUB_RUN_ATTEMPT:?}
title="Promote ${FROM:?} to $TO"
if [ "${PREVIOUS:-false}" = true ]; then
  title="Take $TO back to its previous digest"
fi
git switch --quiet --create "$branch"
git -c user.name="github-actions[bot]" -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
  commit --quiet --message "$title" -- "$file"
gh auth setup-git
git push --quiet origin "$branch"
gh pr create --head "$branch" --title "$title" \
  --body "Deployed by run $GITHUB_RUN_ID once the reviewers of the environment $TO agree. Merge it then."
echo "commit=$(git rev-parse HEAD)" >>"${GITHUB_OUTPUT:?}"
