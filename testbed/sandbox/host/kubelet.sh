#!/bin/sh
# kubelet.sh FOLDER COMMAND...: runs a kubelet whose /var/lib/kubelet/device-plugins is FOLDER: two
# kubelets would take the socket in it from each other. All other mounts go on propagating.
set -eu
if [ "$1" != private ]; then
    mkdir -p "$1"
    exec unshare --mount --propagation unchanged sh "$0" private "$@"
fi
mount --bind "$2" /var/lib/kubelet/device-plugins
shift 2
exec "$@"
