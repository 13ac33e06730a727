#!/bin/sh
# The publisher Job's program for regctl, after common.sh and contents.sh. Copies each architecture's image as soon as its digest
# is signalled, then writes one manifest list and moves the tags. It runs under restricted-v2: no privilege, any UID.
# shellcheck disable=SC2154 # token and commit come from common.sh
export DOCKER_CONFIG=/input/credentials
list_type=application/vnd.docker.distribution.manifest.list.v2+json

# identify TAG: the digest behind it, nothing when there is no such tag, "?" when the registry does not say.
identify() {
    if out=$(regctl manifest head "$DESTINATION:$1" 2>&1); then
        # Beside warnings, if it has any.
        echo "$out" | grep -o 'sha256:[0-9a-f]\{64\}' | tail -n 1
    elif hopeless "$out"; then
        give_up "$out"
    else
        case $out in *"[http 404]"*) ;; *) echo "?" ;; esac
    fi
}

# may_push: a refusal shows now, not when the builds have ended. The registry forgets a blob that no image names.
may_push() {
    if ! out=$(printf '{}' | regctl blob put "$DESTINATION" 2>&1) && hopeless "$out"; then give_up "$out"; fi
}

# transfer ARCHITECTURE: copies one image by digest, under a tag of its own, so that the registry keeps it.
transfer() {
    # A failed transfer ends the Job at once, not when the others have ended.
    # shellcheck disable=SC2064 # expanded now: $1 means something else when the trap runs
    trap "[ -e /work/transferred-$1 ] || kill -TERM $$ 2>/dev/null || true" EXIT
    await "/input/signal/$1"
    digest=$(cat "/input/signal/$1")
    started=$(now)
    # A file of its own, written late: the token is short-lived, and transfers run side by side.
    export REGCTL_CONFIG="/work/regctl-$1.json"
    regctl registry set "$INTERNAL_REGISTRY" --cacert "$(cat "/input/service-ca/$INTERNAL_REGISTRY/ca.crt")" --skip-check
    regctl registry login "$INTERNAL_REGISTRY" -u serviceaccount --pass-stdin --skip-check <"$token" >/dev/null
    # Before: the destination gets no image that is not what it says.
    check_contents "$1" "$digest"
    try regctl image copy --fast "$SOURCE@$digest" "$DESTINATION:$commit-$1-$(short "$digest")" >/dev/null
    touch "/work/transferred-$1"
    transferred "$1" "$started"
}

# What check_contents reads an image by.
get_manifest() { try regctl manifest get "$SOURCE@$1" --format raw-body; }
get_blob() { regctl blob get "$SOURCE" "$1"; }

move() { try regctl image copy --fast "$DESTINATION@$list" "$DESTINATION:$1" >/dev/null; }

trap 'if [ -e /work/refused ]; then exit "$(cat /work/refused)"; else exit 1; fi' TERM
may_push
note_floating_tags
transfers=
for architecture in $ARCHITECTURES; do
    transfer "$architecture" &
    transfers="$transfers $!"
done
for pid in $transfers; do wait "$pid"; done

await /input/signal/publish
set --
for architecture in $ARCHITECTURES; do set -- "$@" --digest "$(cat "/input/signal/$architecture")"; done
list=$(try regctl index create "$DESTINATION" --by-digest --media-type "$list_type" "$@" --format '{{.Manifest.GetDescriptor.Digest}}')
try regctl manifest get "$DESTINATION@$list" --format raw-body >/work/manifest
check_list "$list" </work/manifest

# The immutable tag is made of the commit and the list's own digest: it can never mean anything else.
move "$commit-$(short "$list")"
move_floating_tags "$list"
published "$list" "$commit-$(short "$list")"
