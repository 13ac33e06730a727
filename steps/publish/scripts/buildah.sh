#!/bin/sh
# The publisher Job's program for buildah, the seed guide's tool, after common.sh and contents.sh: joins the built images by digest
# into one manifest list and pushes it under every tag. Nothing is pulled into local storage, so no layer is encoded
# again and the children keep the digests that were built (the guide's "buildah pull" changed them).
# It runs as UID 0 under the SCC anyuid, without any capability.
# shellcheck disable=SC2154 # token, commit and architecture come from common.sh
export STORAGE_DRIVER=vfs REGISTRY_AUTH_FILE=/work/auth.json
# No container runs here, so the user namespace that buildah enters first (and may not have) is not needed:
# a process of UID 0 that says it has been there is taken at its word.
export _CONTAINERS_USERNS_CONFIGURED="done" _CONTAINERS_ROOTLESS_UID=1000 _CONTAINERS_ROOTLESS_GID=1000

# identify TAG: a hash of the images that it names, nothing when there is no such tag, "?" when the registry does not
# say. (buildah tells no digest of a list, and its inspect takes no credentials: the list is read into a local one.)
identify() {
    buildah manifest rm probe >/dev/null 2>&1 || true
    buildah manifest create probe >/dev/null
    if out=$(buildah manifest add --all probe "docker://$DESTINATION:$1" 2>&1); then
        buildah manifest inspect probe | grep -o 'sha256:[0-9a-f]*' | sort | sha256sum | cut -d' ' -f1
    elif hopeless "$out"; then
        give_up "$out"
    else
        case $out in *"not found"* | *"manifest unknown"* | *"name unknown"*) ;; *) echo "?" ;; esac
    fi
}

# join NAME DIGEST...: a local list of those images; only their manifests are read.
join() {
    name=$1
    shift
    buildah manifest create "$name" >/dev/null
    for digest in "$@"; do try buildah manifest add "$name" "docker://$SOURCE@$digest" >/dev/null; done
}

# push NAME TAG: copies what the destination lacks, children first.
push() {
    rm -f /work/digest
    push_once "$@" --digestfile /work/digest
    if [ -s /work/digest ]; then return; fi
    # With a file for the digest, buildah may end well though nothing was pushed (1.42.0, cmd/buildah/manifest.go: the file's
    # error takes the place of the push's). Without one it says what is wrong.
    push_once "$@"
    push_once "$@" --digestfile /work/digest
    if [ ! -s /work/digest ]; then
        echo "tag $2 could not be pushed, and buildah does not say why" >&2
        exit 1
    fi
}
push_once() {
    local_list=$1
    tag_name=$2
    shift 2
    try buildah manifest push --quiet --all --format v2s2 "$@" "$local_list" "docker://$DESTINATION:$tag_name" >/dev/null
}
move() { push list "$1"; }

# What check_contents reads an image by: it is written into a folder (containers-transports(5), dir), as buildah reads no blob by itself.
get_manifest() {
    buildah manifest push --quiet --all --format v2s2 "$architecture" "dir:/work/copied" >/dev/null
    cat "/work/copied/${1#sha256:}.manifest.json"
}
get_blob() { cat "/work/copied/${1#sha256:}"; }

cp /input/credentials/config.json "$REGISTRY_AUTH_FILE"
# containers-certs.d(5): where it looks for the certificates of each host.
mkdir -p "$HOME/.config/containers"
ln -s /input/service-ca "$HOME/.config/containers/certs.d"
note_floating_tags
children=
for architecture in $ARCHITECTURES; do
    await "/input/signal/$architecture"
    digest=$(cat "/input/signal/$architecture")
    children="$children $digest"
    started=$(now)
    # Late and each time: the token is short-lived. One file for both registries: an --authfile for the
    # destination would replace the log-in to the source.
    buildah login -u serviceaccount --password-stdin "$INTERNAL_REGISTRY" <"$token" >/dev/null
    join "$architecture" "$digest"
    # Before: the destination gets no image that is not what it says.
    image=$digest
    check_contents "$architecture" "$image"
    rm -rf /work/copied
    push "$architecture" "$commit-$architecture-$(short "$digest")"
    transferred "$architecture" "$started"
done

await /input/signal/publish
# shellcheck disable=SC2086 # digests, one word each
join list $children
# Into a folder first: the list's digest names the immutable tag.
buildah manifest push --quiet --all=false --format v2s2 --digestfile /work/digest list dir:/work/list >/dev/null
list=$(cat /work/digest)
check_list "$list" </work/list/manifest.json

immutable="$commit-$(short "$list")"
move "$immutable"
if [ "$(cat /work/digest)" != "$list" ]; then
    echo "the registry took the list as $(cat /work/digest), not as $list; no floating tag moved" >&2
    exit 1
fi
move_floating_tags "$(identify "$immutable")"
published "$list" "$immutable"
