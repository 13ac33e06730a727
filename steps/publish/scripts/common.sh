#!/bin/sh
# What both publishers share; the Job runs this text followed by regctl.sh or buildah.sh.
#
# Set by the Job: ARCHITECTURES ("amd64 arm64"), SOURCE and DESTINATION (repositories without a tag), COMMIT,
# FLOATING_TAGS, INTERNAL_REGISTRY. Mounted below /input: signal (pod annotations), credentials (docker config),
# service-ca (HOST:PORT/ca.crt). Scratch: /work. Results are lines of JSON on stdout; steps/publish/publisherRun.ts reads them.
# shellcheck disable=SC2034,SC2153 # token and commit are for the text that follows; COMMIT is given
set -eu
export HOME=/work
token=/var/run/secrets/kubernetes.io/serviceaccount/token

# hopeless TEXT: whether a registry's answer would be the same the next time: it refuses the account (401, 403,
# denied: also a quota), or its certificate is not to be trusted. Names and addresses in it, which have a slash, say nothing.
hopeless() {
    case $(printf '%s\n' "$1" | sed 's#[^ "]*/[^ "]*##g') in *"[http 401]"* | *"[http 403]"* | *unauthorized* | *denied* | *x509:* | *"certificate signed by"*) return 0 ;; esac
    return 1
}

# give_up TEXT [CODE]: ends the pod with an exit code that tells steps/publish/publisherPod.ts not to wait for another one: 77 where the
# registry refuses, 78 where an image is not for its architecture.
give_up() {
    echo "$1" >&2
    echo "${2:-77}" >/work/refused
    exit "${2:-77}"
}

# try COMMAND...: does it, or ends the pod: for good where doing it again would not help.
try() {
    if { problem=$("$@" 2>&1 >&3); } 3>&1; then return; fi
    if hopeless "$problem"; then give_up "$problem"; fi
    echo "$problem" >&2
    exit 1
}

# await FILE: a downward API file is empty until the pod's annotation is set; the kubelet rewrites it at once then.
# Looked for less often the longer it takes, as many pods may wait side by side: it is late by a hundredth of the wait at
# most. The wait ends with the Job's activeDeadlineSeconds.
await() {
    looks=0
    until [ -s "$1" ]; do
        looks=$((looks + 1))
        if [ "$looks" -lt 200 ]; then pause 0.05; elif [ "$looks" -lt 300 ]; then pause 0.1; else pause 0.25; fi
    done
}

# pause SECONDS: a moment, as an update waits for it twice (an image's digest, then the list's sign). Without a process: ten
# sleeps a second in each waiting pod, emulated on a node of another architecture, took more of the CPU than the builds
# that they waited for.
mkfifo /work/pause
exec 9<>/work/pause
# A shell without read -t, such as dash, ends it with 2 at once: it sleeps.
# shellcheck disable=SC3045 # busybox's sh and bash, which the images have, know read -t
pause() { read -r -t "$1" _ <&9 2>/dev/null || [ $? != 2 ] || sleep "$1"; }

# now: hundredths of a second since the node started.
now() { cut -d' ' -f1 /proc/uptime | tr -d .; }

# transferred ARCHITECTURE STARTED: says how long a transfer took.
transferred() {
    elapsed=$(($(now) - $2))
    printf '{"event":"transferred","architecture":"%s","seconds":%d.%02d}\n' "$1" $((elapsed / 100)) $((elapsed % 100))
}

# short DIGEST: its first 8 hex digits.
short() { echo "${1#sha256:}" | cut -c1-8; }
commit=$(echo "$COMMIT" | cut -c1-12)

# check_list DIGEST <MANIFEST: no tag moves to a list that is not exactly what was asked for.
check_list() {
    tr -d ' \n\t' | sed 's/},{/}\n{/g' >/work/list.json
    for architecture in $ARCHITECTURES; do
        child=$(cat "/input/signal/$architecture")
        if [ "$(grep "$child" /work/list.json | grep -c "\"architecture\":\"$architecture\"")" != 1 ]; then
            echo "the list $1 lacks $architecture as $child; no tag moved: $(cat /work/list.json)" >&2
            exit 1
        fi
    done
    if [ "$(grep -o '"architecture"' /work/list.json | wc -l)" != "$(echo "$ARCHITECTURES" | wc -w)" ]; then
        echo "the list $1 has platforms that nobody asked for; no tag moved: $(cat /work/list.json)" >&2
        exit 1
    fi
}

# note_floating_tags: remembers where they point before anything is published, as identify (below) tells it.
note_floating_tags() {
    mkdir -p /work/start
    for tag in $FLOATING_TAGS; do identify "$tag" >"/work/start/$tag"; done
    echo '{"event":"ready"}'
}

# move_floating_tags PUBLISHED: moves those that still point where they did at the start, as move (below) does it.
move_floating_tags() {
    moved=
    ahead=
    if [ "$1" = "?" ]; then
        echo "the registry does not say what was published; no floating tag moved" >&2
        exit 1
    fi
    for tag in $FLOATING_TAGS; do
        before=$(cat "/work/start/$tag")
        current=$(identify "$tag")
        if [ "$current" = "?" ]; then
            # To leave it would be to say that all is done; to move it might undo what somebody else did.
            echo "the registry does not say what tag $tag names; it was not moved" >&2
            exit 1
        elif [ "$current" = "$1" ]; then
            moved="$moved${moved:+,}\"$tag\""
        elif [ "$current" = "$before" ] || [ "$before" = "?" ]; then
            move "$tag"
            moved="$moved${moved:+,}\"$tag\""
        else
            ahead="$ahead${ahead:+,}\"$tag\":\"$current\""
        fi
    done
}

# published DIGEST TAG: the result, for whoever follows the log and for whoever comes when the pod has ended.
published() {
    result="{\"event\":\"published\",\"digest\":\"$1\",\"immutableTag\":\"$2\",\"moved\":[$moved],\"ahead\":{$ahead}}"
    echo "$result"
    echo "$result" >/dev/termination-log
}
